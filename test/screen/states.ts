import type { Snapshot } from '../../src/screen/store.ts';
import type { View } from '../../src/screen/view.ts';
import * as f from './fixtures.ts';

type Look = Parameters<typeof f.snapshotOf>[2];

function running(gpu: boolean, count = 16) {
  const j = f.journal();
  f.start(j, { gpu });
  f.baseline(j);
  f.experiments(j, count);
  return j;
}

const next = 'with warm-up in place a higher matrix rate is stable; raise MATRIX_LR from 0.05 to 0.06';
const diff = { type: 'diff' as const, n: 17, base: '#15', text: f.diffText };

function training(gpu: boolean, look?: Look): Snapshot {
  const j = running(gpu);
  f.proposed(j, 17, next);
  f.committed(j, 17);
  f.trialStarted(j, 17, 0);
  return f.snapshotOf(
    j.events,
    [
      ...f.samples(gpu),
      ...f.modelPulses(17, 'done'),
      diff,
      f.phase('training', 17, 38_000),
      ...f.trialPulses(17, 38),
    ],
    look,
  );
}

/** Every state of a run that the screen knows, by name. */
export const states: Record<string, (look?: Look) => Snapshot> = {
  connecting: (look) => f.snapshotOf([], [], { ...look, link: 'connecting' }),
  setup: (look) => {
    const j = f.journal();
    f.start(j, { gpu: true });
    return f.snapshotOf(j.events, [f.phase('starting', 0, 2000)], look);
  },
  baseline: (look) => {
    const j = f.journal();
    f.start(j);
    j.add({ type: 'experiment.started', n: 0, parent: 'a'.repeat(40), proposer: 'ollama' });
    f.trialStarted(j, 0, 0, 'baseline');
    return f.snapshotOf(
      j.events,
      [...f.samples(false), f.phase('baseline', 0, 21_000, 'trial 1 of 3'), ...f.trialPulses(0, 21)],
      look,
    );
  },
  proposing: (look) => {
    const j = running(true);
    j.add({ type: 'experiment.started', n: 17, parent: 'a'.repeat(40), proposer: 'ollama' });
    return f.snapshotOf(
      j.events,
      [...f.samples(true), ...f.trialPulses(16, 60), f.phase('proposing', 17, 12_000), ...f.modelPulses(17)],
      look,
    );
  },
  checking: (look) => {
    const j = running(true);
    f.proposed(j, 17, next);
    return f.snapshotOf(
      j.events,
      [...f.samples(true), ...f.modelPulses(17, 'done'), diff, f.phase('checking', 17, 1000)],
      look,
    );
  },
  training: (look) => training(true, look),
  'training without a GPU': (look) => training(false, look),
  approve: (look) => {
    const j = running(true);
    j.add({ type: 'mode.changed', mode: 'approve', by: 'user' });
    f.proposed(j, 17, next);
    j.add({
      type: 'approval.asked',
      n: 17,
      tree: 't'.repeat(40),
      parent: 'a'.repeat(40),
      files: ['train.mjs'],
      added: 4,
      removed: 1,
      fuzzy: false,
    });
    return f.snapshotOf(
      j.events,
      [...f.samples(true), ...f.modelPulses(17, 'done'), diff, f.phase('approving', 17, 90_000)],
      look,
    );
  },
  'approve, none waits': (look) => {
    const j = running(true);
    j.add({ type: 'mode.changed', mode: 'approve', by: 'user' });
    j.add({ type: 'experiment.started', n: 17, parent: 'a'.repeat(40), proposer: 'ollama' });
    return f.snapshotOf(
      j.events,
      [...f.samples(true), ...f.trialPulses(16, 60), f.phase('proposing', 17, 12_000), ...f.modelPulses(17)],
      look,
    );
  },
  stalled: (look) => {
    const snapshot = training(true, look);
    return { ...snapshot, now: snapshot.now + 140_000 };
  },
  'disk low': (look) => {
    const snapshot = training(true, look);
    const { host } = snapshot.live;
    return {
      ...snapshot,
      live: { ...snapshot.live, host: host && { ...host, disk: { freeMiB: 2100, neededMiB: 1024 } } },
    };
  },
  'after crashes': (look) => {
    const j = running(true);
    j.add({
      type: 'run.held',
      by: 'engine',
      reason:
        'The last 10 experiments crashed within seconds, but the champion #15 still runs: it is the proposals',
      next: 'Leave a note, edit the instructions, or choose another model; p goes on. It goes on by itself in 10 minutes.',
      when: 'now',
    });
    return f.snapshotOf(
      j.events,
      [...f.samples(true), ...f.trialPulses(16, 60), f.phase('held', 17, 42_000)],
      look,
    );
  },
  deciding: (look) => {
    const snapshot = training(true, look);
    return {
      ...snapshot,
      live: { ...snapshot.live, phase: { phase: 'deciding', n: 17, since: f.moment - 500, detail: '' } },
    };
  },
  'held by user': (look) => {
    const j = running(true);
    j.add({ type: 'run.held', by: 'user', reason: 'by you', next: null, when: 'after-trial' });
    return f.snapshotOf(
      j.events,
      [...f.samples(true), ...f.trialPulses(16, 60), f.phase('held', 17, 250_000)],
      look,
    );
  },
  'held by engine': (look) => {
    const j = running(true);
    j.add({
      type: 'run.held',
      by: 'engine',
      reason: 'Ollama does not answer at 127.0.0.1:11434',
      next: 'Start it with: ollama serve. pawl tries again every 15 s.',
      when: 'now',
    });
    return f.snapshotOf(j.events, [...f.samples(true), f.phase('held', 17, 42_000)], look);
  },
  'asks about a number': (look) => {
    // As after a resume: the engine that asks tells nothing of the trial that ended before it started.
    const j = running(true);
    f.proposed(j, 17, next);
    f.committed(j, 17);
    f.trialStarted(j, 17, 0);
    f.trialEnded(j, 17, 0, 0.0431);
    j.add({
      type: 'run.held',
      by: 'engine',
      reason: '#17 is too good to be true? val_bpb 0.0431 is a jump from 1.95: 43 sigmas',
      next: 'Look at what it changed, then answer: v on the screen, or pawl answer keep, or pawl answer discard.',
      when: 'after-trial',
      asks: 17,
      kind: 'too-good',
    });
    return f.snapshotOf(j.events, [...f.samples(true), f.phase('held', 17, 65_000)], look);
  },
  'crashed last': (look) => {
    const j = running(false, 4);
    return f.snapshotOf(
      j.events,
      [
        ...f.samples(false),
        { type: 'diff', n: 4, base: '#2', text: f.diffText },
        f.phase('proposing', 5, 400),
        ...f.modelPulses(5, 'loading'),
      ],
      look,
    );
  },
  'the tuner proposes': (look) => {
    const j = f.journal();
    f.start(j, { proposer: 'tuner' });
    f.baseline(j);
    f.experiments(j, 9);
    f.proposed(j, 10, 'MATRIX_LR 0.04 to 0.0513');
    f.committed(j, 10);
    f.trialStarted(j, 10, 0);
    return f.snapshotOf(
      j.events,
      [
        ...f.samples(false),
        f.thoughts(10),
        { ...diff, n: 10 },
        f.phase('training', 10, 7000),
        ...f.trialPulses(10, 7),
      ],
      look,
    );
  },
  finished: (look) => {
    const j = running(true);
    j.add({ type: 'run.ended', outcome: 'finished', why: '16 experiments, as asked', exitCode: 0 });
    return f.snapshotOf(j.events, [...f.samples(true), f.phase('ended', 16, 60_000)], look);
  },
  'champion again': (look) => {
    const j = running(true);
    f.proposed(j, 17, next);
    f.committed(j, 17);
    f.trialStarted(j, 15, 1, 'champion');
    const pulses = f.trialPulses(15, 20).map((pulse) => ('k' in pulse ? { ...pulse, k: 1 } : pulse));
    return f.snapshotOf(
      j.events,
      [...f.samples(true), f.phase('training', 17, 20_000, 'the champion again'), ...pulses],
      look,
    );
  },
  'stopped in a trial': (look) => {
    const j = running(true);
    f.proposed(j, 17, next);
    f.committed(j, 17);
    f.trialStarted(j, 17, 0);
    j.add({ type: 'run.ended', outcome: 'stopped', why: 'stopped by you', exitCode: 0 });
    return f.snapshotOf(j.events, [...f.trialPulses(17, 30), f.phase('training', 17, 30_000)], look);
  },
  failed: (look) => {
    const j = f.journal();
    f.start(j);
    j.add({ type: 'experiment.started', n: 0, parent: 'a'.repeat(40), proposer: 'ollama' });
    j.add({
      type: 'run.ended',
      outcome: 'failed',
      why: 'the baseline does not run',
      exitCode: 3,
      tail: ["Error: Cannot find module './prepare.mjs'"],
    });
    return f.snapshotOf(j.events, [...f.samples(false), f.phase('ended', 0, 1000)], look);
  },
  'engine gone': (look) => training(true, { ...look, link: 'gone' }),
  'between baseline trials': (look) => {
    const j = f.journal();
    f.start(j);
    j.add({ type: 'experiment.started', n: 0, parent: 'a'.repeat(40), proposer: 'ollama' });
    f.trialStarted(j, 0, 0, 'baseline');
    f.trialEnded(j, 0, 0, 2.1492, 'ok', 'baseline');
    f.trialStarted(j, 0, 1, 'baseline');
    const pulses = f.trialPulses(0, 8).map((pulse) => ('k' in pulse ? { ...pulse, k: 1 } : pulse));
    return f.snapshotOf(
      j.events,
      [...f.samples(false), f.phase('baseline', 0, 8000, 'trial 2 of 3'), ...pulses],
      look,
    );
  },
  'a noisy metric': (look) => {
    const j = f.journal();
    f.start(j, { gpu: true });
    f.baseline(j);
    f.experiments(j, 16);
    // As if the trials scattered eight times as much.
    const events = j.events.map((e) => ('sigma' in e && e.sigma !== null ? { ...e, sigma: 0.018 } : e));
    return f.snapshotOf(events, [...f.samples(true), f.phase('deciding', 16, 300)], look);
  },
  'a filtered list': (look) =>
    training(true, { ...look, view: { ...(look?.view as Partial<View>), find: { experiments: 'crashed' } } }),
  'nothing matches': (look) =>
    training(true, { ...look, view: { ...(look?.view as Partial<View>), find: { experiments: 'dropout' } } }),
  'a long night': (look) => {
    const j = f.journal();
    f.start(j, { gpu: true });
    f.baseline(j);
    f.longNight(j, 700);
    f.proposed(j, 701, 'raise MATRIX_LR from 0.05 to 0.06');
    f.committed(j, 701);
    f.trialStarted(j, 701, 0);
    return f.snapshotOf(
      j.events,
      [...f.samples(true), { ...diff, n: 701 }, f.phase('training', 701, 38_000), ...f.trialPulses(701, 38)],
      { ...look, view: { ...(look?.view as Partial<View>), seen: 692 } },
    );
  },
  'a metric that shall grow': (look) => {
    const j = f.journal();
    f.start(j, { metric: { name: 'accuracy', direction: 'maximize' } });
    f.growing(j, 24);
    return f.snapshotOf(j.events, [...f.samples(false), f.phase('proposing', 25, 3000)], look);
  },
  'viewing the past': (look) =>
    training(true, {
      ...look,
      view: { ...(look?.view as Partial<View>), selected: 9 },
      past: { n: 9, diff: f.diffText },
      logFile: f.openLog(9, 0, [
        'prepare: corpus 1.0 MB',
        'step   100 loss 2.4412',
        'step   900 loss 2.0015',
        '---',
        'METRIC val_bpb=1.9874',
      ]),
    }),
};

import { emptyState, foldAll } from '../../src/journal/fold.ts';
import type { EventBody, JournalEvent } from '../../src/protocol/events.ts';
import type { GpuSample, Pulse } from '../../src/protocol/pulse.ts';
import type { Settings } from '../../src/protocol/settings.ts';
import type { Verdict } from '../../src/protocol/words.ts';
import { emptyLive, foldPulse } from '../../src/screen/live.ts';
import type { Link, Snapshot } from '../../src/screen/store.ts';
import { initialView, type View } from '../../src/screen/view.ts';
import { plainMetric } from '../harness/plain-metric.ts';

// A small, believable run of tiny-lm, told by the same events and pulses that an engine sends.

/** Everything happens around this moment, so that pictures and snapshots are always the same. */
export const moment = Date.parse('2026-11-20T03:12:00.000Z');
const startedAt = moment - 41 * 60_000;

export const settings: Settings = {
  goal: 'Lower validation bits per byte.',
  instructions: 'program.md',
  surface: ['train.mjs'],
  link: [],
  command: 'node train.mjs',
  check: 'node --check train.mjs',
  budgetMs: 60_000,
  timeoutMs: 120_000,
  metric: plainMetric('val_bpb'),
  guards: [],
  progress: 'auto',
  strictness: 'balanced',
  minGain: null,
  proposer: 'auto',
  model: { name: 'auto', host: 'auto', numCtx: 'auto', think: 'auto', sharing: 'auto', allowRemote: false },
  stop: { experiments: 700, afterMs: null, target: null, plateau: 60 },
  earlyStop: 'auto',
  verify: 0,
  heldOut: null,
  sandbox: 'auto',
};

const ideas: [string, Verdict, number | null][] = [
  ['raise MATRIX_LR from 0.04 to 0.05', 'kept', 2.1012],
  ['warm up over the first 5 % of the steps', 'kept', 2.0655],
  ['halve the batch to get twice the steps', 'discarded', 2.0921],
  ['depth 9 instead of 12', 'crashed', null],
  ['decay the rate to zero by cosine', 'kept', 2.0218],
  ['tie input and output embeddings', 'discarded', 2.0714],
  ['RMS norm in place of layer norm', 'discarded', 2.0231],
  ['drop weight decay on embeddings', 'rejected', null],
  ['GeGLU in place of ReLU', 'kept', 1.9874],
  ['beta2 0.95 to 0.97', 'discarded', 1.9921],
  ['twice the width, half the depth', 'timed-out', null],
  ['context 96 to 128', 'discarded', 2.0102],
  ['rotary base 10k to 50k', 'skipped', null],
  ['squared ReLU', 'discarded', 1.9902],
  ['warm-down from 0.7 to 0.8 of the steps', 'kept', 1.9731],
  ['init std 0.02 to 0.015', 'discarded', 1.9744],
];

export const diffText = `diff --git a/train.mjs b/train.mjs
index 1111111..2222222 100644
--- a/train.mjs
+++ b/train.mjs
@@ -12,9 +12,9 @@ const CONTEXT = 96;
 const EMBEDDING_LR = 0.8;
 const UNEMBEDDING_LR = 0.008;
-const MATRIX_LR = 0.04;
+const MATRIX_LR = 0.05;
 const SCALAR_LR = 0.5;
 const WEIGHT_DECAY = 0.1;
@@ -88,6 +88,9 @@ function schedule(step, total) {
   const done = step / total;
+  // Warm up first: the first steps see the largest gradients.
+  if (done < 0.05) return done / 0.05;
+
   return done < 0.3 ? 1 : (1 - done) / 0.7;
 }
`;

/** Collects events with sequence numbers and times, as a journal would hold them. */
export function journal() {
  const events: JournalEvent[] = [];
  let at = startedAt;
  return {
    events,
    add(body: EventBody, laterMs = 1000): void {
      at += laterMs;
      events.push({ v: 1, seq: events.length + 1, at: new Date(at).toISOString(), ...body } as JournalEvent);
    },
  };
}
type Journal = ReturnType<typeof journal>;

export interface StartOptions {
  gpu?: boolean;
  proposer?: 'ollama' | 'tuner';
  metric?: Partial<Settings['metric']>;
}

export function start(j: Journal, options: StartOptions = {}): void {
  const tuner = options.proposer === 'tuner';
  j.add({
    type: 'run.started',
    tag: 'nov20',
    project: '/home/ada/tiny-lm',
    base: 'a'.repeat(40),
    branch: 'pawl/nov20',
    settings: { ...settings, metric: { ...settings.metric, ...options.metric } },
    proposer: tuner
      ? { kind: 'tuner', why: 'Ollama does not answer at 127.0.0.1:11434.', model: null }
      : { kind: 'ollama', why: 'Ollama answers and has a model that fits.', model: 'qwen3-coder:30b' },
    sandbox: { level: 'bubblewrap', why: 'works here' },
    host: { cpus: 16, memoryMiB: 64_000, node: 'v24.21.0', platform: 'linux' },
    gpus: options.gpu ? [{ name: 'NVIDIA GeForce RTX 4090', memoryMiB: 24_564 }] : [],
    seed: 1,
    version: '0.1.0',
    cookie: 'c',
    engine: { pid: 100, startTicks: 1, bootId: 'b' },
  });
}

export function trialStarted(
  j: Journal,
  n: number,
  k: number,
  role: 'baseline' | 'candidate' | 'champion' = 'candidate',
): void {
  j.add({
    type: 'trial.started',
    n,
    k,
    role,
    sha: 'b'.repeat(40),
    process: { pid: 200 + k, startTicks: 1, bootId: 'b' },
    seed: 1,
  });
}

export function lossCurve(
  to: number,
  best: number,
): { step: number; seconds: number; value: number; fraction: number }[] {
  return Array.from({ length: Math.round(to * 60) }, (_, i) => {
    const x = i / 60;
    const wobble = Math.sin(i * 1.7) * 0.02 + Math.sin(i * 0.6) * 0.015;
    return { step: i * 16, seconds: i, value: best + 2.4 * Math.exp(-5 * x) + wobble * (1 - x), fraction: x };
  });
}

/** Where there is a GPU, trials tell what they took of it. */
function isGpuRun(j: Journal): boolean {
  const [first] = j.events;
  return first?.type === 'run.started' && first.gpus.length > 0;
}

export function trialEnded(
  j: Journal,
  n: number,
  k: number,
  metric: number | null,
  outcome: 'ok' | 'crashed' | 'timed-out' = 'ok',
  role: 'baseline' | 'candidate' | 'champion' = 'candidate',
): void {
  j.add(
    {
      type: 'trial.ended',
      n,
      k,
      role,
      outcome,
      metric,
      metrics: metric === null ? {} : { val_bpb: metric },
      why: outcome === 'crashed' ? 'exit code 1: RangeError: shapes do not match' : null,
      seconds: outcome === 'crashed' ? 4.1 : 61.3,
      exit: outcome === 'ok' ? 0 : 1,
      signal: null,
      peakRssMiB: 512,
      peakVramMiB: null,
      ...(isGpuRun(j) ? { peakVramMiB: 21_900, energyWh: 6.4 } : {}),
      curve: metric === null ? [] : lossCurve(1, metric),
      ...(metric === null ? {} : { curveOf: 'loss' }),
      logBytes: 2000,
      swept: 0,
    },
    60_000,
  );
}

/** The three baseline trials and their verdict. */
export function baseline(j: Journal): void {
  j.add({ type: 'experiment.started', n: 0, parent: 'a'.repeat(40), proposer: 'ollama' });
  for (const [k, metric] of [2.1492, 2.1518, 2.1503].entries()) {
    trialStarted(j, 0, k, 'baseline');
    trialEnded(j, 0, k, metric, 'ok', 'baseline');
  }
  j.add({
    type: 'experiment.decided',
    n: 0,
    verdict: 'kept',
    metric: 2.1504,
    gain: null,
    z: null,
    sigma: 0.0022,
    why: 'three runs, spread 0.22 %',
    by: 'engine',
    confidence: null,
    label: null,
  });
}

export function proposed(j: Journal, n: number, hypothesis: string): void {
  j.add({ type: 'experiment.started', n, parent: 'a'.repeat(40), proposer: 'ollama' });
  j.add({
    type: 'experiment.proposed',
    n,
    attempt: 1,
    hypothesis,
    expect: 'val_bpb falls by about 1 %',
    family: 'optimizer',
    constants: constantsOf(hypothesis),
    seconds: 14,
    tokens: 612,
  });
}

// As the engine finds them: only a change of nothing but constants has any.
function constantsOf(hypothesis: string) {
  const found = /^(?:raise )?([A-Z_]+) (?:from )?([\d.]+) to ([\d.]+)$/.exec(hypothesis);
  return found ? [{ path: 'train.mjs', name: found[1]!, from: Number(found[2]), to: Number(found[3]) }] : [];
}

export function committed(j: Journal, n: number): void {
  j.add({
    type: 'experiment.committed',
    n,
    sha: String(n).padStart(40, '0'),
    tree: 't'.repeat(40),
    parent: 'a'.repeat(40),
    files: ['train.mjs'],
    added: 4,
    removed: 1,
    fuzzy: false,
  });
}

/** One whole experiment, as the list of ideas has it. */
export function experiment(j: Journal, n: number, best: number): number {
  const [hypothesis, verdict, metric] = ideas[(n - 1) % ideas.length]!;
  proposed(j, n, hypothesis);
  if (verdict === 'rejected') {
    j.add({ type: 'experiment.rejected', n, attempt: 1, code: 'duplicate', why: 'the same change as #3' });
  } else {
    committed(j, n);
    trialStarted(j, n, 0);
    trialEnded(j, n, 0, metric, verdict === 'crashed' || verdict === 'timed-out' ? verdict : 'ok');
  }
  const gain = metric === null ? null : Math.log(best / metric);
  const why: Partial<Record<Verdict, string>> = {
    kept: 'better by more than the noise, twice',
    discarded: 'within noise',
    crashed: 'exit code 1: RangeError: shapes do not match',
    'timed-out': 'longer than 2:00',
    rejected: 'the same change as #3',
    skipped: 'skipped by you',
  };
  j.add({
    type: 'experiment.decided',
    n,
    verdict,
    metric,
    gain,
    z: gain === null ? null : Math.max(-40, Math.min(40, gain / 0.0022 / Math.SQRT2)),
    sigma: 0.0022,
    why: why[verdict] ?? '',
    by: verdict === 'skipped' ? 'user' : 'engine',
    confidence: verdict === 'kept' ? (n === 15 ? 'provisional' : 'confirmed') : null,
    label: verdict === 'discarded' ? 'noise' : null,
  });
  if (verdict !== 'kept') return best;
  j.add({
    type: 'champion.moved',
    from: 'a'.repeat(40),
    to: String(n).padStart(40, '0'),
    n,
    by: 'engine',
    cause: 'kept',
    reverted: [],
    restored: [],
    why: 'kept',
  });
  return metric!;
}

export function experiments(j: Journal, count: number): void {
  let best = 2.1504;
  for (let n = 1; n <= count; n++) best = experiment(j, n, best);
}

/** A number from 0 to 1 that looks random and is always the same. */
function chance(i: number): number {
  const x = Math.sin(i * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}

function decided(
  j: Journal,
  n: number,
  verdict: Verdict,
  metric: number | null,
  gain: number | null,
  label: 'noise' | 'near-miss' | 'worse' | null,
): void {
  const sigma = 0.004;
  j.add({
    type: 'experiment.decided',
    n,
    verdict,
    metric,
    gain,
    z: gain === null ? null : gain / sigma / Math.SQRT2,
    sigma,
    why: verdict,
    by: 'engine',
    confidence: verdict === 'kept' ? 'confirmed' : null,
    label,
  });
}

/** Hundreds of experiments, with all that a night brings: long plateaus, near misses, crashes, outliers. */
export function longNight(j: Journal, count: number): void {
  let best = 2.1504;
  for (let n = 1; n <= count; n++) {
    const [hypothesis] = ideas[n % ideas.length]!;
    proposed(j, n, hypothesis);
    const luck = chance(n);
    if (luck < 0.06) {
      decided(j, n, luck < 0.02 ? 'rejected' : 'crashed', null, null, null);
      continue;
    }
    const keep = luck > 0.97 || n === 3 || n === 9;
    const metric = keep
      ? best * (1 - 0.004 - 0.02 * chance(n + 0.5) * Math.exp(-n / 150))
      : best * (1 + 0.09 * luck * luck);
    const gain = Math.log(best / metric);
    decided(
      j,
      n,
      keep ? 'kept' : 'discarded',
      metric,
      gain,
      keep ? null : gain > -0.003 ? 'near-miss' : 'worse',
    );
    if (!keep) continue;
    best = metric;
    champion(j, n);
  }
}

/** A run whose number shall grow. */
export function growing(j: Journal, count: number): void {
  let best = 0.71;
  j.add({ type: 'experiment.started', n: 0, parent: 'a'.repeat(40), proposer: 'ollama' });
  decided(j, 0, 'kept', best, null, null);
  for (let n = 1; n <= count; n++) {
    const [hypothesis] = ideas[n % ideas.length]!;
    proposed(j, n, hypothesis);
    const keep = chance(n) > 0.75;
    const metric = best + (keep ? 0.01 + 0.02 * chance(n + 0.3) : -0.05 * chance(n + 0.7));
    decided(j, n, keep ? 'kept' : 'discarded', metric, Math.log(metric / best), null);
    if (!keep) continue;
    best = metric;
    champion(j, n);
  }
}

function champion(j: Journal, n: number): void {
  j.add({
    type: 'champion.moved',
    from: 'a'.repeat(40),
    to: String(n).padStart(40, '0'),
    n,
    by: 'engine',
    cause: 'kept',
    reverted: [],
    restored: [],
    why: 'kept',
  });
}

export const gpuSample: GpuSample = {
  index: 0,
  uuid: 'GPU-1',
  name: 'NVIDIA GeForce RTX 4090',
  utilization: 97,
  memoryUtilization: 61,
  memoryTotalMiB: 24_564,
  memoryUsedMiB: 22_630,
  memoryFreeMiB: 1934,
  temperatureC: 71,
  powerW: 402,
  powerLimitW: 450,
  smClockMHz: 2625,
  fanPercent: 64,
  pstate: 'P2',
  throttle: [],
  mig: false,
};

/** Two minutes of GPU and host samples. */
export function samples(gpu: boolean): Pulse[] {
  return Array.from({ length: 100 }, (_, i): Pulse[] => {
    const wave = 0.5 + 0.5 * Math.sin(i / 9) * Math.cos(i / 23);
    const host: Pulse = {
      type: 'host',
      at: moment - (100 - i) * 1000,
      cpu: 40 + 55 * wave,
      memoryUsedMiB: 9000 + 2000 * wave,
      memoryTotalMiB: 64_000,
      trialRssMiB: 512 + 10 * i,
      engineRssMiB: 92,
    };
    if (!gpu) return [host];
    const sample = {
      ...gpuSample,
      utilization: i === 99 ? 97 : Math.round(60 + 39 * wave),
      memoryUsedMiB: i === 99 ? 22_630 : Math.round(14_000 + 8000 * wave),
      powerW: i === 99 ? 402 : 250 + 180 * wave,
    };
    const processes = [
      {
        gpuUuid: 'GPU-1',
        pid: 40_213,
        name: '/usr/bin/python3',
        memoryMiB: 17_900,
        owner: 'trial' as const,
      },
      {
        gpuUuid: 'GPU-1',
        pid: 1822,
        name: '/usr/lib/ollama/llama-server',
        memoryMiB: 3900,
        owner: 'model' as const,
      },
      { gpuUuid: 'GPU-1', pid: 911, name: '/usr/bin/gnome-shell', memoryMiB: 510, owner: 'other' as const },
    ];
    return [host, { type: 'gpu', at: moment, gpus: [sample], processes, stale: null }];
  }).flat();
}

export function phase(
  name: Extract<Pulse, { type: 'phase' }>['phase'],
  n: number,
  ago: number,
  detail = '',
): Pulse {
  return { type: 'phase', phase: name, n, since: moment - ago, detail };
}

/** What the tuner thinks of its next proposal. */
export function thoughts(n: number): Pulse {
  const look = (name: string, from: number, to: number, gain: number, sd: number, improvement: number) => ({
    changes: [{ name, from, to }],
    gain,
    sd,
    improvement,
  });
  return {
    type: 'tuner',
    n,
    known: 9,
    looks: [
      look('MATRIX_LR', 0.04, 0.0513, 0.011, 0.008, 0.0117),
      look('WARMUP', 0.05, 0.1, 0.004, 0.012, 0.0071),
      look('EMBEDDING_LR', 0.8, 0.64, -0.002, 0.009, 0.0028),
    ],
    constants: [
      { name: 'MATRIX_LR', value: 0.04, tried: 3 },
      { name: 'EMBEDDING_LR', value: 0.8, tried: 1 },
      { name: 'WARMUP', value: 0.05, tried: 0 },
    ],
  };
}

/** What a running trial sends: its start, log, and curve. */
export function trialPulses(n: number, seconds: number): Pulse[] {
  const points = lossCurve(seconds / 60, 1.95);
  return [
    {
      type: 'trial.started',
      n,
      k: 0,
      startedAt: moment - seconds * 1000,
      budgetMs: 60_000,
      timeoutMs: 120_000,
    },
    {
      type: 'log',
      n,
      k: 0,
      lines: [
        'prepare: corpus 1.0 MB, floor 1.4210 bits per byte',
        'model: 412,928 parameters, context 96, width 128, depth 4',
        ...points
          .filter((_, i) => i % 3 === 0)
          .map(
            (p) =>
              `step ${String(p.step).padStart(5)} (${(p.fraction * 100).toFixed(1)}%) loss ${p.value.toFixed(4)} lr 1.00 dt 62ms`,
          ),
      ],
      live: `step ${points.at(-1)!.step + 11} (${(seconds / 0.6).toFixed(1)}%) loss ${points.at(-1)!.value.toFixed(4)} lr 1.00 dt 61ms`,
      dropped: 0,
    },
    { type: 'curve', n, k: 0, points, of: 'loss' },
  ];
}

export const thinking = `The last two kept changes both gave the early steps more room. The loss curve still falls steeply when the cooldown starts, so the rate may be too low in the middle. #3 and #6 were within noise, so batch size and tying are not where the gain is.

MATRIX_LR has not been touched since #1. With warm-up in place a higher peak should be stable now.`;

export const answer = `HYPOTHESIS: with warm-up in place a higher matrix rate is stable; raise MATRIX_LR from 0.05 to 0.06
EXPECT: val_bpb falls by about 0.5 %
EDIT train.mjs
<<<<<<< SEARCH
const MATRIX_LR = 0.05;
=======
const MATRIX_LR = 0.06;`;

export function modelPulses(n: number, stage: 'loading' | 'generating' | 'done' = 'generating'): Pulse[] {
  const out: Pulse[] = [
    { type: 'model.started', n, attempt: 1, model: 'qwen3-coder:30b', numCtx: 16_384, promptTokens: 5120 },
  ];
  if (stage === 'loading') return out;
  return [
    ...out,
    { type: 'model.tokens', n, channel: 'thinking', text: thinking },
    { type: 'model.tokens', n, channel: 'answer', text: answer },
    { type: 'model.stats', n, stage, tokens: 412, tokensPerSecond: 38.4, promptTokens: 5120, note: null },
  ];
}

/** A log file as the screen has it open, with all its lines at hand. */
export function openLog(n: number, k: number, lines: string[]): NonNullable<Snapshot['logFile']> {
  const pages = {
    known: true,
    missing: false,
    first: 0,
    end: lines.length,
    line: (no: number) => lines[no] ?? null,
  };
  return { n, k, path: `/run/experiments/${n}/trial-${k}.log`, pages, filtered: null };
}

/** Folds events and pulses to what the screen would show at `moment`. */
export function snapshotOf(
  events: JournalEvent[],
  pulses: Pulse[],
  look: {
    view?: Partial<View>;
    size?: { columns: number; rows: number };
    link?: Link;
    past?: Snapshot['past'];
    comparison?: Snapshot['comparison'];
    logFile?: Snapshot['logFile'];
  } = {},
): Snapshot {
  return {
    run: foldAll(events, emptyState()),
    live: pulses.reduce((live, pulse) => foldPulse(live, pulse, moment), emptyLive()),
    view: { ...initialView(), ...look.view },
    past: look.past ?? null,
    comparison: look.comparison ?? null,
    logFile: look.logFile ?? null,
    link: look.link ?? 'live',
    now: moment,
    size: look.size ?? { columns: 120, rows: 40 },
  };
}

import { describe, expect, it } from 'vitest';
import { emptyState, fold } from '../../src/journal/fold.ts';
import type { RunState } from '../../src/journal/state.ts';
import { forkTip } from '../../src/loop/fork-ground.ts';
import { nextRetry } from '../../src/loop/near-misses.ts';
import { plateauTurn } from '../../src/loop/plateau.ts';
import { turnSentence } from '../../src/loop/turn-sentence.ts';
import type { EventBody, JournalEvent } from '../../src/protocol/events.ts';
import { settings, trialEnded } from './night.ts';

/** A run told by its events, turned as an engine would turn it. */
class Run {
  state: RunState = emptyState();
  readonly turns: string[] = [];
  private readonly exact: boolean;

  constructor(over: { plateau?: number | null; proposer?: 'ollama' | 'tuner'; exact?: boolean } = {}) {
    this.exact = over.exact ?? false;
    const kind = over.proposer ?? 'ollama';
    this.emit({
      type: 'run.started',
      base: 'c0',
      settings: settings({ plateau: over.plateau === undefined ? 25 : over.plateau }),
      proposer: { kind, why: '', model: null },
      seed: 7,
    } as EventBody<'run.started'>);
    this.experiment({ verdict: 'kept', metric: 2 }, {});
  }

  emit(body: EventBody): void {
    const seq = this.state.seq + 1;
    const at = new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString();
    this.state = fold(this.state, { v: 1, seq, at, ...body } as JournalEvent);
  }

  turn(): void {
    for (;;) {
      const due = plateauTurn(this.state, this.exact);
      if (!due) return;
      const n = this.state.experiments.length;
      const { of, ...rest } = due;
      this.turns.push(`${due.since} ${due.turn}${of === null ? '' : ` ${of}`}`);
      const why = turnSentence(due, 'ollama', 25);
      this.emit({ type: 'search.turned', n, ...rest, ...(of === null ? {} : { of }), why });
      if (due.turn === 're-measure') this.championAgain();
    }
  }

  championAgain(): void {
    const { n } = this.state.champion;
    const k = this.state.experiments[n]!.trials.length;
    const process = { pid: 1, startTicks: null, bootId: null };
    this.emit({ type: 'trial.started', n, k, role: 'champion', sha: `c${n}`, process, seed: 1 });
    this.emit(trialEnded(n, k, 'champion', 1));
  }

  experiment(
    end: Partial<EventBody<'experiment.decided'>>,
    start: Partial<EventBody<'experiment.started'>> = this.plan(),
    constants: string[] = [],
  ): void {
    const n = this.state.experiments.length;
    const parent = this.state.champion.sha;
    this.emit({ type: 'experiment.started', n, parent, proposer: 'ollama', ...start });
    this.emit({
      type: 'experiment.proposed',
      n,
      attempt: 1,
      hypothesis: `idea ${n}`,
      expect: null,
      family: null,
      constants: constants.map((name) => ({ path: 'a', name, from: 1, to: n })),
      seconds: 0,
      tokens: null,
    });
    const sha = `c${n}`;
    const change = { files: ['a'], added: 1, removed: 1, fuzzy: false };
    this.emit({ type: 'experiment.committed', n, sha, tree: sha, parent, ...change });
    this.emit({
      type: 'experiment.decided',
      n,
      verdict: 'discarded',
      metric: null,
      gain: null,
      z: null,
      sigma: null,
      why: '',
      by: 'engine',
      confidence: null,
      label: 'noise',
      ...end,
    });
    if (end.verdict !== 'kept' || n === 0) return;
    const none: number[] = [];
    const how = { by: 'engine', cause: 'kept', reverted: none, restored: none, why: '' } as const;
    this.emit({ type: 'champion.moved', from: parent, to: sha, n, ...how });
  }

  plan(): Partial<EventBody<'experiment.started'>> {
    const fork = forkTip(this.state);
    return fork === null ? {} : { fork };
  }

  dry(count: number): this {
    for (let i = 0; i < count; i++) {
      this.turn();
      this.experiment({ metric: 2.5 });
    }
    this.turn();
    return this;
  }

  keep(metric: number): this {
    this.turn();
    this.experiment({ verdict: 'kept', metric });
    return this;
  }
}

describe('turns on a plateau', () => {
  it('nothing is done before it, or without the setting', () => {
    expect(new Run().dry(24).turns).toEqual([]);
    expect(new Run({ plateau: null }).dry(200).turns).toEqual([]);
  });
  it('each way in its order, at 50 an older champion, then the usual way, then all over', () => {
    const run = new Run().keep(1.9).keep(1.8).keep(1.7).keep(1.6).keep(1.5).dry(140);
    expect(run.turns).toEqual([
      '25 re-measure',
      '25 other-way',
      '33 structural',
      '45 usual',
      // The kept commits are #1 to #5: three keeps before #5 is #2.
      '50 fork 2',
      '65 usual',
      '75 re-measure',
      '75 other-way',
      '83 structural',
      '95 usual',
      '100 fork 1',
      '115 usual',
      '125 re-measure',
      '125 other-way',
      '133 structural',
    ]);
  });
  it('scales with the setting, and leaves out what cannot be', () => {
    // No keeps: nothing to fork from. An exact metric needs no second look at the champion.
    expect(new Run({ plateau: 5, exact: true }).dry(14).turns).toEqual([
      '5 other-way',
      '7 structural',
      '9 usual',
    ]);
    // The tuner remembers all settings that it has seen: it needs no fork.
    const tuner = new Run({ plateau: 5, proposer: 'tuner' }).keep(1.9).dry(14);
    expect(tuner.turns).toEqual(['5 re-measure', '5 other-way', '7 structural', '9 usual']);
  });
  it('a champion that ran again lately is not run once more', () => {
    const run = new Run().dry(20);
    run.championAgain();
    expect(run.dry(5).turns).toEqual(['25 other-way']);
  });
  it('a champion whose second run fails does not stop the night', () => {
    const run = new Run();
    run.championAgain = () => {};
    expect(run.dry(26).turns).toEqual(['25 re-measure', '25 other-way']);
  });
  it('a keep ends it, and a new count begins', () => {
    const run = new Run().dry(30).keep(1.9);
    expect(run.state.plateau).toBeNull();
    expect(run.dry(24).turns).toEqual(['25 re-measure', '25 other-way']);
  });
  it('skipped and void experiments say nothing about ideas', () => {
    const run = new Run().dry(24);
    for (const verdict of ['skipped', 'void'] as const) run.experiment({ verdict });
    run.turn();
    expect(run.turns).toEqual([]);
    expect(run.dry(1).turns).toEqual(['25 re-measure', '25 other-way']);
  });
  it('told anew after every event it is the same: what resumes goes on in the same way', () => {
    const run = new Run().keep(1.9).dry(52);
    const again = { ...run.state };
    expect(run.state.plateau).toMatchObject({ turn: 'fork', of: 0, round: 1, since: 50 });
    expect(plateauTurn(again, false)).toBeNull();
    expect(run.state.turns.at(-1)!.why).toBe(
      '50 experiments without a keep: ideas start from the code of the baseline for 15 experiments, and still have to beat the champion',
    );
  });
});

describe('a fork', () => {
  it('grows from the best that came of it, judged by its number, and from nothing else', () => {
    const run = new Run().keep(1.9).keep(1.8).keep(1.7).keep(1.6).dry(50);
    expect(forkTip(run.state)).toBe(1);
    const first = run.state.experiments.length;
    run.experiment({ metric: 1.85 });
    expect(forkTip(run.state)).toBe(first);
    run.experiment({ metric: 1.88 });
    run.experiment({ verdict: 'crashed', metric: null });
    expect(forkTip(run.state)).toBe(first);
    run.experiment({ metric: 1.8 });
    expect(forkTip(run.state)).toBe(first + 3);
    expect(run.state.experiments[first + 3]).toMatchObject({ fork: first, parent: 'c4' });
    run.experiment({ verdict: 'kept', metric: 1.5 });
    expect(forkTip(run.state)).toBeNull();
    expect(run.state.champion.n).toBe(first + 4);
  });
});

describe('near misses', () => {
  it('of an earlier champion come first, then pairs that touch different constants, none twice', () => {
    const run = new Run();
    run.experiment({ label: 'near-miss', z: 0.6, metric: 2 }, {}, ['A']); // 1
    run.keep(1.9); // 2
    run.experiment({ label: 'near-miss', z: 0.9, metric: 1.9 }, {}, ['A']); // 3
    run.experiment({ label: 'near-miss', z: 0.7, metric: 1.9 }, {}, ['B']); // 4
    const seen: number[][] = [];
    for (let next = nextRetry(run.state); next; next = nextRetry(run.state)) {
      seen.push(next);
      run.experiment({ label: 'near-miss', z: 2, metric: 1.9 }, { again: next });
    }
    expect(seen).toEqual([[1], [3, 4], [1, 4]]);
  });
  it('that are in the champion already are not made again', () => {
    const run = new Run();
    run.experiment({ label: 'near-miss', z: 0.6, metric: 2 }, {}, ['A']);
    run.experiment({ label: 'near-miss', z: 0.6, metric: 2 }, {}, ['B']);
    run.experiment({ verdict: 'kept', metric: 1.9 }, { again: [1, 2] });
    expect(nextRetry(run.state)).toBeNull();
  });
  it('are the turn only while there are some', () => {
    const run = new Run({ plateau: 10 });
    run.experiment({ label: 'near-miss', z: 0.6, metric: 2 }, {}, ['A']);
    run.keep(1.9).dry(18);
    expect(run.turns.at(-1)).toBe('18 near-miss');
    run.experiment({ metric: 2 }, { again: nextRetry(run.state)! });
    run.turn();
    expect(run.turns.at(-1)).toBe('19 usual');
  });
});

import { championStep, type DecideStep, nextStep, type Step } from '../../src/loop/decide.ts';
import { foldLedger, type Ledger, openLedger } from '../../src/loop/ledger.ts';
import type { EventBody, JournalEvent } from '../../src/protocol/events.ts';
import type { Settings } from '../../src/protocol/settings.ts';
import { plainMetric } from '../harness/plain-metric.ts';

// A run without a computer: the events that an engine would write, made by hand or by a world of numbers.

export function settings(over: Partial<Settings> = {}): Settings {
  return {
    goal: '',
    instructions: null,
    surface: ['train.py'],
    link: [],
    command: 'true',
    check: null,
    budgetMs: 1000,
    timeoutMs: 2000,
    metric: plainMetric('loss'),
    guards: [],
    progress: 'auto',
    strictness: 'balanced',
    minGain: null,
    proposer: 'tuner',
    model: {
      name: 'auto',
      host: 'auto',
      numCtx: 'auto',
      think: 'auto',
      sharing: 'auto',
      allowRemote: false,
    },
    stop: { experiments: null, afterMs: null, target: null, plateau: null },
    earlyStop: 'auto',
    verify: 0,
    heldOut: null,
    sandbox: 'off',
    ...over,
  };
}

export const minimize = settings().metric;
export const maximize = { ...minimize, direction: 'maximize' as const };

/** What a trial gives: a number, or how it failed. */
export type Outcome =
  | number
  | 'crashed'
  | 'timed-out'
  | 'stopped'
  | 'void'
  | Partial<EventBody<'trial.ended'>>;
/** One timed run of experiment n's commit. */
export type World = (n: number, seedIndex: number, role: string) => Outcome;

export class Night {
  ledger: Ledger = openLedger();
  readonly events: JournalEvent[] = [];
  /** Trials per experiment since its start, champion runs included. */
  readonly trials = new Map<number, string[]>();
  champion = 0;
  private readonly k = new Map<number, number>();
  private readonly world: World;

  constructor(world: World, over: Partial<Settings> = {}) {
    this.world = world;
    const host = { cpus: 8, memoryMiB: 1, node: '', platform: '' };
    this.emit({ type: 'run.started', settings: settings(over), seed: 7, host } as EventBody<'run.started'>);
  }

  emit(body: EventBody): void {
    const event = { v: 1, seq: this.events.length + 1, at: '2026-01-01T00:00:00Z', ...body } as JournalEvent;
    this.events.push(event);
    this.ledger = foldLedger(this.ledger, event);
  }

  measure(step: Step & { do: 'measure' }, forExperiment: number): void {
    const k = this.k.get(step.n) ?? 0;
    this.k.set(step.n, k + 1);
    this.trials.set(forExperiment, [...(this.trials.get(forExperiment) ?? []), step.role]);
    this.emit(trialStarted(step.n, k, step.role, step.seedIndex));
    this.emit(trialEnded(step.n, k, step.role, this.world(step.n, step.seedIndex, step.role)));
  }

  /** Runs experiment n to its verdict, as an engine would. */
  experiment(n: number, keep: (d: DecideStep) => boolean = (d) => d.verdict === 'kept'): DecideStep {
    if (n > 0) {
      for (let i = 0; i < 20; i++) {
        const check = championStep(this.ledger);
        if (!check) break;
        this.measure(check, n);
      }
    }
    this.emit({ type: 'experiment.started', n, parent: String(this.champion), proposer: 'tuner' });
    for (let i = 0; i < 60; i++) {
      const step = nextStep(this.ledger, n);
      if (step.do === 'measure') {
        this.measure(step, n);
        continue;
      }
      const { do: _, ...rest } = step;
      this.emit({ type: 'experiment.decided', n, by: 'engine', ...rest });
      if (n > 0 && keep(step)) this.move(n, 'kept');
      return step;
    }
    throw new Error(`experiment ${n} is never decided`);
  }

  move(n: number, cause: EventBody<'champion.moved'>['cause']): void {
    this.emit({
      type: 'champion.moved',
      from: String(this.champion),
      to: String(n),
      n,
      by: 'engine',
      cause,
      reverted: [],
      restored: [],
      why: '',
    });
    this.champion = n;
  }
}

export function trialStarted(
  n: number,
  k: number,
  role: EventBody<'trial.started'>['role'],
  seed: number,
): EventBody<'trial.started'> {
  const process = { pid: 1, startTicks: null, bootId: null };
  return { type: 'trial.started', n, k, role, sha: String(n), process, seed };
}

export function trialEnded(
  n: number,
  k: number,
  role: EventBody<'trial.ended'>['role'],
  outcome: Outcome,
): EventBody<'trial.ended'> {
  const base: EventBody<'trial.ended'> = {
    type: 'trial.ended',
    n,
    k,
    role,
    outcome: 'ok',
    metric: null,
    metrics: {},
    why: null,
    seconds: 1,
    exit: 0,
    signal: null,
    peakRssMiB: null,
    peakVramMiB: null,
    curve: [],
    logBytes: 0,
    swept: 0,
  };
  if (typeof outcome === 'number') return { ...base, metric: outcome, metrics: { loss: outcome } };
  if (typeof outcome === 'string') return { ...base, outcome, why: `it ${outcome}` };
  return { ...base, ...outcome };
}

/** mulberry32 (Tommy Ettinger, public domain): seeded uniform numbers in [0, 1). */
export function uniform(seed: number): () => number {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normal numbers by Box and Muller. */
export function normal(seed: number): () => number {
  const u = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());
}

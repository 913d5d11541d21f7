import type { Experiment, RunState } from '../journal/state.ts';

// What happened while nobody looked: only what the journal knows, in the order in which a person asks for it.

export interface Briefing {
  from: string;
  until: string;
  /** Experiments decided since, by what became of them. */
  decided: Record<'kept' | 'discarded' | 'failed' | 'other', number>;
  /** The champion's number then and now; null where there was none. */
  best: { before: number | null; now: number | null };
  /** Kept since and kept still, the largest gain first. */
  kept: Experiment[];
  /** Kept by one run, or close to the noise: worth running again. */
  unsure: Experiment[];
  /** What waits for the user: questions and holds, in plain words. */
  waits: string[];
  /** Crashes by their reason, the most frequent first. */
  crashes: { why: string; times: number; n: number }[];
  /** The longest row of decided experiments without a keep, and the one that lasts until now. */
  drought: { longest: number; from: string; until: string; now: number } | null;
  /** What befell the run: engine restarts, a model server that was gone. */
  incidents: RunState['incidents'];
  /** What the user was warned of. */
  warnings: RunState['warnings'];
  /** What it took of the machine. */
  machine: {
    /** Drawn by the GPUs, Wh; null = not known. */
    energyWh: number | null;
    /** Trials that heat slowed down, and the one that it did most: its share of the time, 0..1. */
    hot: { trials: number; worst: { n: number; share: number } } | null;
    logBytes: number;
  };
}

const remembered = new WeakMap<RunState, Map<string, Briefing>>();

/** The briefing since `from` (ISO); worked out once for each state, since every frame asks. */
export function briefingOf(run: RunState, from: string): Briefing {
  const known = remembered.get(run)?.get(from);
  if (known) return known;
  const fresh = work(run, from);
  remembered.set(run, (remembered.get(run) ?? new Map()).set(from, fresh));
  return fresh;
}

/** How many experiments were decided since `from`. */
export function decidedSince(run: RunState, from: string): number {
  return run.experiments.filter((e) => e && e.n > 0 && e.endedAt !== null && e.endedAt > from).length;
}

function work(run: RunState, from: string): Briefing {
  const since = run.experiments.filter((e) => e && e.n > 0 && e.endedAt !== null && e.endedAt > from);
  const decided: Briefing['decided'] = { kept: 0, discarded: 0, failed: 0, other: 0 };
  for (const e of since) decided[groupOf(e)] += 1;
  const kept = since.filter((e) => e.verdict === 'kept').sort((a, b) => (b.gain ?? 0) - (a.gain ?? 0));
  return {
    from,
    until: run.lastAt,
    decided,
    best: { before: championAt(run, from), now: run.experiments[run.champion.n]?.metric ?? null },
    kept,
    unsure: kept.filter((e) => e.confidence === 'provisional'),
    waits: waiting(run),
    crashes: crashesBy(since),
    drought: droughtOf(since),
    machine: machineOf(since),
    warnings: run.warnings.filter((w) => w.at > from),
    incidents: run.incidents.filter((i) => i.at > from || (i.until !== null && i.until > from)),
  };
}

/** Less throttling than this is every warm card's life. */
const hotShare = 0.05;

function machineOf(since: readonly Experiment[]): Briefing['machine'] {
  const trials = since.flatMap(({ n, trials }) => trials.map((trial) => ({ n, trial })));
  const energy = trials.flatMap(({ trial }) => trial.energyWh ?? []);
  const hot = trials
    .map(({ n, trial }) => ({ n, share: Math.max(0, ...(trial.conditions?.gpus ?? []).map((g) => g.hot)) }))
    .filter(({ share }) => share >= hotShare)
    .sort((a, b) => b.share - a.share);
  return {
    energyWh: energy.length > 0 ? energy.reduce((a, b) => a + b, 0) : null,
    hot: hot[0] ? { trials: hot.length, worst: hot[0] } : null,
    logBytes: trials.reduce((sum, { trial }) => sum + trial.logBytes, 0),
  };
}

function groupOf(e: Experiment): keyof Briefing['decided'] {
  if (e.verdict === 'kept' || e.verdict === 'discarded') return e.verdict;
  return e.verdict === 'crashed' || e.verdict === 'timed-out' ? 'failed' : 'other';
}

function championAt(run: RunState, at: string): number | null {
  const move = run.moves.findLast((m) => m.at <= at);
  return run.experiments[move?.n ?? 0]?.metric ?? null;
}

function waiting(run: RunState): string[] {
  const out: string[] = [];
  if (run.ended)
    out.push(
      run.ended.outcome === 'failed'
        ? `the run failed: ${run.ended.why}`
        : `the run has ended: ${run.ended.why}`,
    );
  if (run.held && run.held.asks !== null)
    out.push(`keep or discard #${run.held.asks}? ${run.held.reason} (v answers)`);
  else if (run.held)
    out.push(`the run is held: ${run.held.reason}${run.held.next ? `; ${run.held.next}` : ''}`);
  if (run.approval && run.approval.answer === null)
    out.push(`the proposal of #${run.approval.n} waits for your yes`);
  return out;
}

function crashesBy(since: readonly Experiment[]): Briefing['crashes'] {
  const by = new Map<string, { times: number; n: number }>();
  for (const e of since) {
    if (groupOf(e) !== 'failed') continue;
    const why = kindOf(e.why);
    by.set(why, { times: (by.get(why)?.times ?? 0) + 1, n: e.n });
  }
  return [...by].map(([why, { times, n }]) => ({ why, times, n })).sort((a, b) => b.times - a.times);
}

/** The reason without what differs from one crash to the next: numbers, addresses. */
function kindOf(why: string): string {
  return why
    .split('\n', 1)[0]!
    .replace(/\b0x[0-9a-f]+\b/gi, '0x…')
    .replace(/\d+(\.\d+)?/g, 'N')
    .trim();
}

function droughtOf(since: readonly Experiment[]): Briefing['drought'] {
  let best: Briefing['drought'] = null;
  let began = '';
  let length = 0;
  for (const e of since) {
    if (e.verdict === 'kept') length = 0;
    else {
      if (length === 0) began = e.startedAt;
      length += 1;
    }
    if (length > (best?.longest ?? 0)) best = { longest: length, from: began, until: e.endedAt!, now: 0 };
  }
  return best && { ...best, now: length };
}

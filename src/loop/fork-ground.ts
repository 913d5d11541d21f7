import { type PlateauExperiment, type PlateauState, triesOf } from './plateau-state.ts';

// An older champion as the ground of new ideas: perhaps the line was taken into a corner. Whatever comes of it is
// committed on the champion and has to beat the champion, like everything else; only the code it starts from is older.

/** So many keeps back, where there are as many. */
const keepsBack = 3;

/** The kept experiment (0 = the baseline) to fork from in this round; null when there is none left. */
export function forkGround(state: PlateauState, round: number): number | null {
  const { plateau, experiments } = state;
  if (plateau?.turn === 'fork' && plateau.round === round) return plateau.of;
  const line = lineTo(state);
  const older = line.slice(0, Math.max(1, line.length - keepsBack));
  const tried = new Set(triesOf(state).map((e) => rootOf(experiments, e)));
  const free = older.filter((e) => e.n !== state.champion.n && e.sha !== null && !tried.has(e.n));
  return bestOf(free, state)?.n ?? null;
}

/**
 * The experiment whose code the next idea starts from while the run is on a fork: the best that has come of it, judged
 * by its number alone, for only the champion has to be surely better. Null = the champion's code.
 */
export function forkTip(state: Pick<PlateauState, 'plateau' | 'experiments' | 'settings'>): number | null {
  const { plateau, experiments } = state;
  if (plateau?.turn !== 'fork' || plateau.of === null) return null;
  const root = experiments[plateau.of];
  if (!root) return null;
  const grown = experiments.filter(
    (e): e is PlateauExperiment =>
      e !== undefined && e.n >= plateau.n && e.fork !== null && e.sha !== null && e.verdict === 'discarded',
  );
  return bestOf([root, ...grown], state)?.n ?? null;
}

/** The commits from the baseline up to the champion's own. */
function lineTo({ champion, experiments }: PlateauState): PlateauExperiment[] {
  const bySha = new Map<string, PlateauExperiment>();
  for (const e of experiments) if (e && e.sha !== null) bySha.set(e.sha, e);
  const line: PlateauExperiment[] = [];
  for (let e = experiments[champion.n]; e && !line.includes(e); e = e.n > 0 ? bySha.get(e.parent) : undefined)
    line.unshift(e);
  return line;
}

/** Where the chain of forks began that an experiment belongs to; null when it stood on the champion's code. */
function rootOf(experiments: PlateauState['experiments'], e: PlateauExperiment): number | null {
  let { fork } = e;
  for (let from = fork; from !== null; from = experiments[from]?.fork ?? null) fork = from;
  return fork;
}

/** The best number; of equal ones the latest. */
function bestOf(
  list: readonly PlateauExperiment[],
  { settings }: Pick<PlateauState, 'settings'>,
): PlateauExperiment | null {
  const sign = settings?.metric.direction === 'maximize' ? 1 : -1;
  let best: PlateauExperiment | null = null;
  for (const e of list)
    if (e.metric !== null && (best === null || sign * (e.metric - best.metric!) >= 0)) best = e;
  return best;
}

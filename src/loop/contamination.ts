import type { Conditions, CurvePoint } from '../protocol/events.ts';
import { aboveUsual, foreignShare, hotter, lostTime, middle as middleOf } from './load.ts';

// Whether the machine, and not the code, made a trial's number. Pure. On purpose slow to accuse: a desktop that is
// merely used must never stop a night, so several signs have to agree.

export interface Ran {
  seconds: number | null;
  conditions: Conditions | null;
  curve: readonly CurvePoint[];
}

export interface Normal {
  /** Trials that counted before: what this machine is like when all is well. */
  trials: readonly Ran[];
  /** The champion's latest run, to compare the pace with. */
  champion: Ran | null;
  /** Cores of the machine. */
  cores: number;
  /** What the user has said to count: foreign load up to so many cores, and heat. */
  tolerated: { foreignCores: number; heat: boolean };
}

/** An idle machine: less than the foreign load that could have spoilt a trial. */
const idleShare = 0.12;
/** Pace against the champion's at the same moment: as fast is unharmed, this much slower is harmed (10 %). */
const unharmedPace = 0.97;
const harmedPace = 0.9;

/** Why a trial must not count, in plain words; null when nothing speaks against it. */
export function contaminationOf(trial: Ran, normal: Normal): string | null {
  if (!trial.conditions) return null;
  return heatOf(trial.conditions, normal) ?? busyOf(trial, trial.conditions, normal);
}

/**
 * Why a run of the baseline is to be measured again, in plain words; null when nothing speaks against it. Nothing was
 * measured before it, so it is judged by what no machine does that is left alone.
 */
export function busyBaseline(
  conditions: Conditions | null,
  { cores, tolerated }: Pick<Normal, 'cores' | 'tolerated'>,
): string | null {
  if (!conditions) return null;
  const { foreignCores, waited, gpus } = conditions;
  const hot = tolerated.heat ? undefined : gpus.find((gpu) => gpu.hot >= hotter);
  if (hot) return slowedByHeat(hot.index, hot.hot);
  if (foreignCores === null || waited === null || waited <= lostTime) return null;
  const busy = foreignCores >= foreignShare * cores && foreignCores > tolerated.foreignCores;
  return busy ? `${took(foreignCores, cores)}, ${waitedFor(waited)}` : null;
}

const slowedByHeat = (index: number, hot: number) =>
  `GPU ${index} was slowed down by heat for ${percent(hot)} of the trial`;
const took = (foreignCores: number, cores: number) =>
  `other programs took ${foreignCores.toFixed(1)} of ${cores} cores`;
const waitedFor = (waited: number) => `and it waited for a core ${percent(waited)} of its time`;

function heatOf(conditions: Conditions, normal: Normal): string | null {
  if (normal.tolerated.heat) return null;
  for (const { index, hot } of conditions.gpus) {
    const usual = middle(
      normal.trials.flatMap(
        (t) => t.conditions?.gpus.filter((g) => g.index === index).map((g) => g.hot) ?? [],
      ),
    );
    if (usual !== null && hot - usual >= hotter) return slowedByHeat(index, hot);
  }
  return null;
}

/**
 * Whether this much foreign load is what the machine is like anyway, or nothing: with it a trial would count. Less than
 * what accuses one, so that a run does not go on only to be held again.
 */
export function isUsualLoad(
  foreignCores: number,
  { trials, cores, tolerated }: Omit<Normal, 'champion'>,
): boolean {
  const usual = middle(trials.flatMap((t) => known(t.conditions?.foreignCores))) ?? 0;
  const more = Math.max(aboveUsual.cores, aboveUsual.share * cores) / 2;
  return foreignCores < Math.max(idleShare * cores, Math.max(usual, tolerated.foreignCores) + more);
}

function busyOf(trial: Ran, { foreignCores, waited }: Conditions, normal: Normal): string | null {
  if (foreignCores === null) return null;
  const usual = middle(normal.trials.flatMap((t) => known(t.conditions?.foreignCores)));
  if (usual === null) return null;
  const { cores, tolerated } = normal;
  const extra = foreignCores - Math.max(usual, tolerated.foreignCores);
  if (foreignCores < foreignShare * cores || extra < Math.max(aboveUsual.cores, aboveUsual.share * cores))
    return null;
  const pace = paceOf(trial, normal.champion);
  if (pace !== null && pace >= unharmedPace) return null;
  const usualWait = middle(normal.trials.flatMap((t) => known(t.conditions?.waited))) ?? 0;
  // Waiting for cores is the direct proof. Without it, the pace has to tell, which a slower idea has too.
  const harmed = waited !== null ? waited - usualWait > lostTime : pace !== null && pace < harmedPace;
  if (!harmed) return null;
  return waited === null
    ? `${took(foreignCores, cores)}, and it was ${percent(1 - pace!)} slower than the champion`
    : `${took(foreignCores, cores)}, ${waitedFor(waited)}`;
}

/** Steps of a trial for each step of the champion by the same moment; null when either shows no steps. */
export function paceOf(trial: Ran, champion: Ran | null): number | null {
  if (!champion) return null;
  const end = Math.min(trial.curve.at(-1)?.seconds ?? 0, champion.curve.at(-1)?.seconds ?? 0);
  const mine = stepsBy(trial.curve, end);
  const theirs = stepsBy(champion.curve, end);
  return mine === null || theirs === null || theirs <= 0 ? null : mine / theirs;
}

/** Steps done by a moment, between the points that lie around it. */
function stepsBy(curve: readonly CurvePoint[], seconds: number): number | null {
  if (curve.length < 3 || seconds <= 0) return null;
  const after = curve.findIndex((p) => p.seconds >= seconds);
  if (after < 0) return curve.at(-1)!.step;
  const b = curve[after]!;
  const a = curve[after - 1] ?? { step: 0, seconds: 0 };
  if (b.seconds <= a.seconds) return b.step;
  return a.step + ((b.step - a.step) * (seconds - a.seconds)) / (b.seconds - a.seconds);
}

const known = (x: number | null | undefined): number[] => (x === null || x === undefined ? [] : [x]);
const percent = (x: number) => `${Math.round(x * 100)} %`;

function middle(values: readonly number[]): number | null {
  return values.length === 0 ? null : middleOf(values);
}

import type { Ledger } from './ledger.ts';
import { type Run, runsOf } from './measured.ts';
import { mean, median, passRateFloor, repeatsExactly, roundingFloor } from './noise.ts';
import { type Pairs, pairItems } from './pairs.ts';
import { seedsOf, spreadOf } from './pooled.ts';
import { dialsOf } from './presets.ts';
import { fromScore, improvementInScore, type Scale, stepInScore, toScore } from './score.ts';
import { type SeedEffects, withoutSeed } from './seed-effects.ts';
import { resolutionOf, scaleOf } from './view.ts';

/** z beyond this says nothing more, and Infinity does not survive JSON. */
const maxZ = 99;
/** Three runs of a candidate that lie this many sigmas apart: one of them was not like the others. */
const wildSigmas = 5;

export interface Noise {
  /** One run's standard deviation on the decision scale, never below what the metric's digits allow. */
  sigma: number;
  /** What of it comes from having asked only so many items; asking the same ones again does not lessen it. */
  items: number;
  df: number;
  /** Repeats give exactly the same number. */
  exact: boolean;
}

/** What is believed of a candidate now. Gains are on the decision scale (log: relative), positive = better. */
export interface Estimate {
  gain: number;
  /** gain in sigmas of the difference, within +-99. */
  z: number;
  /** The same, after the least gain that was asked for is taken off: what decisions look at. */
  zNeeded: number;
  /** Least gain asked for; 0 without one. */
  needed: number;
  sigma: number;
  df: number;
  exact: boolean;
  /** Exact world only: better by at least the metric's resolution and by what was asked for. */
  exactlyBetter: boolean;
  /** Compared item by item; null where that is not possible. */
  pairs: Pairs | null;
  /** Compared on the same seeds, because seeds make most of the noise. */
  bySeed: boolean;
  /** The candidate's runs disagree far beyond the noise: the median was taken. */
  wild: boolean;
  /** Both sides in the metric's unit; compared by seed, the bar is what it would show on the candidate's seeds. */
  metric: number;
  bar: number;
  runs: number;
}

/**
 * The noise of one run, from all repeats there are. `without`: an experiment whose own runs must not count,
 * because two runs of it that happen to agree would make their own gain look surer than it is.
 */
export function noiseOf(
  ledger: Ledger,
  scale: Scale = scaleOf(ledger),
  without: number | null = null,
): Noise {
  const spread = spreadOf(ledger, scale, without);
  const { bar } = ledger.champion;
  const level = bar.length > 0 ? mean(bar) : 1;
  const floor = roundingOf(ledger, scale);
  const items = itemNoise(ledger, level, scale);
  // A pass rate over few items repeats by chance: it is exact only if it says nothing of its items.
  const exact = repeatsExactly(spread) && ledger.items === null && !ledger.rules!.metric.noise;
  return { sigma: Math.max(spread.sd, floor, items), items, df: spread.df, exact };
}

/** The least noise that is believed in: of the metric's digits, or as the settings say. */
function roundingOf(ledger: Ledger, scale: Scale): number {
  const { bar } = ledger.champion;
  const least = Math.max(roundingFloor(resolutionOf(ledger)), ledger.rules!.metric.noise ?? 0);
  return stepInScore(least, bar.length > 0 ? mean(bar) : 1, scale);
}

function itemNoise(ledger: Ledger, level: number, scale: Scale): number {
  if (ledger.items === null || level < 0 || level > 100) return 0;
  const unit = level <= 1 ? 1 : 100;
  return stepInScore(unit * passRateFloor(level / unit, ledger.items), level, scale);
}

/** Compares the runs of experiment `n` with the champion's bar; both must have at least one. */
export function estimate(ledger: Ledger, n: number): Estimate {
  const rules = ledger.rules!;
  const { direction } = rules.metric;
  const scale = scaleOf(ledger);
  const dials = dialsOf(rules, ledger.items);
  const score = (y: number) => toScore(y, scale, direction) ?? 0;
  const { bar } = ledger.champion;

  const runs = runsOf(ledger.groups, n);
  const values = runs.map((r) => r.y);
  const counted = dials.useFirst || runs.length < 2 ? runs : runs.slice(1);
  const all = values.map(score);
  const noise = noiseOf(ledger, scale, n);
  const wild = all.length >= 3 && Math.max(...all) - Math.min(...all) > wildSigmas * noise.sigma;
  const champions = runsOf(ledger.groups, ledger.champion.n);
  const pairs = pairItems(runs.slice(-counted.length), champions, direction);
  const seeds = wild || pairs || noise.exact ? null : seedsOf(ledger, scale, n, noise.sigma);
  const sides = seeds && {
    mine: levelOf(
      seeds,
      counted,
      counted.map((r) => score(r.y)),
      noise.sigma,
    ),
    // The bar's values are the champion's latest runs, moved down together after a keep.
    theirs: levelOf(seeds, champions.slice(-bar.length), bar.map(score), noise.sigma),
  };
  const gain = sides
    ? sides.mine.score - sides.theirs.score
    : (wild ? median(all) : mean(counted.map((r) => score(r.y)))) - mean(bar.map(score));
  const over = Math.sqrt(1 / counted.length + 1 / bar.length) * (wild ? 1.25 : 1);
  // On the same items the difference is surer than the two rates; what repeats differ by is still to be seen over.
  const se = pairs
    ? Math.max(stepInScore(pairs.error, mean(bar), scale), spreadOf(ledger, scale, n).sd * over)
    : Math.max(
        sides ? Math.sqrt(sides.mine.variance + sides.theirs.variance) : noise.sigma * over,
        roundingOf(ledger, scale) * over,
        noise.items * Math.SQRT2,
      );

  const metric = wild ? median(values) : mean(counted.map((r) => r.y));
  const barY = sides ? fromScore(toScore(metric, scale, direction)! - gain, scale, direction) : mean(bar);
  const needed = neededGain(ledger, scale);
  const improvement = direction === 'minimize' ? barY - metric : metric - barY;
  return {
    gain,
    z: inSigmas(gain, se),
    zNeeded: inSigmas(gain - needed, se),
    needed,
    sigma: noise.exact ? 0 : noise.sigma,
    // Items are repeats of their own.
    df: pairs ? Math.max(noise.df, 2) : noise.df,
    pairs,
    bySeed: seeds !== null,
    exact: noise.exact,
    // 0.999: a difference of just one step must not fail by a rounding of the subtraction.
    exactlyBetter:
      improvement > 0 && improvement >= 0.999 * resolutionOf(ledger) && gain >= needed * (1 - 1e-9),
    wild,
    metric,
    bar: barY,
    runs: values.length,
  };
}

/** The mean of some runs without what their seeds add, the sure ones counting more, and the variance of that mean. */
function levelOf(
  seeds: SeedEffects,
  runs: readonly Run[],
  scores: readonly number[],
  sigma: number,
): { score: number; variance: number } {
  let [sum, weights] = [0, 0];
  scores.forEach((s, i) => {
    const { score, variance } = withoutSeed(seeds, s, runs[i]?.seed, sigma);
    // Nothing is surer than a thousandth of the noise: a rest of zero would divide by it.
    const weight = 1 / Math.max(variance, 1e-6 * sigma ** 2);
    sum += weight * score;
    weights += weight;
  });
  return { score: sum / weights, variance: 1 / weights };
}

function neededGain(ledger: Ledger, scale: Scale): number {
  const { minGain, metric } = ledger.rules!;
  if (!minGain || minGain.by <= 0) return 0;
  const bar = mean(ledger.champion.bar);
  return improvementInScore(minGain.by, minGain.relative, bar, scale, metric.direction);
}

function inSigmas(gain: number, se: number): number {
  if (gain === 0) return 0;
  return Math.min(maxZ, Math.max(-maxZ, gain / se));
}

/**
 * The bar after candidate `n` was kept. What was kept was partly lucky (winner's curse): its gain is shrunk by
 * 1 - 1 / (1 + z^2), so that the next candidate is compared with what is probably true, not with a lucky number.
 * @returns values in the metric's unit, as many as the candidate has runs
 */
export function barAfterKeep(ledger: Ledger, n: number): readonly number[] {
  const q = estimate(ledger, n);
  const values = runsOf(ledger.groups, n).map((r) => r.y);
  const dials = dialsOf(ledger.rules!, ledger.items);
  if (q.exact || dials.trusting) return values.slice(-dials.maxI);
  const { direction } = ledger.rules!.metric;
  const scale = scaleOf(ledger);
  const scores = values.map((y) => toScore(y, scale, direction) ?? 0);
  const shrunk = q.gain * (1 - 1 / (1 + Math.max(q.z, 0) ** 2));
  // Compared by seed, the bar is where the champion stood on these seeds.
  const before = q.bySeed
    ? mean(scores) - q.gain
    : mean(ledger.champion.bar.map((y) => toScore(y, scale, direction) ?? 0));
  const shift = before + shrunk - mean(scores);
  return scores.map((s) => fromScore(s + shift, scale, direction)).slice(-dials.maxI);
}

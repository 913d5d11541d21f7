import type { CurvePoint } from '../protocol/events.ts';
import type { EarlyRecord } from './early-account.ts';
import { mean } from './noise.ts';
import { plainNumber } from './plain-number.ts';

// Ends a trial that cannot win any more, judged by its live curve against the champion's (search policy, section 2).
// It never keeps anything early, and it is off by itself where the curves say too little.

/** A trial that ran to its end. */
export interface PastTrial {
  curve: readonly CurvePoint[];
}

export interface EarlyStopOptions {
  /** Trials of the champion. */
  champion: readonly PastTrial[];
  /** Whose they are, for the reason; the champion's unless said. */
  whose?: string;
  /** Repeats of one commit each, the champion's too: what a curve differs by without any change. */
  repeats: readonly (readonly PastTrial[])[];
  /** The time box, ms. */
  budgetMs: number;
  /** Spreads that a curve must be behind. */
  k: number;
  /** Share of the trial before which nothing is judged. */
  from: number;
}

/** Why a trial should end now. */
export interface Hopeless {
  /** Share of the trial that is over, 0..1. */
  at: number;
  why: string;
}

export interface EarlyStop {
  /** Null while it watches; else why it cannot. */
  readonly off: string | null;
  /** Adds live points; the first answer that is not null is the verdict. */
  push(points: readonly CurvePoint[]): Hopeless | null;
}

/** Places where curves are compared: 30 %, 35 % ... 95 % of the trial. */
const stations = Array.from({ length: 14 }, (_, i) => (30 + 5 * i) / 100);
/** A curve is read as the mean of its points in the last tenth of the trial before a station. */
const window = 0.1;
/** Fewer curves, or fewer points in one, say too little. */
const leastCurves = 3;
const leastPoints = 4;
/** Spread below this share of the champion's whole way is not believed: repeats may simply be identical. */
const leastSpread = 0.01;
/** A way shorter than this many spreads is no direction. */
const leastWay = 4;
/**
 * Nor is a gap that the champion itself would close in this share of the way that it still had to go: larger models and
 * higher rates start slowly and end better. Measured on real curves (test/loopbench/curves): spares all clear winners.
 */
const leastLag = 2 / 3;
/** A loss this many times its start has exploded. */
const explosion = 2;

/** Watches one trial. Pure but for the points it has been given. */
export function watchForHopeless(options: EarlyStopOptions): EarlyStop {
  const usable = (t: PastTrial) => t.curve.length >= leastPoints;
  const champion = options.champion.filter(usable);
  const repeats = options.repeats.map((group) => group.filter(usable)).filter((group) => group.length > 1);
  if (champion.length === 0) return off('the champion has no live curve', false);
  const place = placeOf([...champion, ...repeats.flat()], options.budgetMs);
  const positive = [...champion, ...repeats.flat()].every((t) => t.curve.every((p) => p.value > 0));
  const scale = (value: number) => (positive ? Math.log(value) : value);
  const read = (curve: readonly CurvePoint[]) => stations.map((at) => windowMean(curve, place, scale, at));
  const level = meanOf(champion.map((t) => read(t.curve)));
  const start = mean(
    champion.map((t) => windowMean(t.curve, place, scale, window) ?? scale(t.curve[0]!.value)),
  );
  const way = (level.findLast((x) => x !== null) ?? start) - start;
  const falling = way < 0;
  if (repeats.reduce((sum, group) => sum + group.length - 1, 0) < leastCurves - 1)
    return off('too few repeated curves to know how much they differ', falling);
  const spread = Math.max(
    pooled(repeats.map((group) => group.map((t) => read(t.curve)))),
    leastSpread * Math.abs(way),
  );
  if (!(Math.abs(way) > leastWay * spread))
    return off('its live curve does not say which way is better', false);
  const sign = Math.sign(way);
  const limit = options.k * spread * Math.sqrt(1 + 1 / champion.length);

  const end = level.findLast((x) => x !== null) ?? start;
  const explode = watchExplosion(falling);
  const seen: CurvePoint[] = [];
  let next = 0;
  return {
    off: null,
    push(points) {
      const exploded = explode(points);
      if (exploded) return { at: place(points.at(-1)!), why: exploded };
      for (const point of points) {
        seen.push(point);
        while (next < stations.length && place(point) >= stations[next]!) {
          const at = stations[next]!;
          const theirs = level[next]!;
          next += 1;
          if (at < options.from || theirs === null) continue;
          const mine = windowMean(seen, place, scale, at);
          const lag = leastLag * Math.max(0, (end - theirs) * sign);
          if (mine === null || (theirs - mine) * sign <= Math.max(limit, lag)) continue;
          const raw = (x: number) => plainNumber(positive ? Math.exp(x) : x);
          const behind = ((theirs - mine) * sign) / spread;
          return {
            at,
            why: `at ${Math.round(at * 100)} % its curve is at ${raw(mine)} where ${options.whose ?? "the champion's"} was at ${raw(theirs)}, ${behind.toFixed(1)} spreads behind`,
          };
        }
      }
      return null;
    },
  };
}

function off(why: string, falling: boolean): EarlyStop {
  const explode = watchExplosion(falling);
  return {
    off: why,
    push(points) {
      const exploded = explode(points);
      return exploded ? { at: points.at(-1)?.fraction ?? 0, why: exploded } : null;
    },
  };
}

/** Twice its start and still there a point later: a loss that explodes does not come back. Rising curves may rise. */
function watchExplosion(falling: boolean): (points: readonly CurvePoint[]) => string | null {
  let start: number | null = null;
  let above = 0;
  return (points) => {
    if (!falling) return null;
    for (const { value } of points) {
      start ??= value;
      above = start > 0 && value > explosion * start ? above + 1 : 0;
      if (above >= 2)
        return `its curve has exploded: ${plainNumber(value)} after a start at ${plainNumber(start)}`;
    }
    return null;
  };
}

/**
 * Where in its trial a point lies, 0..1. A script that says its share is believed; scripts that always do the same
 * number of steps are compared by step; all others by time.
 */
function placeOf(trials: readonly PastTrial[], budgetMs: number): (point: CurvePoint) => number {
  if (trials.every((t) => t.curve.every((p) => p.fraction !== null))) return (p) => p.fraction ?? 0;
  const steps = new Set(trials.map((t) => t.curve.at(-1)!.step));
  const [last] = steps;
  if (steps.size === 1 && last! > 0) return (p) => p.step / last!;
  return (p) => (p.seconds * 1000) / budgetMs;
}

function windowMean(
  curve: readonly CurvePoint[],
  place: (point: CurvePoint) => number,
  scale: (value: number) => number,
  at: number,
): number | null {
  let sum = 0;
  let count = 0;
  let before: CurvePoint | null = null;
  for (const point of curve) {
    const where = place(point);
    if (where > at) break;
    before = point;
    if (where <= at - window) continue;
    sum += scale(point.value);
    count += 1;
  }
  if (count > 0) return sum / count;
  return before ? scale(before.value) : null;
}

/** Mean at each station over the curves that reach it. */
function meanOf(curves: readonly (readonly (number | null)[])[]): (number | null)[] {
  return stations.map((_, i) => {
    const values = curves.flatMap((c) => (c[i] === null || c[i] === undefined ? [] : [c[i]]));
    return values.length > 0 ? mean(values) : null;
  });
}

/** Standard deviation of a curve around its group's mean, pooled over stations and groups. */
function pooled(groups: readonly (readonly (readonly (number | null)[])[])[]): number {
  let squares = 0;
  let df = 0;
  for (const group of groups) {
    const level = meanOf(group);
    for (let i = 0; i < stations.length; i++) {
      const values = group.flatMap((c) => (c[i] === null || c[i] === undefined ? [] : [c[i]!]));
      if (values.length < 2) continue;
      for (const value of values) squares += (value - level[i]!) ** 2;
      df += values.length - 1;
    }
  }
  return df > 0 ? Math.sqrt(squares / df) : 0;
}

/** Words in a change that say "schedule": such curves cross late and are judged late. */
const scheduleWords = /schedul|warm_?up|warm_?down|cool_?down|decay|anneal|cosine|\bema\b|momentum/i;
const lateFrom = 0.6;
const usualFrom = 0.3;

/** From which share of the trial a change is judged; `text`: its hypothesis and its changed lines. */
export function judgedFrom(text: string): number {
  return scheduleWords.test(text) ? lateFrom : usualFrom;
}

/** Every tenth hopeless trial runs on. Counted, not drawn: the same history gives the same answer. */
export function isAudit(past: readonly EarlyRecord[]): boolean {
  return past.length % 10 === 9;
}

/** Spreads to be behind: 4, and 6 once more than a tenth of at least 20 audits were false. */
export function strictnessOf(past: readonly EarlyRecord[]): number {
  const audits = past.filter((r) => r.audit);
  const wrong = audits.filter((r) => r.kept).length;
  return audits.length >= 20 && wrong > 0.1 * audits.length ? 6 : 4;
}

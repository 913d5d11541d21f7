import type { CurvePoint } from '../protocol/events.ts';
import type { EarlyRecord } from './early-account.ts';
import { mean } from './noise.ts';
import { plainNumber } from './plain-number.ts';

// Ends a trial that cannot win any more, judged by its live curve against the champion's (search policy, section 2).
// It never keeps anything early, and it is off by itself where the curves say too little.

/** A trial that ran to its end. */
export interface PastTrial {
  curve: readonly CurvePoint[];
  /** How long it took, s; null (or missing) when that is not known. */
  seconds?: number | null;
  /** Share of its time that it waited for a core, 0..1; null (or missing) when that is not known. */
  waited?: number | null;
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
  /** Share of its time that the trial has waited for a core so far, 0..1; null (or missing) when nobody can say. */
  waited?: () => number | null;
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
/** What ending a trial takes itself (a look at the log, a signal, the sweep): no trial is ended for less, s. */
const leastSaving = 0.3;
/** Less than this share of the champion's speed is a slow machine, or a slow idea; so much less makes curves incomparable. */
const fairSpeed = 0.9;
const leastSpeed = 0.6;
/** A loss this many times its start has exploded. */
const explosion = 2;

/** Watches one trial. Pure but for the points it has been given. */
export function watchForHopeless(options: EarlyStopOptions): EarlyStop {
  const usable = (t: PastTrial) => t.curve.length >= leastPoints;
  const champion = options.champion.filter(usable);
  const repeats = options.repeats.map((group) => group.filter(usable)).filter((group) => group.length > 1);
  if (champion.length === 0) return off('the champion has no live curve', false);
  const { place, byWork } = placesOf([champion, ...repeats], options.budgetMs);
  const positive = [...champion, ...repeats.flat()].every((t) => t.curve.every((p) => p.value > 0));
  const scale = (value: number) => (positive ? Math.log(value) : value);
  const read = (curve: readonly CurvePoint[]) => stations.map((at) => windowMean(curve, place, scale, at));
  const level = meanOf(champion.map((t) => read(t.curve)));
  const usual = mean(champion.map((t) => t.seconds ?? options.budgetMs / 1000));
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
  /** How far it is behind where the champion was at a place; null when no more than what may be caught up with. */
  const behind = (mine: number, theirs: number): number | null => {
    const gap = (theirs - mine) * sign;
    return gap > Math.max(limit, leastLag * Math.max(0, (end - theirs) * sign)) ? gap / spread : null;
  };
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
          const byClock = level[next]!;
          next += 1;
          if (at < options.from || byClock === null) continue;
          // As long as the champion took, or as long as it takes itself where it is slower.
          if ((1 - at) * Math.max(usual, point.seconds / at) < leastSaving) continue;
          const mine = windowMean(seen, place, scale, at);
          if (mine === null || behind(mine, byClock) === null) continue;
          // Behind by the clock. What the machine made of it is no fault of the idea.
          const speed = byWork ? 1 : fairShare(champion, seen, place, at, options.waited?.() ?? null);
          if (speed === null) continue;
          const reached = champion.map((t) => windowMean(t.curve, place, scale, at * speed));
          const theirs = speed === 1 ? byClock : meanOf(reached.map((x) => [x]))[0]!;
          const far = theirs === null ? null : behind(mine, theirs);
          if (far === null) continue;
          const raw = (x: number) => plainNumber(positive ? Math.exp(x) : x);
          const with_ = speed === 1 ? '' : ' with as much done';
          return {
            at,
            why: `at ${Math.round(at * 100)} % its curve is at ${raw(mine)} where ${options.whose ?? "the champion's"} was at ${raw(theirs!)}${with_}, ${far.toFixed(1)} spreads behind`,
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
 * Where in its trial a point lies, 0..1, and whether that is work done and not time gone. A script that says its share
 * is believed; scripts that always do the same number of steps are compared by step; all others by time.
 * @param groups runs of one commit each: those of another one may make more steps in the same work
 */
function placesOf(
  groups: readonly (readonly PastTrial[])[],
  budgetMs: number,
): { place: (point: CurvePoint) => number; byWork: boolean } {
  const stepsOf = (trials: readonly PastTrial[]) => new Set(trials.map((t) => t.curve.at(-1)!.step));
  const [last] = stepsOf(groups.flat());
  const same = stepsOf(groups.flat()).size === 1 && last! > 0;
  const told = groups.flat().every((t) => t.curve.every((p) => p.fraction !== null));
  const byWork = same || (told && groups.every((group) => stepsOf(group).size === 1));
  if (told) return { place: (p) => p.fraction ?? 0, byWork };
  if (same) return { place: (p) => p.step / last!, byWork };
  return { place: (p) => (p.seconds * 1000) / budgetMs, byWork };
}

/**
 * How much of the work that the champion had done by then a trial can fairly be asked for, 0..1; null when too little to
 * compare. Time that it stood waiting for a core is the machine's doing; where nobody can tell that, each missing step is.
 */
function fairShare(
  champion: readonly PastTrial[],
  seen: readonly CurvePoint[],
  place: (point: CurvePoint) => number,
  at: number,
  waited: number | null,
): number | null {
  const [mine, ...theirs] = [seen, ...champion.map((t) => t.curve)].map((c) => stepsAt(c, place, at));
  const usual = champion.flatMap((t) => t.waited ?? []);
  const speed =
    waited === null
      ? mine! / mean(theirs as number[])
      : (1 - waited) / (1 - (usual.length > 0 ? mean(usual) : 0));
  if (!Number.isFinite(speed) || speed >= fairSpeed) return 1;
  return speed < leastSpeed ? null : speed;
}

/** Steps done by a place, between the points that lie around it. */
function stepsAt(curve: readonly CurvePoint[], place: (point: CurvePoint) => number, at: number): number {
  const after = curve.findIndex((p) => place(p) >= at);
  if (after < 0) return curve.at(-1)?.step ?? 0;
  const b = curve[after]!;
  const [from, step] = after > 0 ? [place(curve[after - 1]!), curve[after - 1]!.step] : [0, 0];
  const span = place(b) - from;
  return span > 0 ? step + ((b.step - step) * (at - from)) / span : b.step;
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

import type { CurvePoint } from '../protocol/events.ts';
import type { Trial } from './state.ts';

// A curve of 64 points is 7 KiB as objects and 2 KiB as numbers. Of ten thousand trials hardly one is looked at, so they
// are held as numbers, and `curve` makes points of them when it is read.

const numbers = Symbol('curve');
const perPoint = 4;
/** Fewer points are not worth it. */
const least = 4;

type Held = Trial & { [numbers]?: Float64Array };

/** The trial with its curve held small. Reading `curve` gives the same points; copies and JSON of the trial have them as ever. */
export function withHeldCurve(trial: Trial): Trial {
  if (trial.curve.length < least) return trial;
  const { curve, ...rest } = trial;
  return holding(
    rest,
    Float64Array.from(flat(curve), (x) => x ?? Number.NaN),
  );
}

/** The curve as one list, four numbers a point; null where there is no fraction. */
export function flatCurve(trial: Trial): (number | null)[] {
  const held = (trial as Held)[numbers];
  return held ? Array.from(held, (x) => (Number.isNaN(x) ? null : x)) : flat(trial.curve);
}

/** The way back from flatCurve. */
export function withFlatCurve(trial: Omit<Trial, 'curve'>, list: readonly (number | null)[]): Trial {
  const held = Float64Array.from(list, (x) => x ?? Number.NaN);
  return held.length < least * perPoint ? { ...trial, curve: pointsOf(held) } : holding(trial, held);
}

// One function for all: V8 then gives all such trials one shape.
const accessor: PropertyDescriptor = { get: read, enumerable: true, configurable: true };

function holding(trial: Omit<Trial, 'curve'>, held: Float64Array): Trial {
  const copy = { ...trial };
  Object.defineProperty(copy, numbers, { value: held });
  return Object.defineProperty(copy, 'curve', accessor) as Trial;
}

/** The latest that were read: a pane asks for the same one at every frame, and compares by identity. */
const lately = new Map<Float64Array, CurvePoint[]>();

function read(this: Held): CurvePoint[] {
  const held = this[numbers]!;
  const points = lately.get(held) ?? pointsOf(held);
  lately.delete(held);
  lately.set(held, points);
  if (lately.size > 16) lately.delete(lately.keys().next().value!);
  return points;
}

function pointsOf(held: Float64Array): CurvePoint[] {
  return Array.from({ length: held.length / perPoint }, (_, i) => {
    const [step, seconds, value, fraction] = held.subarray(i * perPoint, (i + 1) * perPoint);
    return {
      step: step!,
      seconds: seconds!,
      value: value!,
      fraction: Number.isNaN(fraction) ? null : fraction!,
    };
  });
}

const flat = (points: readonly CurvePoint[]): (number | null)[] =>
  points.flatMap((p) => [p.step, p.seconds, p.value, p.fraction]);

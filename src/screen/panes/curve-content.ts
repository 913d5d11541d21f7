import type { RunState } from '../../journal/state.ts';
import { clean } from '../../protocol/clean.ts';
import type { CurvePoint } from '../../protocol/events.ts';
import { curveChart } from '../charts/curve-chart.ts';
import type { Row } from '../spans.ts';
import { cut, width } from '../text/cut.ts';
import { duration, number, percent } from '../text/format.ts';
import type { Inner } from './content.ts';

export interface CurveInput {
  current: readonly CurvePoint[];
  reference: readonly CurvePoint[] | null;
  /** `#14`, `baseline`. */
  name: string;
  referenceName: string;
  log: boolean;
  /** What the values are, as the script calls it; null = not known. It is seldom the metric. */
  of: string | null;
}

/** The curve of one trial over the champion's, under a line that says which is which and who is ahead. */
export function curveRows(input: CurveInput, place: Inner): Row[] {
  const rows = curveChart({
    current: input.current.map(toPoint),
    reference: input.reference ? drawable(input.reference) : null,
    width: place.width,
    height: place.height - 1,
    log: input.log && allPositive(input.current) && allPositive(input.reference ?? []),
  });
  return [curveHeading(input, place.width), ...rows];
}

/** Which curve is which, and how far the running one is ahead of the champion's at the same time of the trial. */
function curveHeading({ current, reference, name, referenceName, of }: CurveInput, columns: number): Row {
  const last = current.at(-1);
  if (!last) {
    const text = reference
      ? `┄ ${referenceName}; a running trial is drawn over it`
      : 'The curve of the running trial is drawn here.';
    return [{ text: cut(text, columns), tone: 'dim' }];
  }
  const head: Row = [
    { text: `${name} `, tone: 'live', bold: true },
    { text: `${quantity(of)} ${number(last.value)} at ${duration(last.seconds)}`, tone: 'fg' },
  ];
  if (!reference) return head;
  const then = valueAt(reference, last.seconds);
  const ahead =
    then === null || then === 0
      ? ''
      : `${number(then)} then (${percent((last.value - then) / Math.abs(then))})`;
  const texts = [
    `   ┄ ${referenceName} ${ahead}`,
    `  ┄ ${referenceName.split(',')[0]} ${ahead}`,
    `  ┄ ${referenceName}`,
  ];
  const room = columns - head.reduce((sum, span) => sum + width(span.text), 0);
  const text = texts.find((t) => width(t) <= room);
  return text ? [...head, { text, tone: 'dim' }] : head;
}

/** The same in one short text, where a pane has no room for curves. */
export function curveText(input: CurveInput): string | null {
  const last = input.current.at(-1);
  if (!last) return null;
  const then = input.reference ? valueAt(input.reference, last.seconds) : null;
  const other = then === null ? '' : `, ${input.referenceName.split(',')[0]} had ${number(then)} then`;
  return `${input.name} ${quantity(input.of)} ${number(last.value)} at ${duration(last.seconds)}${other}`;
}

// A training loss is no metric: the name that the script gives it keeps the two apart.
const quantity = (of: string | null) => cut(clean(of ?? 'progress'), 18);

/** The champion's latest whole curve, to compare with. */
export function championCurve(run: RunState): { n: number; name: string; points: CurvePoint[] } | null {
  const champion = run.experiments[run.champion.n];
  const points = champion?.trials.findLast((t) => t.outcome === 'ok' && t.curve.length > 1)?.curve;
  return points
    ? {
        n: run.champion.n,
        name: run.champion.n === 0 ? 'baseline' : `#${run.champion.n}, the champion`,
        points,
      }
    : null;
}

// The value of a curve at a time of its trial; null before its start.
function valueAt(points: readonly CurvePoint[], seconds: number): number | null {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.seconds <= seconds) low = middle + 1;
    else high = middle;
  }
  return points[low - 1]?.value ?? null;
}

function allPositive(points: readonly CurvePoint[]): boolean {
  return points.every(({ value }) => value > 0);
}

const drawables = new WeakMap<readonly CurvePoint[], { x: number; y: number }[]>();

/** The points of a curve that stays as it is while another grows beside it. */
function drawable(points: readonly CurvePoint[]): { x: number; y: number }[] {
  let known = drawables.get(points);
  if (!known) {
    known = points.map(toPoint);
    drawables.set(points, known);
  }
  return known;
}

function toPoint(p: CurvePoint): { x: number; y: number } {
  return { x: p.seconds, y: p.value };
}

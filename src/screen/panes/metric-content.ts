import type { Experiment, RunState } from '../../journal/state.ts';
import type { CurvePoint } from '../../protocol/events.ts';
import { curveChart } from '../charts/curve-chart.ts';
import { type ExperimentPoint, experimentsChart } from '../charts/experiments-chart.ts';
import { bestAndBaseline, experimentsOf, relativeScale } from '../selectors.ts';
import type { Row } from '../spans.ts';
import { clean } from '../text/clean.ts';
import { duration, number } from '../text/format.ts';
import { whatText } from '../what-text.ts';
import { empty, type Inner, type PaneContent } from './content.ts';

/** How the place is shared between the chart of experiments and the curve of one trial. */
export interface MetricShape {
  chart: Inner;
  /** null = no room for a curve. */
  curve: Inner | null;
  /** The curve stands beside the chart, not under it. */
  beside: boolean;
}

/** Room for the curve under the chart, or beside it where the pane is wide and flat. */
export function metricShape(inner: Inner): MetricShape {
  if (inner.height >= 12) {
    const under = Math.max(4, Math.min(10, Math.floor(inner.height * 0.36)));
    return {
      chart: { width: inner.width, height: inner.height - under - 1 },
      curve: { width: inner.width, height: under },
      beside: false,
    };
  }
  if (inner.width >= 90 && inner.height >= 5) {
    const right = Math.floor(inner.width * 0.36);
    return {
      chart: { width: inner.width - right - 2, height: inner.height },
      curve: { width: right, height: inner.height - 1 },
      beside: true,
    };
  }
  return { chart: inner, curve: null, beside: false };
}

/** Every experiment as a point of the progress chart. */
export function chartRows(run: RunState, selected: number | null, place: Inner): Row[] {
  // What was left open when the run ended is not under way.
  const points = experimentsOf(run)
    .filter((e) => e.verdict !== null || run.ended === null)
    .map(pointOf);
  if (points.every(({ kind, metric }) => kind === 'live' && metric === null))
    return empty(place, 'No numbers yet.', [
      'The baseline is measured first; then every experiment is a point here.',
    ]);
  return experimentsChart({
    points,
    direction: run.settings?.metric.direction ?? 'minimize',
    width: place.width,
    height: place.height,
    sigma: noise(run),
    selected,
  });
}

function pointOf(e: Experiment): ExperimentPoint {
  const label = whatText(e);
  return { n: e.n, metric: e.metric, kind: kindOf(e), ...(label && e.n > 0 ? { label } : {}) };
}

function kindOf(e: Experiment): ExperimentPoint['kind'] {
  switch (e.verdict) {
    case null:
      return 'live';
    case 'crashed':
    case 'timed-out':
    case 'rejected':
    case 'reverted':
      return e.n === 0 ? 'crashed' : e.verdict;
    case 'skipped':
    case 'void':
      return e.n === 0 ? 'crashed' : 'skipped';
    case 'kept':
      return e.n === 0 ? 'baseline' : 'kept';
    default:
      return e.n === 0 ? 'baseline' : 'discarded';
  }
}

/** Noise of one trial in the metric's own units, as the policy last knew it. */
function noise(run: RunState): number | null {
  const sigma = run.experiments.findLast((e) => e && e.sigma !== null)?.sigma ?? null;
  if (sigma === null) return null;
  const { best } = bestAndBaseline(run);
  return relativeScale(run) ? (best === null ? null : sigma * Math.abs(best)) : sigma;
}

export interface CurveInput {
  current: readonly CurvePoint[];
  reference: readonly CurvePoint[] | null;
  /** `#14`, `baseline`. */
  name: string;
  referenceName: string;
}

/** The curve of one trial over the champion's, under a line that says which is which. */
export function curveRows(input: CurveInput, place: Inner): Row[] {
  const last = input.current.at(-1);
  const head: Row = last
    ? [
        { text: `${input.name} `, tone: 'live', bold: true },
        { text: `${number(last.value)} at step ${last.step}, ${duration(last.seconds)}   `, tone: 'fg' },
      ]
    : [{ text: input.reference ? '' : 'The curve of the running trial is drawn here.', tone: 'dim' }];
  if (input.reference) head.push({ text: `${last ? '┄ ' : ''}${input.referenceName}`, tone: 'dim' });
  const rows = curveChart({
    current: input.current.map(toPoint),
    reference: input.reference ? input.reference.map(toPoint) : null,
    width: place.width,
    height: place.height - 1,
  });
  return [head, ...rows];
}

function toPoint(p: CurvePoint): { x: number; y: number } {
  return { x: p.seconds, y: p.value };
}

/** The champion's latest whole curve, to compare with. */
export function championCurve(run: RunState): { name: string; points: CurvePoint[] } | null {
  const champion = run.experiments[run.champion.n];
  const points = champion?.trials.findLast((t) => t.outcome === 'ok' && t.curve.length > 1)?.curve;
  return points
    ? { name: run.champion.n === 0 ? 'baseline' : `#${run.champion.n}, the champion`, points }
    : null;
}

/** Title texts of the pane. */
export function metricTitle(run: RunState): Pick<PaneContent, 'title' | 'aside'> {
  const metric = run.settings?.metric;
  if (!metric) return {};
  const { best, baseline } = bestAndBaseline(run);
  return {
    title: `${clean(metric.name)} ${metric.direction === 'minimize' ? '↓' : '↑'}`,
    ...(best !== null && baseline !== null && best !== baseline
      ? { aside: `${number(baseline)} → ${number(best)}` }
      : {}),
  };
}

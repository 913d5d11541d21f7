import { measuredSoFar } from '../../journal/judged-trials.ts';
import { luckyBar } from '../../journal/lucky-bar.ts';
import type { Experiment, RunState } from '../../journal/state.ts';
import { powerOf } from '../../loop/power.ts';
import { clean } from '../../protocol/clean.ts';
import type { ExperimentPoint, PointKind } from '../charts/experiment-point.ts';
import { experimentsChart } from '../charts/experiments-chart.ts';
import { keyOf } from '../keys/bindings.ts';
import { shownValue } from '../metric-values.ts';
import { bestAndBaseline, changeOf, experimentsOf, oncePerList, relativeScale } from '../selectors.ts';
import type { Row } from '../spans.ts';
import { number, percent, sigmas } from '../text/format.ts';
import type { ChartLook } from '../view.ts';
import { whatText } from '../what-text.ts';
import { empty, type Inner, type PaneContent } from './content.ts';
import { setupRows } from './setup-rows.ts';

/** How the place is shared between the chart of experiments and the curve of one trial. */
export interface MetricShape {
  chart: Inner;
  /** null = no room for a curve. */
  curve: Inner | null;
  /** The curve stands beside the chart, not under it. */
  beside: boolean;
}

/** The chart has most of the room: the curve beside it where the pane is wide, else under it where it is high. */
export function metricShape(inner: Inner): MetricShape {
  if (inner.width >= 130 || (inner.width >= 88 && inner.height >= 5 && inner.height < 14)) {
    const right = Math.floor(inner.width * 0.36);
    return {
      chart: { width: inner.width - right - 2, height: inner.height },
      curve: { width: right, height: inner.height },
      beside: true,
    };
  }
  if (inner.height >= 12) {
    const under = Math.max(5, Math.min(10, Math.floor(inner.height * 0.36)));
    return {
      chart: { width: inner.width, height: inner.height - under },
      curve: { width: inner.width, height: under },
      beside: false,
    };
  }
  return { chart: inner, curve: null, beside: false };
}

/** True before the first number: there is nothing to chart. */
export function hasNoNumbers(run: RunState, look: ChartLook): boolean {
  return pointsOf(run, look.metric).every(
    ({ kind, metric }) => metric === null && (kind === 'live' || kind === 'crashed'),
  );
}

/** What stands in the chart's place before the first number: what will come, why it is not there, what helps. */
export function noNumbersRows(run: RunState, place: Inner): Row[] {
  if (run.tag === '')
    return empty(place, 'Waiting for the engine.', [
      'Every experiment is a point here, the best of them a line.',
    ]);
  const trials = run.experiments[0]?.trials.filter(({ metric }) => metric !== null) ?? [];
  if (trials.length > 0 && !run.ended) {
    const so = trials.map(({ metric }) => number(metric)).join('  ');
    return empty(place, `Baseline so far: ${so}`, [
      'Its spread is the noise: what is kept must be better by more than that.',
    ]);
  }
  const first =
    'The baseline is measured first; then every experiment is a point here, and the best of them a line.';
  if (run.ended)
    return empty(place, 'No numbers: the run ended before its baseline was measured.', [
      `Experiments would be points here. ${keyOf('focus-4')} shows the log; pawl doctor looks at the set-up, pawl run starts again.`,
    ]);
  if (run.held) return empty(place, 'No numbers yet.', [first, `Held: ${keyOf('hold')} goes on.`]);
  const rows = empty(place, 'No numbers yet.', [first]);
  return run.experiments.length === 0 && run.settings ? [...rows, [], ...setupRows(run, place.width)] : rows;
}

/** Every experiment as a point of the progress chart. */
export function chartRows(run: RunState, selected: number | null, place: Inner, look: ChartLook): Row[] {
  const points = pointsOf(run, look.metric);
  const guard = look.metric === null ? undefined : run.settings?.guards.find((g) => g.name === look.metric);
  return experimentsChart({
    points,
    direction: guard?.direction ?? run.settings?.metric.direction ?? 'minimize',
    width: place.width,
    height: place.height,
    sigma: look.metric === null ? noise(run) : null,
    selected,
    judged: look.metric === null,
    limit: look.metric === null ? (luckyBar(run)?.bar ?? null) : (guard?.max ?? guard?.min ?? null),
    log: look.log,
    byTime: look.byTime,
  });
}

let known: { metric: string | null; list: readonly Experiment[]; points: ExperimentPoint[] } | null = null;

// What is decided changes seldom: of a night's thousands only the points of those that did are worked out anew.
function pointsOf(run: RunState, metric: string | null): ExperimentPoint[] {
  const list = experimentsOf(run);
  const before = known?.metric === metric ? known : null;
  const points = before?.points ?? [];
  for (let i = 0; i < list.length; i++)
    if (before?.list[i] !== list[i]) points[i] = pointOf(list[i]!, metric);
  points.length = list.length;
  known = { metric, list, points };
  // What was left open when the run ended is not under way.
  return run.ended && list.some((e) => e.verdict === null)
    ? points.filter((_, i) => list[i]!.verdict !== null)
    : points;
}

function pointOf(e: Experiment, metric: string | null): ExperimentPoint {
  const kind = kindOf(e);
  const label = kind === 'kept' ? whatText(e) : '';
  return {
    n: e.n,
    metric: shownValue(e, metric),
    kind,
    at: Date.parse(e.endedAt ?? e.startedAt),
    ...(label ? { label } : {}),
  };
}

function kindOf(e: Experiment): PointKind {
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
      return e.n === 0 ? 'baseline' : e.label === 'near-miss' ? 'near-miss' : 'discarded';
  }
}

/** Noise of one trial in the metric's own units, as the policy last knew it. */
function noise(run: RunState): number | null {
  const sigma = run.experiments.findLast((e) => e && e.sigma !== null)?.sigma ?? null;
  if (sigma === null) return null;
  const { best } = bestAndBaseline(run);
  return relativeScale(run) ? (best === null ? null : sigma * Math.abs(best)) : sigma;
}

const powerOfRun = oncePerList(powerOf);

/** Title texts of the pane: what is drawn, which way is better, how, and from where to where it went. */
export function metricTitle(run: RunState, look: ChartLook): Pick<PaneContent, 'title' | 'aside'> {
  const metric = run.settings?.metric;
  if (!metric) return {};
  const { best, baseline } = bestAndBaseline(run);
  const how = [look.log ? 'log' : '', look.byTime ? 'by time' : ''].filter(Boolean);
  if (look.metric !== null) {
    const guard = run.settings?.guards.find((g) => g.name === look.metric);
    const bound =
      guard?.max != null
        ? `at most ${number(guard.max)}`
        : guard?.min != null
          ? `at least ${number(guard.min)}`
          : null;
    return {
      title: `${clean(look.metric)}${guard ? ', a guard' : ''}`,
      aside: [...how, ...(bound ? [bound] : []), `${keyOf('chart-metric')} next`].join(' · '),
    };
  }
  const sigma = noise(run);
  const power = powerOfRun(run);
  if (sigma !== null && best !== null && best !== 0)
    how.push(
      `noise ±${relativeScale(run) ? `${percent(sigma / Math.abs(best)).slice(1)}` : number(sigma)}${power?.level === 'noisy' ? ' > gains' : ''}`,
    );
  const lucky = luckyBar(run);
  if (lucky) how.push(`bar ${number(lucky.bar)}`);
  if (best !== null && baseline !== null && best !== baseline)
    how.push(`${number(baseline)} → ${number(best)}`);
  return {
    title: `${clean(metric.name)} ${metric.direction === 'minimize' ? '↓' : '↑'}`,
    ...(how.length > 0 ? { aside: how.join(' · ') } : {}),
  };
}

/** The selected experiment in one line: the chart itself has no room for all texts. */
export function selectedText(run: RunState, selected: number | null): string | null {
  const e = selected === null ? undefined : run.experiments[selected];
  if (!e) return null;
  const shown = e.metric ?? measuredSoFar(e);
  const change = e.gain === null || e.n === 0 ? null : changeOf(run, e.gain);
  const parts = [
    e.n === 0 ? 'baseline' : `#${e.n} ${e.verdict ?? (run.ended ? 'open' : 'running')}`,
    shown === null ? '' : number(shown),
    change?.relative ? percent(change.value) : '',
    sigmas(e.z),
    e.n === 0 ? '' : clean(whatText(e)),
  ];
  return parts.filter(Boolean).join(' ');
}

import { memo, useMemo } from 'react';
import { spread } from '../paint.ts';
import { useSnapshot } from '../screen-context.ts';
import type { Row } from '../spans.ts';
import { type CurveInput, championCurve, curveRows, curveText } from './curve-content.ts';
import { innerOf } from './frame.ts';
import { Framed, type PaneProps } from './framed.tsx';
import {
  chartRows,
  hasNoNumbers,
  metricShape,
  metricTitle,
  noNumbersRows,
  selectedText,
} from './metric-content.ts';

/** The progress chart, drawn anew only when an experiment changes, and the live curve, drawn as points come. */
export const MetricPane = memo(function MetricPane(props: PaneProps) {
  const run = useSnapshot((s) => s.run);
  const selected = useSnapshot((s) => s.view.selected);
  const look = useSnapshot((s) => s.view.chart);
  const live = useSnapshot((s) => s.live.curve);
  const shape = useMemo(() => metricShape(innerOf(props.rect)), [props.rect]);
  const blank = useMemo(() => hasNoNumbers(run, look), [run, look]);
  const chart = useMemo(
    () => (blank ? noNumbersRows(run, innerOf(props.rect)) : chartRows(run, selected, shape.chart, look)),
    [blank, run, selected, shape, look, props.rect],
  );
  const reference = useMemo(() => championCurve(run), [run]);
  const past = selected === null ? null : run.experiments[selected];
  const told = past?.trials.findLast((t) => t.curve.length > 0);
  const of = past ? (told?.curveOf ?? null) : live.of;
  const points = past ? (told?.curve ?? noPoints) : live.points;
  const n = past ? past.n : live.n;
  const input: CurveInput = useMemo(
    () => ({
      current: points,
      reference: reference?.points ?? null,
      name: n === 0 ? 'baseline' : `#${n}`,
      // The champion that runs again is held against its own last trial.
      referenceName: reference?.n === n ? 'its trial before' : (reference?.name ?? ''),
      log: look.log,
      of,
    }),
    [points, reference, n, look, of],
  );
  const curve = useMemo(() => {
    // Before the first number the curve is all there is to see: it has the whole place.
    const inner = innerOf(props.rect);
    const place = blank ? { ...inner, height: inner.height - chart.length - 1 } : shape.curve;
    return place && place.height > 2 && (!blank || points.length > 1) ? curveRows(input, place) : null;
  }, [input, shape, blank, chart.length, points.length, props.rect]);
  const content = useMemo(() => {
    const rows = !curve
      ? chart
      : blank
        ? [...chart, [], ...curve]
        : shape.beside
          ? chart.map((row, i): Row => spread(row, curve[i] ?? [], innerOf(props.rect).width))
          : [...chart, ...curve];
    const foot =
      selectedText(run, selected) ?? (blank ? null : curve ? legend(props.rect.width) : curveText(input));
    return { ...metricTitle(run, look), rows, ...(foot ? { foot } : {}) };
  }, [chart, curve, blank, shape, run, selected, look, input, props.rect]);
  return <Framed {...props} pane="metric" content={content} />;
});

const noPoints: [] = [];

// Which shape means what, where there is room to say it.
function legend(columns: number): string | null {
  const usual = '◆ baseline  ● kept  ○ near miss  · discarded  × crashed';
  if (columns < 60) return null;
  return columns < 100 ? usual : `${usual}  ◔ timed out  ∅ rejected  ~ skipped`;
}

import { memo, useMemo } from 'react';
import { spread } from '../paint.ts';
import { useSnapshot } from '../screen-context.ts';
import type { Row } from '../spans.ts';
import { type CurveInput, championCurve, curveRows, curveText } from './curve-content.ts';
import { innerOf } from './frame.ts';
import { Framed, type PaneProps } from './framed.tsx';
import { chartRows, metricShape, metricTitle, selectedText } from './metric-content.ts';

/** The progress chart, drawn anew only when an experiment changes, and the live curve, drawn as points come. */
export const MetricPane = memo(function MetricPane(props: PaneProps) {
  const run = useSnapshot((s) => s.run);
  const selected = useSnapshot((s) => s.view.selected);
  const look = useSnapshot((s) => s.view.chart);
  const live = useSnapshot((s) => s.live.curve);
  const shape = useMemo(() => metricShape(innerOf(props.rect)), [props.rect]);
  const chart = useMemo(() => chartRows(run, selected, shape.chart, look), [run, selected, shape, look]);
  const reference = useMemo(() => championCurve(run), [run]);
  const past = selected === null ? null : run.experiments[selected];
  const points = past ? (past.trials.findLast((t) => t.curve.length > 0)?.curve ?? noPoints) : live.points;
  const n = past ? past.n : live.n;
  const input: CurveInput = useMemo(
    () => ({
      current: points,
      reference: reference?.points ?? null,
      name: n === 0 ? 'baseline' : `#${n}`,
      referenceName: reference?.name ?? '',
      log: look.log,
    }),
    [points, reference, n, look],
  );
  const curve = useMemo(() => (shape.curve ? curveRows(input, shape.curve) : null), [input, shape]);
  const content = useMemo(() => {
    const rows = !curve
      ? chart
      : shape.beside
        ? chart.map((row, i): Row => spread(row, curve[i] ?? [], innerOf(props.rect).width))
        : [...chart, ...curve];
    const foot = selectedText(run, selected) ?? (curve ? legend(props.rect.width) : curveText(input));
    return { ...metricTitle(run, look), rows, ...(foot ? { foot } : {}) };
  }, [chart, curve, shape, run, selected, look, input, props.rect]);
  return <Framed {...props} pane="metric" content={content} />;
});

const noPoints: [] = [];

// Which shape means what, where there is room to say it.
function legend(columns: number): string | null {
  return columns >= 60 ? '◆ baseline  ● kept  ○ near miss  · discarded  × crashed' : null;
}

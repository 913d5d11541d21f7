import { memo, useMemo } from 'react';
import { spread } from '../paint.ts';
import { useSnapshot } from '../screen-context.ts';
import type { Row } from '../spans.ts';
import { innerOf } from './frame.ts';
import { Framed, type PaneProps } from './framed.tsx';
import { championCurve, chartRows, curveRows, metricShape, metricTitle } from './metric-content.ts';

/** The progress chart, drawn anew only when an experiment changes, and the live curve, drawn as points come. */
export const MetricPane = memo(function MetricPane(props: PaneProps) {
  const run = useSnapshot((s) => s.run);
  const selected = useSnapshot((s) => s.view.selected);
  const live = useSnapshot((s) => s.live.curve);
  const shape = useMemo(() => metricShape(innerOf(props.rect)), [props.rect]);
  const chart = useMemo(() => chartRows(run, selected, shape.chart), [run, selected, shape]);
  const reference = useMemo(() => championCurve(run), [run]);
  const past = selected === null ? null : run.experiments[selected];
  const points = past ? (past.trials.findLast((t) => t.curve.length > 0)?.curve ?? noPoints) : live.points;
  const n = past ? past.n : live.n;
  const curve = useMemo(
    () =>
      shape.curve
        ? curveRows(
            {
              current: points,
              reference: reference?.points ?? null,
              name: n === 0 ? 'baseline' : `#${n}`,
              referenceName: reference?.name ?? '',
            },
            shape.curve,
          )
        : null,
    [points, reference, n, shape],
  );
  const content = useMemo(() => {
    const rows = !curve
      ? chart
      : shape.beside
        ? chart.map((row, i): Row => spread(row, curve[i] ?? [], innerOf(props.rect).width))
        : [...chart, [], ...curve];
    return { ...metricTitle(run), rows };
  }, [chart, curve, shape, run, props.rect]);
  return <Framed {...props} pane="metric" content={content} />;
});

const noPoints: [] = [];

import { otherMetrics, valuesArePositive } from '../metric-values.ts';
import type { ScreenStore } from '../store.ts';
import type { CommandId } from './commands.ts';

/** The keys that change how the progress chart is drawn. Returns what to say. */
export function changeChart(store: ScreenStore, id: CommandId): string {
  const { run, view } = store.current();
  const { chart } = view;
  switch (id) {
    case 'chart-scale':
      if (!chart.log && !valuesArePositive(run, chart.metric))
        return 'a logarithmic axis needs values above zero';
      store.look({ chart: { ...chart, log: !chart.log } });
      return chart.log ? 'linear axis' : 'logarithmic axis';
    case 'chart-axis':
      store.look({ chart: { ...chart, byTime: !chart.byTime } });
      return chart.byTime ? 'experiments by number' : 'experiments by time';
    default: {
      const names = otherMetrics(run);
      if (names.length === 0) return 'the trials print no other number';
      const at = chart.metric === null ? -1 : names.indexOf(chart.metric);
      // Another metric may have another sign: the axis is asked for anew.
      const metric = names[at + 1] ?? null;
      store.look({ chart: { ...chart, metric, log: false } });
      return `chart of ${metric ?? run.settings?.metric.name ?? 'the metric'}`;
    }
  }
}

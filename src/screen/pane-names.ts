import type { PaneId } from './view.ts';

/** What each pane is called in its title and in messages. */
export const paneNames: Record<PaneId, string> = {
  experiments: 'Experiments',
  metric: 'Metric',
  diff: 'Diff',
  log: 'Log',
  gpu: 'GPU',
  events: 'Events',
  model: 'Model',
};

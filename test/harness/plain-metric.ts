import type { Settings } from '../../src/protocol/settings.ts';

/** A metric of that name, less is better, with nothing else said of it. */
export const plainMetric = (name: string) =>
  ({
    name,
    direction: 'minimize',
    pattern: null,
    json: null,
    scale: 'auto',
    resolution: null,
  }) satisfies Settings['metric'];

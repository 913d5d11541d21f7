import type { EventBody } from '../protocol/events.ts';
import { noiseOf } from './estimate.ts';
import type { Ledger } from './ledger.ts';
import { runsOf } from './measured.ts';
import { mean } from './noise.ts';
import { plainNumber } from './plain-number.ts';
import { toScore } from './score.ts';
import { sigmas, times } from './sentences.ts';
import { scaleOf } from './view.ts';

/** z beyond this says nothing more, and Infinity does not survive JSON. */
const maxZ = 99;

/**
 * What all runs of a decided experiment say now, compared with the code that it stood on (not with today's champion:
 * the question is whether the change itself did something).
 * @param parent the experiment it stood on; null when that is not known
 * @param failure why the run that was just made gave nothing; null when it gave a number
 */
export function remeasure(
  ledger: Ledger,
  n: number,
  parent: number | null,
  failure: string | null,
): Omit<EventBody<'experiment.remeasured'>, 'type' | 'n'> {
  const { direction } = ledger.rules!.metric;
  const scale = scaleOf(ledger);
  const score = (y: number) => toScore(y, scale, direction) ?? 0;
  const mine = runsOf(ledger.groups, n).map((run) => run.y);
  const theirs = parent === null ? [] : runsOf(ledger.groups, parent).map((run) => run.y);
  const unknown = { metric: null, gain: null, z: null, sigma: null, confidence: null };
  if (mine.length === 0) return { ...unknown, why: `run again for you: ${failure ?? 'no number'}` };
  const metric = mean(mine);
  const shown = `${plainNumber(metric)} in the mean of ${times(mine.length)}`;
  const failed = failure === null ? '' : `run again for you, it failed: ${failure}; `;
  if (theirs.length === 0) return { ...unknown, metric, why: `${failed}${shown}` };
  const noise = noiseOf(ledger, scale);
  const gain = mean(mine.map(score)) - mean(theirs.map(score));
  const sigma = noise.exact ? 0 : noise.sigma;
  const error = noise.sigma * Math.sqrt(1 / mine.length + 1 / theirs.length);
  const z = gain === 0 ? 0 : Math.min(maxZ, Math.max(-maxZ, gain / error));
  const against = parent === 0 ? 'the baseline' : `#${parent}`;
  const real = failure === null && gain > 0 && (noise.exact || z >= 4 || (mine.length >= 2 && z >= 2));
  const holds = real
    ? 'it holds up'
    : gain <= 0
      ? 'it is not better than what it stood on'
      : 'within the noise';
  return {
    metric,
    gain,
    z,
    sigma,
    confidence: real ? 'confirmed' : 'provisional',
    why: `${failed}${shown}, ${sigmas(z)} against ${against}: ${holds}`,
  };
}

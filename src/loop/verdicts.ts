import { gainText, type Measure } from './amounts.ts';
import type { Estimate, Noise } from './estimate.ts';
import type { Failure, Ledger } from './ledger.ts';
import { runsOf } from './measured.ts';
import { mean } from './noise.ts';
import { plainNumber } from './plain-number.ts';
import { comparison, size, times } from './sentences.ts';
import type { DecideStep } from './step.ts';
import { scaleOf } from './view.ts';

/** A discard this close above the champion may deserve another try, when the champion is another one. */
const nearMissZ = 0.5;

/** The baseline's verdict: it is what it is. `values`: its runs in the metric's unit. */
export function keptBaseline(values: readonly number[], noise: Noise, ledger: Ledger): DecideStep {
  const middle = mean(values);
  const range = `${plainNumber(Math.min(...values))} to ${plainNumber(Math.max(...values))}`;
  const spread = scaleOf(ledger) === 'log' ? `${plainNumber(noise.sigma * 100)} %` : plainNumber(noise.sigma);
  const why = noise.exact
    ? `baseline ${plainNumber(middle)}: ${times(values.length)} gave exactly the same number, so no idea needs a second run`
    : `baseline ${plainNumber(middle)}: ${times(values.length)} from ${range}, one run varies by about ${spread}`;
  return {
    do: 'decide',
    verdict: 'kept',
    metric: middle,
    gain: null,
    z: null,
    sigma: noise.exact ? 0 : noise.sigma,
    confidence: null,
    label: null,
    why,
  };
}

/** It never gave a number, or not every time. `metric`: mean of the runs that did. */
export function failed(metric: number | null, { outcome, why }: Failure): DecideStep {
  if (outcome === 'hopeless') return hopeless(why);
  const again = metric === null ? '' : 'a repeat failed: ';
  const base = { do: 'decide', verdict: outcome, metric, gain: null, z: null, sigma: null } as const;
  return { ...base, confidence: null, label: null, why: again + why };
}

/** Its trial was ended early: it has no number, and lost all the same. */
function hopeless(why: string): DecideStep {
  const base = {
    do: 'decide',
    verdict: 'discarded',
    metric: null,
    gain: null,
    z: null,
    sigma: null,
  } as const;
  return { ...base, confidence: null, label: 'worse', why: `stopped early: ${why}` };
}

/** It ran, but the champion does not any more: without a comparison nothing is kept. */
export function incomparable(metric: number): DecideStep {
  const base = { do: 'decide', verdict: 'discarded', metric, gain: null, z: null, sigma: null } as const;
  const why = 'the champion itself does not run any more, so there is nothing to compare with';
  return { ...base, confidence: null, label: null, why };
}

/** Better than the champion. */
export function kept(ledger: Ledger, q: Estimate): DecideStep {
  // Search policy, section 6: confirmed = z >= 2 with a second run, or z >= 4 at once.
  const confirmed = q.exact || (q.runs >= 2 && q.z >= 2) || q.z >= 4;
  return {
    ...measured(q),
    verdict: 'kept',
    confidence: confirmed ? 'confirmed' : 'provisional',
    label: null,
    why: `${comparison(q)}: ${size(q, measureOf(ledger))}, ${onItems(q)}${basis(q, confirmed)}`,
  };
}

/** No better and no worse than the champion, with `fewer` lines of code less. */
export function keptTie(ledger: Ledger, q: Estimate, fewer: number): DecideStep {
  const lines = `${fewer} ${fewer === 1 ? 'line' : 'lines'} of code less`;
  const runs = q.exact ? 'exactly the same number' : `in the mean of ${times(q.runs)}`;
  return {
    ...measured(q),
    verdict: 'kept',
    confidence: q.exact ? 'confirmed' : 'provisional',
    label: null,
    why: `${comparison(q)}: ${size(q, measureOf(ledger))}, equal and simpler: ${lines}, ${runs}`,
  };
}

function onItems({ pairs, bySeed }: Estimate): string {
  if (bySeed) return 'on the same seeds, ';
  return pairs ? `it fixed ${pairs.fixed} and broke ${pairs.broken} of ${pairs.items} items, ` : '';
}

function basis(q: Estimate, confirmed: boolean): string {
  if (q.exact) return 'and this metric repeats exactly';
  if (q.runs === 1) return confirmed ? 'far beyond the noise' : 'by one run';
  const by = q.runs === 2 ? 'a second run' : `${q.runs - 1} more runs`;
  return confirmed ? `confirmed by ${by}` : `held up in ${by}, but still close to the noise`;
}

/** Not kept: because of a guard when `guard` says so, else because of its number. */
export function discarded(ledger: Ledger, q: Estimate, guard: string | null): DecideStep {
  const label = guard === null ? labelOf(q) : null;
  const why = `${comparison(q)}: ${size(q, measureOf(ledger))}, ${onItems(q)}${guard ?? reason(ledger, q) + luck(ledger, q)}`;
  return { ...measured(q), verdict: 'discarded', confidence: null, label, why };
}

/** The bar is what the champion probably is. Where it once showed more, a better-looking discard needs a word. */
function luck(ledger: Ledger, q: Estimate): string {
  // On the same seeds both sides had the same luck.
  if (q.bySeed) return '';
  const shown = mean(runsOf(ledger.groups, ledger.champion.n).map((run) => run.y));
  const { direction } = ledger.rules!.metric;
  const beats = direction === 'minimize' ? q.metric < shown : q.metric > shown;
  // Only where it matters: the two are nearly the same after a deterministic or a well-measured keep.
  const apart = Math.abs(shown - q.bar) > 0.25 * Math.abs(q.metric - q.bar);
  return beats && apart ? `; the champion showed ${plainNumber(shown)}, partly luck` : '';
}

function labelOf(q: Estimate): DecideStep['label'] {
  if (q.exact) return q.gain > 0 ? 'near-miss' : q.gain < 0 ? 'worse' : 'noise';
  if (q.z <= -1) return 'worse';
  return q.z >= nearMissZ ? 'near-miss' : 'noise';
}

function reason(ledger: Ledger, q: Estimate): string {
  if (q.needed > 0 && q.gain > 0)
    return `less than the ${gainText(q.needed, measureOf(ledger), 4)} asked for`;
  if (q.exact)
    return q.gain === 0 ? 'exactly the same' : q.gain < 0 ? 'worse' : 'less than the metric can show';
  if (q.z <= -1) return q.runs > 1 ? `worse in the mean of ${times(q.runs)}` : 'worse';
  if (q.runs === 1) return q.z >= nearMissZ ? 'too little for one run' : 'within the noise';
  const middle = `in the ${q.wild ? 'middle' : 'mean'} of ${times(q.runs)}`;
  // The sentence follows the number that stands before it, as it is written there.
  if (Math.abs(q.z) < 0.05) return `no better and no worse ${middle}`;
  if (q.z < 0) return `a better first run, but not ${middle}`;
  return `better ${middle}, but ${q.z < 1 ? 'by less than the noise' : 'too close to the noise to be sure'}`;
}

function measured(q: Estimate) {
  return { do: 'decide', metric: q.metric, gain: q.gain, z: q.z, sigma: q.sigma } as const;
}

function measureOf(ledger: Ledger): Measure {
  return { scale: scaleOf(ledger), direction: ledger.rules!.metric.direction };
}

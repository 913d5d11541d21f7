import { gainText, type Measure, timeText, whText } from './amounts.ts';
import { type ArmExperiment, type ArmOutcome, armOutcomes } from './arms.ts';

/** What the model and the tuner brought and cost, and whether that says which is the better bargain. */
export interface Comparison {
  model: Bargain;
  tuner: Bargain;
  /** Who brings more per hour; null: too few to say. */
  better: 'model' | 'tuner' | null;
  /** In plain words. */
  sentence: string;
}

export interface Bargain {
  tried: number;
  gain: number;
  hours: number;
  energyWh: number | null;
}

/** The difference of two rates has to be this many of its standard errors. */
const leastErrors = 2;
const leastTried = 5;

/**
 * Tuner against model: does the model earn its memory? The gain per hour of each is a sum of few keeps over its hours; its
 * variance is that of a compound Poisson sum, (sum of g^2 + m^2) / hours^2, where m, the mean gain of a keep, stands for
 * the keep that might as well have come. @returns null unless both have proposed
 */
export function compareModelAndTuner(
  experiments: readonly (ArmExperiment | undefined)[],
  measure: Measure,
): Comparison | null {
  const outcomes = armOutcomes(experiments);
  const of = (kind: 'ollama' | 'tuner') => outcomes.filter((o) => o.arm.proposer === kind);
  const [models, tuners] = [of('ollama'), of('tuner')];
  if (models.length === 0 || tuners.length === 0) return null;
  const [model, tuner] = [bargainOf(models), bargainOf(tuners)];
  const keeps = outcomes.filter((o) => o.survived && o.gain > 0);
  const m = keeps.reduce((sum, o) => sum + o.gain, 0) / Math.max(1, keeps.length);
  const rate = (b: Bargain) => (b.hours > 0 ? b.gain / b.hours : 0);
  const variance = (list: readonly ArmOutcome[], hours: number) =>
    (list.reduce((sum, o) => sum + (o.survived ? o.gain ** 2 : 0), 0) + m ** 2) / Math.max(hours, 1e-9) ** 2;
  const error = Math.sqrt(variance(models, model.hours) + variance(tuners, tuner.hours));
  const apart = rate(model) - rate(tuner);
  const enough = model.tried >= leastTried && tuner.tried >= leastTried && keeps.length > 0;
  const better = enough && Math.abs(apart) >= leastErrors * error ? (apart > 0 ? 'model' : 'tuner') : null;
  return { model, tuner, better, sentence: sentenceOf(model, tuner, better, measure) };
}

function bargainOf(outcomes: readonly ArmOutcome[]): Bargain {
  const sum = (f: (o: ArmOutcome) => number) => outcomes.reduce((total, o) => total + f(o), 0);
  const known = outcomes.some((o) => o.energyWh !== null);
  return {
    tried: sum((o) => Number(o.tried)),
    gain: sum((o) => (o.survived ? o.gain : 0)),
    hours: sum((o) => o.proposeSeconds + o.trainSeconds) / 3600,
    energyWh: known ? sum((o) => o.energyWh ?? 0) : null,
  };
}

function sentenceOf(model: Bargain, tuner: Bargain, better: Comparison['better'], measure: Measure): string {
  const cost = ({ gain, hours, energyWh }: Bargain) =>
    `${timeText(hours * 3600)}${energyWh === null ? '' : ` and ${whText(energyWh)}`} for ${gainText(gain, measure)}`;
  const said = `The model has cost ${cost(model)}; the tuner ${cost(tuner)}`;
  if (better === null) return `${said}: too few to say which brings more per hour.`;
  return `${said}: per hour the ${better} brings more.`;
}

import type { Experiment } from '../journal/state.ts';
import { clean } from '../protocol/clean.ts';
import type { ConstantChange } from '../protocol/events.ts';

/** What sets an experiment apart, as short as can be: its new constants where it has some, else its hypothesis. */
export function whatText(e: Experiment): string {
  if (e.n === 0) return 'baseline';
  if (e.constants.length > 0) return e.constants.map(newValue).join(', ');
  return clean(e.hypothesis || (e.refusals.at(-1)?.why ?? ''));
}

function newValue({ name, to }: ConstantChange): string {
  return `${clean(name)} ${constant(to)}`;
}

/** A constant as one writes it in code: whole numbers whole, others with four digits that matter. */
export function constant(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
}

import { type FoundConstant, findConstants } from '../constants.ts';
import { groupOf, isBelowOne, isShare, leftAlone } from './names.ts';

// A knob is a constant with a scale on which equal steps mean about equally much.
// On every scale one unit is a doubling: of the value, of its distance from 1, or of its odds.

type Shape = 'log' | 'near-one' | 'share' | 'from-zero' | 'whole' | 'power-of-two';

export interface Knob {
  path: string;
  name: string;
  value: number;
  raw: string;
  shape: Shape;
  /** By its name and value it must stay below one: a momentum, a dropout, a probability. */
  belowOne: boolean;
  /** Whole numbers move in multiples of this. */
  grain: number;
  family: string;
  promise: number;
  /** First step, in units. */
  step: number;
}

export interface Survey {
  knobs: Knob[];
  leftAlone: { path: string; name: string; why: string }[];
}

/** The constants of a surface that can be tuned, and why the others are not. */
export function surveyKnobs(surface: ReadonlyMap<string, string>): Survey {
  const survey: Survey = { knobs: [], leftAlone: [] };
  for (const [path, text] of surface) {
    const found = findConstants(text, path);
    for (const constant of found) {
      const twice = found.filter((c) => c.name === constant.name).length > 1;
      const why = twice ? 'there more than once' : leftAlone(constant.name);
      if (why !== null) survey.leftAlone.push({ path, name: constant.name, why });
      else survey.knobs.push(knobOf(path, constant));
    }
  }
  return survey;
}

function knobOf(path: string, { name, value, raw, integer }: FoundConstant): Knob {
  const shape = shapeOf(name, value, integer);
  const step = { log: 0.7, 'near-one': 0.8, share: 0.8, 'from-zero': 1, whole: 0.6, 'power-of-two': 1 }[
    shape
  ];
  const belowOne = staysBelowOne(name, value, integer);
  return { path, name, value, raw, shape, grain: grainOf(value, integer), step, belowOne, ...groupOf(name) };
}

function staysBelowOne(name: string, value: number, integer: boolean): boolean {
  if (value < 0 || value > 1) return false;
  // A whole 0 or 1 may count something (warmup = 0 steps), unless the name allows for nothing but a share.
  return isBelowOne(name) || (isShare(name) && !integer);
}

function shapeOf(name: string, value: number, integer: boolean): Shape {
  if (value === 0) return 'from-zero';
  if (integer) return value >= 8 && Number.isInteger(Math.log2(value)) ? 'power-of-two' : 'whole';
  if (value >= 0.9 && value < 1) return 'near-one';
  if (value > 0 && value < 1 && isShare(name)) return 'share';
  return 'log';
}

// 48 stays a multiple of 8, 12 of 2: sizes are round for a reason (alignment, heads that must divide widths).
function grainOf(value: number, integer: boolean): number {
  if (!integer || value === 0) return 1;
  let grain = 1;
  while (value % (grain * 2) === 0 && grain * 4 < Math.abs(value)) grain *= 2;
  return grain;
}

/** What `from-zero` values are measured in: the smallest amount that is likely to matter. */
function firstAmount(knob: Knob): number {
  if (Number.isInteger(Number(knob.raw)) && !knob.raw.includes('.') && !knob.belowOne) return 1;
  return isShare(knob.name) ? 0.05 : 0.01;
}

const farthest = 30;

/** A value on the knob's scale. Values that the scale does not have are put at its end. */
export function toUnits(knob: Knob, value: number): number {
  const clamp = (u: number) => (Number.isNaN(u) ? -farthest : Math.min(farthest, Math.max(-farthest, u)));
  switch (knob.shape) {
    case 'near-one':
      return clamp(-Math.log2(1 - value));
    case 'share':
      return clamp(Math.log2(value / (1 - value)));
    case 'from-zero':
      return clamp(Math.log2(1 + Math.max(0, value) / firstAmount(knob)));
    default:
      return clamp(Math.log2(value * Math.sign(knob.value)));
  }
}

/** The writable value at a place on the scale: rounded as the constant is written. */
export function fromUnits(knob: Knob, units: number): number {
  const sign = Math.sign(knob.value);
  switch (knob.shape) {
    case 'near-one':
      // Digits count from the other end: 0.99 and 0.999 are far apart.
      return Number((1 - roundTo(2 ** -units, 2)).toPrecision(12));
    case 'share':
      return roundTo(1 / (1 + 2 ** -units), 2);
    case 'from-zero': {
      const amount = Math.max(0, firstAmount(knob) * (2 ** units - 1));
      return firstAmount(knob) === 1 ? Math.round(amount) : roundTo(amount, 2);
    }
    case 'power-of-two':
      return 2 ** Math.max(0, Math.round(units));
    case 'whole': {
      const size = 2 ** units;
      return (
        sign *
        Math.max(Math.min(knob.grain, Math.abs(knob.value)), Math.round(size / knob.grain) * knob.grain)
      );
    }
    case 'log':
      return sign * roundTo(2 ** units, 2);
  }
}

function roundTo(x: number, digits: number): number {
  return Number(x.toPrecision(digits));
}

/** The smallest value that differs from the present one in a direction (+1 or -1); for steps lost in rounding. */
export function nextValue(knob: Knob, direction: number): number {
  if (knob.shape === 'whole') return knob.value + direction * Math.sign(knob.value) * knob.grain;
  if (knob.shape === 'power-of-two') return knob.value * 2 ** direction;
  return fromUnits(knob, toUnits(knob, knob.value) + direction * 0.25);
}

/** A value as the file should say it: powers stay powers where they were written so. */
export function writeValue(knob: Knob, value: number): string {
  const exponent = Math.log2(value);
  if (Number.isInteger(exponent)) {
    if (/^2\s*\*\*\s*\d+$/.test(knob.raw)) return knob.raw.replace(/\d+$/, String(exponent));
    if (/^1\s*<<\s*\d+$/.test(knob.raw)) return knob.raw.replace(/\d+$/, String(exponent));
  }
  const text = String(value);
  // Some YAML readers take `3e-7` for a word.
  return /^-?\d+e/.test(text) ? text.replace('e', '.0e') : text;
}

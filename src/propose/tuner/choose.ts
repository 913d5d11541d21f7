import { fitFailures } from './failures.ts';
import { fromUnits, type Knob, nextValue, toUnits } from './knobs.ts';
import type { Memory } from './memory.ts';
import { type Belief, expectedImprovement, fitSurrogate } from './surrogate.ts';

/** New values of some knobs, and what is expected of them. */
export interface Choice {
  changes: readonly { knob: number; value: number }[];
  belief: Belief;
  /** What the champion is believed to be worth. */
  best: number;
  /** The settings that looked best, the most promising first. */
  looks: readonly Look[];
}

/** Settings that were thought about. */
export interface Look {
  changes: readonly { knob: number; value: number }[];
  belief: Belief;
  /** Expected improvement over the champion. */
  improvement: number;
}

const mostLooks = 5;

const mostAtOnce = 3;
/** A change of few constants can be understood; it must not be much less promising than one of many. */
const readability = [1, 0.92, 0.85];
const singleLooks = 3;
const wideTries = 400;
/** Settings that differ by less, in units, are the same to the eye: a new run of them would be a repeat. */
const sameWithin = 0.12;
/** Where nothing is known, up is looked at first: sizes and rates are more often set too low than too high. */
const upFirst = 1.1;
/** Longest ordinary move, in units: beyond about a factor of four it is a leap, not a step. */
const longest = 2;
/** Longest move of all, in units: a factor of eight. Farther out hardly anything was ever found, and much explodes. */
const farthestMove = 3;
/** What is left of the worth of a place beyond one where the same constant alone was clearly worse. */
const beyondWorse = 0.05;

/**
 * The untried settings with the largest expected improvement, one to three knobs away from the champion.
 * Never settings in `refused`, nor beyond what has crashed. @returns null when there are none
 * @param width factor on the steps; at 3 the near ones are not even looked at
 */
export function choose(
  knobs: readonly Knob[],
  memory: Memory,
  refused: ReadonlySet<string>,
  random: () => number,
  width = 1,
): Choice | null {
  const surrogate = fitSurrogate(
    memory.observations,
    knobs.map((k) => k.promise / k.step),
  );
  const best = surrogate.at(memory.here).mean;
  const runs = fitFailures(memory.tries, knobs.length);
  const looked = new Set(memory.moves.flatMap((m) => m.changes.map((c) => c.knob)));
  const scored: { changes: Choice['changes']; belief: Belief; worth: number }[] = [];
  const keys = new Set<string>();
  const consider = (changes: Choice['changes']) => {
    const values = settings(knobs, changes);
    const key = keyOf(values);
    if (changes.length === 0 || keys.has(key) || refused.has(key)) return;
    keys.add(key);
    const place = values.map((v, k) => toUnits(knobs[k]!, v));
    if (crashes(memory, place) || memory.tried.some((p) => isSame(p, place))) return;
    const belief = surrogate.at(place);
    const up = changes.length === 1 && place[changes[0]!.knob]! > memory.here[changes[0]!.knob]!;
    const chance = runs(place.map((u, k) => u - memory.here[k]!));
    const worth =
      expectedImprovement(belief, best) *
      readability[changes.length - 1]! *
      chance ** 2 *
      (up && !looked.has(changes[0]!.knob) ? upFirst : 1) *
      (isBeyondWorse(memory, place) ? beyondWorse : 1);
    scored.push({ changes, belief, worth });
  };

  // The first look at a constant is one plain step: it shows which way, and is easy to read.
  for (const [k, knob] of knobs.entries())
    for (const direction of [1, -1])
      for (const size of looked.has(k) ? [0.5, 1, 2] : [1]) {
        const length = width * size * (looked.has(k) ? Math.max(memory.reach, width > 1 ? 1 : 0) : 1);
        const steps = direction * Math.min(length, Math.min(width * longest, farthestMove) / knob.step);
        const change = moved(knob, k, steps, looked.has(k) ? random : centred);
        if (change) consider([change]);
      }
  // The very first looks are at one constant each; then a new one may ride along with others.
  if (looked.size >= Math.min(singleLooks, knobs.length))
    combine(
      scored.toSorted((a, b) => b.worth - a.worth),
      consider,
      random,
    );
  for (const { changes } of memory.moves.filter((m) => m.outcome === 'kept').slice(-2))
    consider(again(knobs, changes));

  let top = scored.reduce<(typeof scored)[number] | null>((a, b) => (a && a.worth >= b.worth ? a : b), null);
  // Everything near has been tried: look farther and farther away.
  for (let i = 0; !top && i < wideTries; i++) {
    const count = 1 + Math.floor(random() * Math.min(mostAtOnce, knobs.length));
    const changes: { knob: number; value: number }[] = [];
    for (let c = 0; c < count; c++) {
      const k = Math.floor(random() * knobs.length);
      if (changes.some((x) => x.knob === k)) continue;
      const change = moved(knobs[k]!, k, (random() * 2 - 1) * (2 + i / 50), random);
      if (change) changes.push(change);
    }
    consider(changes);
    top = scored[0] ?? null;
  }
  if (!top) return null;
  const looks = scored
    .toSorted((a, b) => b.worth - a.worth)
    .slice(0, mostLooks)
    .map(({ changes, belief }) => ({ changes, belief, improvement: expectedImprovement(belief, best) }));
  return { changes: top.changes, belief: top.belief, best, looks };
}

/** Stands in for chance where a step should be just its size. */
const centred = () => 0.5;

/** Settings as text, for telling whether they are the same. */
export function keyOf(values: readonly number[]): string {
  return values.join(' ');
}

/** All values, the changed ones included. */
export function settings(knobs: readonly Knob[], changes: Choice['changes']): number[] {
  const values = knobs.map((k) => k.value);
  for (const { knob, value } of changes) values[knob] = value;
  return values;
}

function moved(
  knob: Knob,
  k: number,
  steps: number,
  random: () => number,
): { knob: number; value: number } | null {
  // A little scatter: the same step again and again would only ever visit a grid.
  const scatter = 2 ** ((random() - 0.5) * 0.4);
  const units = toUnits(knob, knob.value) + steps * knob.step * scatter;
  let value = fromUnits(knob, units);
  if (value === knob.value) value = nextValue(knob, Math.sign(steps));
  if (value === knob.value || !Number.isFinite(value) || !isPossible(knob, value)) return null;
  return { knob: k, value };
}

function isPossible(knob: Knob, value: number): boolean {
  if (knob.belowOne && !(value < 1)) return false;
  if (knob.shape === 'near-one' || knob.shape === 'share') return value > 0 && value < 1;
  if (knob.shape === 'from-zero') return value > 0;
  return Math.sign(value) === Math.sign(knob.value) && Math.abs(value) < 1e15;
}

/** Pairs and triples of the most promising single moves, each knob at most once. */
function combine(
  singles: readonly { changes: Choice['changes'] }[],
  consider: (changes: Choice['changes']) => void,
  random: () => number,
): void {
  const pool = singles.slice(0, 8).map((s) => s.changes[0]!);
  for (let i = 0; i < pool.length; i++)
    for (let j = 0; j < i; j++) {
      if (pool[i]!.knob === pool[j]!.knob) continue;
      const pair = [pool[j]!, pool[i]!];
      consider(pair);
      const third = pool[Math.floor(random() * pool.length)]!;
      if (!pair.some((c) => c.knob === third.knob)) consider([...pair, third]);
    }
}

/** The step that was kept, once more. */
function again(
  knobs: readonly Knob[],
  changes: readonly { knob: number; from: number; to: number }[],
): Choice['changes'] {
  const more: { knob: number; value: number }[] = [];
  for (const { knob: k, from, to } of changes.slice(0, mostAtOnce)) {
    const knob = knobs[k]!;
    const value = fromUnits(knob, toUnits(knob, knob.value) + to - from);
    if (value === knob.value || !isPossible(knob, value)) return [];
    more.push({ knob: k, value });
  }
  return more;
}

/**
 * At least as far as a move that crashed or exploded, in everything that it changed, less a quarter of the way; or beyond
 * it in any one constant of it that has never run so far out: where one constant alone failed, that side ends there.
 */
function crashes(memory: Memory, place: readonly number[]): boolean {
  return memory.moves.some(({ outcome, changes }) => {
    if (outcome !== 'failed') return false;
    if (changes.every((c) => beyond(place, c) >= -0.25 * Math.abs(c.to - c.from))) return true;
    return changes.some((c) => beyond(place, c) > 1e-9 && !ranAsFar(memory, c));
  });
}

interface Change {
  knob: number;
  from: number;
  to: number;
}

/** How much farther out than a change a place is, in the change's direction; negative = nearer. */
const beyond = (place: readonly number[], { knob, from, to }: Change) =>
  (place[knob]! - to) * Math.sign(to - from);

/** Whether any setting that ran had this constant at least as far out. */
function ranAsFar({ tries, here }: Memory, change: Change): boolean {
  return tries.some(({ from, ran }) => {
    const at = here[change.knob]! + from[change.knob]!;
    return ran && (at - change.to) * Math.sign(change.to - change.from) >= -1e-9;
  });
}

/** Farther the same way than a constant that, moved alone, was clearly worse: what helped before does not vouch for it. */
function isBeyondWorse(memory: Memory, place: readonly number[]): boolean {
  return memory.moves.some(
    ({ outcome, changes }) =>
      outcome === 'worse' &&
      changes.length === 1 &&
      beyond(place, changes[0]!) > 1e-9 &&
      Math.sign(place[changes[0]!.knob]! - memory.here[changes[0]!.knob]!) ===
        Math.sign(changes[0]!.to - changes[0]!.from),
  );
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  for (let k = 0; k < a.length; k++) if (Math.abs(a[k]! - b[k]!) >= sameWithin) return false;
  return true;
}

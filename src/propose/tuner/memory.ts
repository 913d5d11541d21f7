import type { HistoryRow } from '../proposer.ts';
import type { Trying } from './failures.ts';
import { type Knob, toUnits } from './knobs.ts';
import type { Observation } from './surrogate.ts';

/** One earlier move of knobs, in units, and what came of it. */
export interface Move {
  n: number;
  /** Knob indexes, where they stood and where they went. */
  changes: readonly { knob: number; from: number; to: number }[];
  outcome: 'kept' | 'better' | 'worse' | 'noise' | 'failed' | 'unknown';
}

/** All that the tuner remembers, worked out afresh from the history each time. */
export interface Memory {
  moves: Move[];
  observations: Observation[];
  /** Settings that have been tried, in units, the present ones included. */
  tried: (readonly number[])[];
  /** What ran and what did not, the nearest ones. */
  tries: Trying[];
  /** The present settings, in units. */
  here: number[];
  /** Factor on step sizes, from the share of successes (one in five keeps it: Rechenberg's rule). */
  reach: number;
}

const nearest = 60;

/** What the past tells of the constants as they are now. */
export function recall(knobs: readonly Knob[], history: readonly HistoryRow[]): Memory {
  const index = new Map(knobs.map((k, i) => [`${k.path}\0${k.name}`, i]));
  const here = knobs.map((k) => toUnits(k, k.value));
  const levels = levelsOf(history);
  const exploded = explosionTest(history);
  const moves: Move[] = [];
  const seen: (Observation & { age: number })[] = [];
  const ended: { at: readonly number[]; level: number; age: number }[] = [];
  const ran: (Trying & { far: number })[] = [];
  const tried: (readonly number[])[] = [here];
  let at: readonly number[] = here;

  // Backwards from the present settings: each row says where its constants stood at its time, kept or not.
  for (let i = history.length - 1; i >= 0; i--) {
    const row = history[i]!;
    const changes: { knob: number; from: number; to: number }[] = [];
    for (const { path, name, from, to } of row.constants) {
      const k = index.get(`${path}\0${name}`);
      if (k !== undefined)
        changes.push({ knob: k, from: toUnits(knobs[k]!, from), to: toUnits(knobs[k]!, to) });
    }
    if (changes.length === 0) continue;
    const start = [...at];
    const place = [...at];
    for (const { knob, from, to } of changes) {
      start[knob] = from;
      place[knob] = to;
    }
    // What a kept one started from was a champion itself, and had been run.
    if (row.verdict === 'kept') tried.push(start);
    tried.push(place);
    at = start;
    if (!isPure(row)) continue;
    const outcome = exploded(row) ? 'failed' : outcomeOf(row);
    moves.push({ n: row.n, changes, outcome });
    const lost = wasStoppedEarly(row);
    if (outcome === 'failed' || row.gain !== null || lost) {
      const from = place.map((u, k) => u - here[k]!);
      ran.push({ from, ran: outcome !== 'failed', far: distance(place, here) });
    }
    if (lost) ended.push({ at: place, level: levels[i]!, age: history.length - i });
    // What the user took back was not wanted, however good its number.
    if (row.gain === null || row.z === null || row.verdict === 'reverted' || outcome === 'failed') continue;

    seen.push({ at: place, y: levels[i]! + row.gain, noise: errorOf(row), age: history.length - i });
  }
  moves.reverse();
  const errors = seen.map((o) => o.noise).filter((e) => e > 0);
  const usual = errors.length > 0 ? errors.toSorted((a, b) => a - b)[errors.length >> 1]! : 0;
  const level = levels.at(-1) ?? 0;
  // Nobody knows how bad they would have been: bad enough to be seen in the curve, which is four spreads.
  if (usual > 0)
    for (const { at: place, level: then, age } of ended)
      seen.push({ at: place, y: then - 4 * usual, noise: 2 * usual, age });
  const observations = seen
    .map((o) => ({ ...o, noise: o.noise > 0 ? o.noise : usual, far: distance(o.at, here) + o.age / 100 }))
    .sort((a, b) => a.far - b.far)
    .slice(0, nearest)
    .map(({ at: place, y, noise }) => ({ at: place, y, noise }));
  observations.push({ at: here, y: level, noise: usual / Math.SQRT2 });
  const tries = ran.sort((a, b) => a.far - b.far).slice(0, nearest);
  return { moves, observations, tried, tries, here, reach: reachOf(moves) };
}

/** The champion's height before each row, and at the end, by summing up the shrunk gains of what constants brought. */
function levelsOf(history: readonly HistoryRow[]): number[] {
  let level = 0;
  const levels: number[] = [];
  for (const row of history) {
    levels.push(level);
    // What an edit of the code brought lifts all settings alike.
    if (row.verdict !== 'kept' || row.gain === null || !isPure(row)) continue;
    const z = Math.max(0, row.z ?? 0);
    level += row.gain * (1 - 1 / (1 + z * z));
  }
  levels.push(level);
  return levels;
}

/** Nothing but constants was changed. */
function isPure(row: HistoryRow): boolean {
  return row.constants.length > 0 && row.added <= row.constants.length && row.removed <= row.constants.length;
}

function errorOf(row: HistoryRow): number {
  return row.z && row.gain ? Math.abs(row.gain / row.z) : 0;
}

/** A result this many times the usual one is no result: the numbers ran away. */
const runaway = 1e6;

/** Tells the discarded whose training diverged: ended early for it, or with a number beyond all reason. */
function explosionTest(history: readonly HistoryRow[]): (row: HistoryRow) => boolean {
  const sizes = history.flatMap(({ metric }) => (metric === null ? [] : [Math.abs(metric)]));
  const usual = sizes.toSorted((a, b) => a - b)[sizes.length >> 1] ?? 0;
  return ({ verdict, why, metric }) =>
    verdict === 'discarded' &&
    (/\bexploded\b/.test(why) ||
      (metric !== null && Math.abs(metric) > runaway * Math.max(usual, 1 / runaway)));
}

/** It lost without a number. */
function wasStoppedEarly(row: HistoryRow): boolean {
  return row.verdict === 'discarded' && row.metric === null;
}

function outcomeOf(row: HistoryRow): Move['outcome'] {
  if (wasStoppedEarly(row)) return 'worse';
  if (row.verdict === 'kept') return 'kept';
  if (row.verdict === 'crashed' || row.verdict === 'timed-out') return 'failed';
  if (row.z === null || row.verdict !== 'discarded') return 'unknown';
  if (Math.abs(row.z) < 1) return 'noise';
  return row.z > 0 ? 'better' : 'worse';
}

// Moves lost in the noise say that steps are rather too short than too long: they do not count as failures.
function reachOf(moves: readonly Move[]): number {
  let reach = 1;
  for (const { outcome } of moves) {
    if (outcome === 'kept') reach *= 1.4;
    else if (outcome === 'worse' || outcome === 'failed') reach *= 1.4 ** -0.25;
    else if (outcome === 'noise') reach *= 1.08;
    reach = Math.min(2, Math.max(0.25, reach));
  }
  return reach;
}

function distance(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

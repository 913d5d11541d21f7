import type { Choice } from './choose.ts';
import { type Knob, toUnits, writeValue } from './knobs.ts';
import type { Memory } from './memory.ts';

// What the tuner says of its proposals, in words that a reader of the morning's list understands.

/** `LEARNING_RATE 0.04 -> 0.06 (x1.5): direction that helped in #4` */
export function hypothesisOf(knobs: readonly Knob[], { changes }: Choice, memory: Memory): string {
  const parts = changes.map(({ knob: k, value }) => {
    const knob = knobs[k]!;
    return `${knob.name} ${knob.raw} -> ${writeValue(knob, value)}${factor(knob.value, value)}`;
  });
  const reasons = changes.map(({ knob: k, value }) => reasonOf(knobs[k]!, k, value, memory));
  const same = new Set(reasons).size === 1;
  if (same || changes.length === 1) return `${parts.join(', ')}: ${reasons[0]}`;
  return parts.map((part, i) => `${part}: ${reasons[i]}`).join('; ');
}

/** What the search so far leads one to expect, in the metric's relative or absolute size left to the reader. */
export function expectationOf({ belief, best }: Choice, memory: Memory): string {
  const runs = memory.observations.length - 1;
  if (runs < 3) return 'unknown: little has been varied yet';
  const odds = belief.sd > 0 ? (belief.mean - best) / belief.sd : 0;
  if (odds > 0.5) return `better, if the trend of ${runs} earlier runs goes on`;
  return odds > -0.5 ? `about as good, but little is known there` : `a long shot: little is known there`;
}

function factor(from: number, to: number): string {
  if (from === 0 || Math.sign(from) !== Math.sign(to)) return '';
  const times = Number((to / from).toPrecision(2));
  // 0.95 -> 0.99 is a large step, its factor says nothing.
  return times === 1 || (from >= 0.9 && from < 1) ? '' : ` (x${times})`;
}

function reasonOf(knob: Knob, k: number, value: number, memory: Memory): string {
  const here = memory.here[k]!;
  const there = toUnits(knob, value);
  const direction = Math.sign(there - here);
  let first = true;
  let otherWay: number | null = null;
  let helped: { n: number; size: number } | null = null;
  let refuted: number | null = null;
  for (const { n, changes, outcome } of memory.moves.toReversed()) {
    const change = changes.find((c) => c.knob === k);
    if (!change) continue;
    first = false;
    const way = Math.sign(change.to - change.from);
    const bad = outcome === 'worse' || outcome === 'failed';
    // A step that was worse speaks against all that go at least as far, whatever a shorter one brought.
    if (way === direction && bad && (there - change.to) * direction >= 0) refuted ??= n;
    if (way === direction && (outcome === 'kept' || outcome === 'better'))
      helped ??= { n, size: Math.abs(change.to - change.from) };
    if (way === -direction && bad) otherWay ??= n;
  }
  if (refuted !== null) return `a long shot: farther than #${refuted}, which ${fared(refuted, memory)}`;
  if (helped !== null) {
    const farther = Math.abs(there - here) > 1.5 * helped.size + 0.1;
    return `${farther ? 'farther in the ' : ''}direction that helped in #${helped.n}`;
  }
  if (first) return 'first look at this constant';
  if (otherWay !== null) return `the other way ${fared(otherWay, memory)} in #${otherWay}`;
  return 'a step that has not been tried from here';
}

const fared = (n: number, memory: Memory) =>
  memory.moves.find((m) => m.n === n)?.outcome === 'failed' ? 'failed' : 'was worse';

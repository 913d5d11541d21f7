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
  const direction = Math.sign(toUnits(knob, value) - here);
  let first = true;
  let otherWay: number | null = null;
  for (const { n, changes, outcome } of memory.moves.toReversed()) {
    const change = changes.find((c) => c.knob === k);
    if (!change) continue;
    first = false;
    const way = Math.sign(change.to - change.from);
    if (way === direction && (outcome === 'kept' || outcome === 'better'))
      return `direction that helped in #${n}`;
    if (way === -direction && (outcome === 'worse' || outcome === 'failed')) otherWay ??= n;
  }
  if (first) return 'first look at this constant';
  if (otherWay !== null)
    return `the other way ${memory.moves.find((m) => m.n === otherWay)?.outcome === 'failed' ? 'failed' : 'was worse'} in #${otherWay}`;
  return 'a step that has not been tried from here';
}

import type { Experiment } from '../journal/state.ts';
import type { Verdict } from '../protocol/words.ts';
import type { Tone } from './spans.ts';
import { spinner } from './text/spinner.ts';

/** How each verdict looks: shape first, colour second. Only characters that are one column wide everywhere. */
export const verdictLook: Record<Verdict, { glyph: string; tone: Tone }> = {
  kept: { glyph: '●', tone: 'kept' },
  discarded: { glyph: '·', tone: 'discarded' },
  crashed: { glyph: '×', tone: 'crashed' },
  'timed-out': { glyph: '◔', tone: 'crashed' },
  rejected: { glyph: '∅', tone: 'dim' },
  skipped: { glyph: '~', tone: 'dim' },
  reverted: { glyph: '↺', tone: 'warn' },
  void: { glyph: '!', tone: 'warn' },
};

/** Discarded, but so close that another trial might have kept it. */
const nearMissLook = { glyph: '○', tone: 'discarded' } as const;

/** Look of an experiment in lists; the baseline has its own shape, an undecided one is live. */
export function experimentLook(e: Experiment): { glyph: string; tone: Tone } {
  if (e.verdict === null) return { glyph: '▸', tone: 'live' };
  if (e.n === 0 && e.verdict !== 'crashed' && e.verdict !== 'void') return { glyph: '◆', tone: 'accent' };
  if (e.verdict === 'discarded' && e.label === 'near-miss') return nearMissLook;
  return verdictLook[e.verdict];
}

let still = false;

/** Reduced motion: what turns stands still from now on. Once, before the screen draws. */
export function holdStill(on = true): void {
  still = on;
}

/** One step a second: alive, and nearly free. */
export function spin(now: number): string {
  return still ? '▸' : spinner[Math.floor(now / 1000) % spinner.length]!;
}

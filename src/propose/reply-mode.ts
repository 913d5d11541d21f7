import type { ReplyMode } from './prompt-format.ts';
import type { Refusal } from './proposer.ts';

/** Replies that are looked at, and bad ones among them after which a model is asked for an easier form. */
const window = 5;
const bad = 3;
/** A file up to this many lines may be asked for as a whole: more is slow and gets cut off. */
const wholeLines = 250;

/**
 * The form to ask for next, from how the last replies went (null = could be applied). Only goes down, one step a time:
 * edit -> whole when the surface is one small file -> constants when there are any.
 */
export function nextMode(
  mode: ReplyMode,
  outcomes: readonly (Refusal['code'] | null)[],
  surface: { files: number; lines: number; constants: number },
): ReplyMode {
  const formal = outcomes
    .slice(-window)
    .filter((c) => c === 'format' || c === 'no-match' || c === 'many-matches');
  if (formal.length < bad) return mode;
  if (mode === 'edit' && surface.files === 1 && surface.lines <= wholeLines) return 'whole';
  if (mode !== 'constants' && surface.constants > 0) return 'constants';
  return mode;
}

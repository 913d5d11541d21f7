import { z } from 'zod';
import { runModes } from './words.ts';

// What a screen may ask of the engine. Validated at the border: the socket is the user's own, its bytes are still data.

const revertTargetSchema = z.discriminatedUnion('to', [
  /** Undo the latest keep. */
  z.object({ to: z.literal('last-kept') }),
  z.object({ to: z.literal('baseline') }),
  /** To the commit that kept experiment n stood on: discards n, and what was kept on top of it. */
  z.object({ to: z.literal('before'), n: z.number().int().min(1) }),
  z.object({ to: z.literal('experiment'), n: z.number().int().min(0) }),
]);
export type RevertTarget = z.infer<typeof revertTargetSchema>;

/** What a screen may ask of the engine. */
export const commandSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hold'), when: z.enum(['after-trial', 'now']) }),
  /** `decision` answers a run that is held with a question about its measured experiment. */
  z.object({ type: z.literal('release'), decision: z.enum(['keep', 'discard']).optional() }),
  /** n guards against a skip that arrives after the experiment it meant has ended. */
  z.object({ type: z.literal('skip'), n: z.number().int().min(0) }),
  z.object({ type: z.literal('revert'), target: revertTargetSchema }),
  z.object({ type: z.literal('note'), text: z.string().min(1).max(4000), sticky: z.boolean() }),
  z.object({ type: z.literal('withdraw'), id: z.string().max(64) }),
  /** id: the act that the user saw on top of the list; without it, whatever is on top. */
  z.object({ type: z.literal('undo'), id: z.number().int().optional() }),
  z.object({ type: z.literal('mode'), mode: z.enum(runModes) }),
  /** The answer to a waiting proposal. `tree` is what the user has seen; a note goes to the next proposal. */
  z.object({
    type: z.literal('answer'),
    n: z.number().int().min(1),
    tree: z.string().max(64),
    answer: z.enum(['run', 'reject']),
    note: z.string().min(1).max(4000).optional(),
  }),
  /** The files under experiments/<n>/edit are what the user wants instead of the waiting proposal. */
  z.object({ type: z.literal('edit'), n: z.number().int().min(1), tree: z.string().max(64) }),
  /** Makes a measured experiment the champion, whatever was decided. */
  z.object({ type: z.literal('keep'), n: z.number().int().min(1) }),
  /** One more trial of a decided experiment. */
  z.object({ type: z.literal('rerun'), n: z.number().int().min(0) }),
  z.object({ type: z.literal('pin'), n: z.number().int().min(0), pinned: z.boolean() }),
  z.object({ type: z.literal('stop'), when: z.enum(['after-trial', 'now']) }),
]);
export type Command = z.infer<typeof commandSchema>;

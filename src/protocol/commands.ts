import { z } from 'zod';

// What a screen may ask of the engine. Validated at the border: the socket is the user's own, its bytes are still data.

export const revertTargetSchema = z.discriminatedUnion('to', [
  /** Undo the latest keep. */
  z.object({ to: z.literal('last-kept') }),
  z.object({ to: z.literal('baseline') }),
  z.object({ to: z.literal('experiment'), n: z.number().int().min(0) }),
]);
export type RevertTarget = z.infer<typeof revertTargetSchema>;

export const commandSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hold'), when: z.enum(['after-trial', 'now']) }),
  /** `decision` answers a run that is held with a question about its measured experiment. */
  z.object({ type: z.literal('release'), decision: z.enum(['keep', 'discard']).optional() }),
  /** n guards against a skip that arrives after the experiment it meant has ended. */
  z.object({ type: z.literal('skip'), n: z.number().int().min(0) }),
  z.object({ type: z.literal('revert'), target: revertTargetSchema }),
  z.object({ type: z.literal('note'), text: z.string().min(1).max(4000), sticky: z.boolean() }),
  z.object({ type: z.literal('undo') }),
  z.object({ type: z.literal('stop'), when: z.enum(['after-trial', 'now']) }),
]);
export type Command = z.infer<typeof commandSchema>;

import { z } from 'zod';
import { constantChangeSchema, n, sha } from './event-parts.ts';
import { actors, runModes } from './words.ts';

/** What the user asks of a run, or is asked. */
export const steeringEvents = {
  'mode.changed': z.object({ mode: z.enum(runModes), by: z.enum(actors) }),
  /** A checked proposal waits for the user's yes; its tree is in git, its commit is made when it is answered. */
  'approval.asked': z.object({
    n,
    tree: sha,
    parent: sha,
    files: z.array(z.string()),
    added: z.number(),
    removed: z.number(),
    fuzzy: z.boolean(),
  }),
  /** The user has changed the waiting proposal: this tree is what is asked for now. */
  'proposal.edited': z.object({
    n,
    tree: sha,
    files: z.array(z.string()),
    added: z.number(),
    removed: z.number(),
    /** What it says now, read from the change itself. Absent: an older journal, or the proposal is what it was. */
    hypothesis: z.string().optional(),
    constants: z.array(constantChangeSchema).optional(),
    /** The user's edit was taken back: it is the proposer's again. */
    undone: z.literal(true).optional(),
  }),
  'approval.answered': z.object({ n, tree: sha, answer: z.enum(['run', 'reject']), by: z.enum(actors) }),
  /** Its commit and files are wanted: cleaning up leaves them. */
  'experiment.pinned': z.object({ n }),
  'experiment.unpinned': z.object({ n }),
  /** One more trial of a decided experiment is wanted, to see whether its number holds. */
  'rerun.asked': z.object({ n }),
  'rerun.withdrawn': z.object({ n }),
  'human.noted': z.object({ id: z.string(), text: z.string(), sticky: z.boolean() }),
  'human.withdrew': z.object({ id: z.string() }),
  'human.acted': z.object({ act: z.string(), detail: z.string() }),
} as const;

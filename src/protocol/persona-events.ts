import { z } from 'zod';
import { n } from './event-parts.ts';

/** What becomes of the texts of a panel's personas. The user's files stay as they are. */
export const personaEvents = {
  /** The model wrote another text for a persona; it is tried from experiment `n` on. */
  'persona.rewritten': z.object({
    persona: z.string(),
    n,
    text: z.string(),
    /** The text of the file, or pawl's own, that it stands for: when the user edits that, theirs counts. */
    file: z.string(),
    why: z.string(),
  }),
  /** Whether that text stays; also, when the model had none to offer, that nothing changes. */
  'persona.settled': z.object({ persona: z.string(), n, kept: z.boolean(), why: z.string() }),
} as const;

import type { PaneId } from '../view.ts';

/** Parts of the help, in its order. */
export const categories = [
  'Steer the run',
  'A proposal waits',
  'Look around',
  'Panes',
  'In a pane',
  'Screen',
] as const;
export type Category = (typeof categories)[number];

export interface CommandInfo {
  category: Category;
  /** One or two words for the hint row. */
  hint: string;
  /** One sentence for help and document. */
  about: string;
  /** Acts reach the engine: never triggered by pasted text, ignored for a moment after an overlay closes. */
  act?: true;
  /** Work may be lost by it: asks first, or opens a menu that does. */
  costs?: true;
  /** Means something in these panes only; their keys may be others' keys elsewhere. */
  in?: readonly PaneId[];
  /** Means something only while a proposal waits for the user's yes; its keys go before all others then. */
  approving?: true;
}

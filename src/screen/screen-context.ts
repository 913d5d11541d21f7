import { createContext, use } from 'react';
import { useStore } from 'zustand';
import type { Extents } from './keys/moves.ts';
import type { ScreenStore, Snapshot } from './store.ts';
import type { Look, LookStore } from './theme/look.ts';

export interface Screen {
  store: ScreenStore;
  look: LookStore;
  /** Written by the panes as they are drawn, read by the keys. */
  extents: Extents;
  /** Filled in by the app once it is drawn: gives the terminal to another program while `work` runs. */
  suspend?: { terminal: ((work: () => Promise<void>) => Promise<void>) | null };
}

/** What all panes draw from. */
export const ScreenContext = createContext<Screen | null>(null);

/** The screen that a pane is drawn in. @throws outside of one */
export function useScreen(): Screen {
  const screen = use(ScreenContext);
  if (!screen) throw new Error('a pane was drawn outside of the screen');
  return screen;
}

/** One part of the published state; the component draws again only when that part is another object. */
export function useSnapshot<T>(select: (snapshot: Snapshot) => T): T {
  return useStore(useScreen().store.published, select);
}

/** Colours and signs as they are now; all that is painted follows when they change. */
export function useLook(): Look {
  return useStore(useScreen().look);
}

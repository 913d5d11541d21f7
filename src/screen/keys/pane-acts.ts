import type { LogReader } from '../log-reader.ts';
import type { ScreenStore } from '../store.ts';
import type { PaneId, Prompt } from '../view.ts';
import type { CommandId } from './commands.ts';
import { createDiffActs } from './diff-acts.ts';
import { createLogActs } from './log-acts.ts';
import type { Extents } from './moves.ts';

/** What keys do inside a pane: search, filter, wrap, jump. */
export interface PaneActs {
  act(pane: PaneId, id: CommandId): void;
  /** For a pane that scrolls in its own way. @returns false when the pane scrolls like others. */
  scroll(pane: PaneId, down: number): boolean;
  /** Ends what the pane searches for, or shows only some lines for. @returns false when it does neither */
  end(pane: PaneId): boolean;
  /** Something was typed into the message row. */
  typed(prompt: Prompt): void;
}

/** What keys do in the pane that has the focus. */
export function createPaneActs(
  store: ScreenStore,
  extents: Extents,
  find: LogReader['find'] | undefined,
): PaneActs {
  const log = createLogActs(store, extents, find);
  const diff = createDiffActs(store, extents);
  return {
    act(pane, id) {
      const { view } = store.current();
      if (id === 'search') return ask('search', pane, '');
      if (id === 'filter-lines') return ask('filter', pane, view.log.filter);
      if (id === 'thinking')
        return store.look({ thinking: !view.thinking, scroll: { ...view.scroll, model: 0 } });
      if (pane === 'log') log.act(id);
      if (pane === 'diff') diff.act(id);
    },
    scroll(pane, down) {
      if (pane !== 'log') return false;
      log.scroll(down);
      return true;
    },
    end(pane) {
      const { view } = store.current();
      const under = log.cancel();
      if (view.search[pane]) {
        store.look({ search: { ...view.search, [pane]: '' }, log: { ...view.log, at: null } });
        return true;
      }
      if (pane !== 'log' || view.log.filter === '') return under;
      log.filter('');
      return true;
    },
    typed({ kind, pane, text }) {
      if (pane === 'diff') diff.search(text);
      else if (kind === 'search') log.search(text);
      else log.filter(text);
    },
  };

  function ask(kind: Prompt['kind'], pane: PaneId, text: string): void {
    store.look({
      focus: pane,
      picked: true,
      prompt: { kind, pane, text, cursor: text.length, before: text },
    });
  }
}

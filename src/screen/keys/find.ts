import { activePane } from '../layout.ts';
import type { ScreenStore } from '../store.ts';
import type { PaneId } from '../view.ts';

/** Panes whose rows can be filtered; from any other one, `/` filters the experiments. */
const findable: ReadonlySet<PaneId> = new Set(['experiments']);

/** Opens the line in which one types which rows to show, with what was typed last. */
export function openFind(store: ScreenStore): void {
  const { view } = store.current();
  const active = activePane(store.current());
  const pane = findable.has(active) ? active : 'experiments';
  const text = view.find[pane] ?? '';
  store.look({
    focus: pane,
    picked: true,
    prompt: { kind: 'find', pane, text, cursor: text.length, before: text },
  });
}

import { filteredExperiments } from '../experiment-filter.ts';
import { activePane } from '../layout.ts';
import type { ScreenStore } from '../store.ts';
import { type PaneId, paneIds } from '../view.ts';
import type { CommandId } from './commands.ts';
import { whyNot } from './validity.ts';

/** How far each pane can scroll and how much of it is seen; the panes write it when they are drawn. */
export type Extents = Partial<Record<PaneId | 'help', { least?: number; most: number; page: number }>>;

export interface Mover {
  move(id: CommandId): void;
  scrollHelp(id: CommandId): void;
}

const farthest = 1_000_000;

/** All that only changes what is looked at. */
export function createMover(
  store: ScreenStore,
  extents: Extents,
  selected: (n: number | null) => void,
): Mover {
  const select = (n: number | null) => {
    const { view } = store.current();
    store.look({ selected: n, scroll: { ...view.scroll, diff: 0, log: 0, model: 0 }, logAnchor: null });
    selected(n);
  };

  /** Older = -1, newer = +1; past the newest one lies `live`. */
  const travel = (by: number) => {
    const { run, view } = store.current();
    const wanted = view.find.experiments ?? '';
    const all = filteredExperiments(run, wanted)
      .map((e) => e.n)
      .filter((n) => n !== run.current);
    if (all.length === 0)
      return store.say(wanted ? `no experiment matches "${wanted}"` : 'there is no experiment yet', 'warn');
    // The selected one need not match: its neighbours are those around it.
    const later = view.selected === null ? -1 : all.findIndex((n) => n >= view.selected!);
    const at = later < 0 ? all.length : all[later] === view.selected ? later : by > 0 ? later - 1 : later;
    const next = Math.max(0, at + by);
    select(next >= all.length ? null : all[next]!);
  };

  const focus = (pane: PaneId) => store.look({ focus: pane, picked: true });

  const scroll = (id: CommandId) => {
    const { view } = store.current();
    const pane = activePane(store.current());
    const page = Math.max(1, (extents[pane]?.page ?? 10) - 1);
    const down = stepOf(id, page);
    if (pane === 'experiments' || pane === 'metric') {
      // Who walks through the list wants to go on seeing it.
      if (!view.picked || view.focus !== pane) focus(pane);
      return travel(-down);
    }
    if (pane === 'log' || pane === 'model') return scrollFromBottom(pane, -down);
    const { least = 0, most = 0 } = extents[pane] ?? {};
    const to = Math.max(least, Math.min(most, view.scroll[pane] + down));
    store.look({ focus: pane, picked: true, scroll: { ...view.scroll, [pane]: to } });
  };

  const scrollFromBottom = (pane: 'log' | 'model', up: number) => {
    const { view, live } = store.current();
    const { n, k, ring } = live.log;
    const anchor = view.logAnchor;
    // What came since the last scroll counts, or the text would jump by that much.
    const since =
      pane === 'log' && view.selected === null && anchor?.n === n && anchor.k === k
        ? ring.total - anchor.total
        : 0;
    const most = extents[pane]?.most ?? 0;
    const offset = clamp(view.scroll[pane] + (view.scroll[pane] > 0 ? since : 0) + up, most);
    store.look({
      // What is being read must not be changed for what comes alive.
      focus: pane,
      picked: true,
      scroll: { ...view.scroll, [pane]: offset },
      ...(pane === 'log' ? { logAnchor: offset > 0 ? { n, k, total: ring.total } : null } : {}),
    });
  };

  const back = () => {
    const { view } = store.current();
    if (view.zoom) return store.look({ zoom: false });
    const scrolled = paneIds.some((pane) => view.scroll[pane] !== 0);
    if (view.selected !== null) return select(null);
    if (view.find[view.focus]) return store.look({ find: { ...view.find, [view.focus]: '' } });
    const home = { experiments: 0, metric: 0, diff: 0, log: 0, gpu: 0, events: 0, model: 0 };
    store.look({ picked: false, toast: null, ...(scrolled ? { scroll: home, logAnchor: null } : {}) });
  };

  return {
    move(id) {
      const { view } = store.current();
      switch (id) {
        case 'previous-experiment':
        case 'next-experiment': {
          const reason = whyNot(id, store.current());
          if (reason !== null) return store.say(reason, 'warn');
          return travel(id === 'previous-experiment' ? -1 : 1);
        }
        case 'back':
          return back();
        case 'zoom':
          return store.look({ zoom: !view.zoom, focus: activePane(store.current()), picked: true });
        case 'focus-next':
        case 'focus-previous': {
          const by = id === 'focus-next' ? 1 : paneIds.length - 1;
          return focus(paneIds[(paneIds.indexOf(activePane(store.current())) + by) % paneIds.length]!);
        }
        case 'down':
        case 'up':
        case 'page-down':
        case 'page-up':
        case 'top':
        case 'bottom':
          return scroll(id);
        default:
          if (id.startsWith('focus-')) focus(paneIds[Number(id.at(-1)) - 1]!);
      }
    },
    scrollHelp(id) {
      const { overlay } = store.current().view;
      if (overlay?.kind !== 'help') return;
      const down = stepOf(id, Math.max(1, (extents.help?.page ?? 10) - 1));
      const scroll = clamp(overlay.scroll + down, extents.help?.most ?? 0);
      store.look({ overlay: { ...overlay, scroll } });
    },
  };
}

function stepOf(id: CommandId, page: number): number {
  switch (id) {
    case 'down':
      return 1;
    case 'up':
      return -1;
    case 'page-down':
      return page;
    case 'page-up':
      return -page;
    case 'top':
      return -farthest;
    case 'bottom':
      return farthest;
    default:
      return 0;
  }
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}

import { filteredExperiments } from '../experiment-filter.ts';
import { activePane } from '../layout.ts';
import type { PaneContent } from '../panes/content.ts';
import type { ScreenStore } from '../store.ts';
import { type PaneId, paneIds, restingLog } from '../view.ts';
import { type CommandId, commandInfo } from './commands.ts';
import type { PaneActs } from './pane-acts.ts';
import { whyNot } from './validity.ts';

/** How far each pane can scroll and how much of it is seen; the panes write it when they are drawn. */
export interface Extent {
  least?: number;
  most: number;
  page: number;
  place?: PaneContent['place'];
  stops?: PaneContent['stops'];
}
export type Extents = Partial<Record<PaneId | 'help', Extent>>;

export interface Mover {
  move(id: CommandId): void;
  scrollHelp(id: CommandId): void;
  /** Shows an experiment in all panes; null = live. */
  select(n: number | null): void;
}

const farthest = 1_000_000;

/** All that only changes what is looked at. */
export function createMover(store: ScreenStore, extents: Extents, paneActs: PaneActs): Mover {
  const select = (n: number | null) => {
    const { view } = store.current();
    store.look({ selected: n, scroll: { ...view.scroll, diff: 0, model: 0 }, log: restingLog(view.log) });
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
    if (paneActs.scroll(pane, Math.abs(down) === farthest ? down * Number.POSITIVE_INFINITY : down)) return;
    if (pane === 'model') return scrollFromBottom(-down);
    const { least = 0, most = 0 } = extents[pane] ?? {};
    const to = Math.max(least, Math.min(most, view.scroll[pane] + down));
    store.look({ focus: pane, picked: true, scroll: { ...view.scroll, [pane]: to } });
  };

  const scrollFromBottom = (up: number) => {
    const { view } = store.current();
    const model = clamp(view.scroll.model + up, extents.model?.most ?? 0);
    store.look({ focus: 'model', picked: true, scroll: { ...view.scroll, model } });
  };

  const back = () => {
    const { view } = store.current();
    if (paneActs.end(activePane(store.current()))) return;
    if (view.zoom) return store.look({ zoom: false });
    const scrolled =
      paneIds.some((pane) => view.scroll[pane] !== 0) || view.log.top !== null || view.log.trial !== null;
    if (view.selected !== null) return select(null);
    if (view.find[view.focus]) return store.look({ find: { ...view.find, [view.focus]: '' } });
    const home = { experiments: 0, metric: 0, diff: 0, log: 0, gpu: 0, events: 0, model: 0 };
    store.look({
      picked: false,
      toast: null,
      ...(scrolled ? { scroll: home, log: restingLog(view.log) } : {}),
    });
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
          if (commandInfo(id).in) return paneActs.act(activePane(store.current()), id);
          if (id.startsWith('focus-')) focus(paneIds[Number(id.at(-1)) - 1]!);
      }
    },
    select,
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

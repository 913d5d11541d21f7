import type { Command } from '../protocol/commands.ts';
import type { PaneSizes, SizeClass } from './layout.ts';
import type { Snapshot } from './store.ts';

/** The panes, in the order of their numbers 1..7. */
export const paneIds = ['experiments', 'metric', 'diff', 'log', 'gpu', 'events', 'model'] as const;
export type PaneId = (typeof paneIds)[number];

/** The number that the pane shows in its title and that focuses it. */
export function paneNumber(pane: PaneId): number {
  return paneIds.indexOf(pane) + 1;
}

/** What lies over the panes and takes all keys. */
export type Overlay =
  | { kind: 'help'; scroll: number }
  | { kind: 'revert' }
  | { kind: 'stop' }
  | { kind: 'note'; text: string; cursor: number; sticky: boolean }
  | FindPrompt;

/** The line in which one types what to find in a pane: a filter of experiments. `before` is what Esc returns to. */
export interface FindPrompt {
  kind: 'find';
  pane: PaneId;
  text: string;
  cursor: number;
  before: string;
}

/** How the progress chart is drawn. */
export interface ChartLook {
  /** Logarithmic y axis. */
  log: boolean;
  /** Wall-clock time along the x axis in place of numbers. */
  byTime: boolean;
  /** Another number that the trials printed; null = the metric. */
  metric: string | null;
}

/** A question in the message row; only `y` sends the command. */
export interface Confirm {
  question: string;
  command: Command;
  /** Said when the engine has taken it. */
  done: string;
  /** False once what it asks about has ended by itself: the question goes away. */
  stands?: (snapshot: Pick<Snapshot, 'run'>) => boolean;
}

export interface Toast {
  text: string;
  level: 'info' | 'warn' | 'error';
  /** Local ms after which it goes; null = stays until a key. */
  until: number | null;
}

/** What this screen looks at. Nothing here is true of the run. */
export interface View {
  focus: PaneId;
  /** True once the user chose a pane; before that, shared places show what is alive. */
  picked: boolean;
  zoom: boolean;
  /** Experiment that the panes show; null = live. */
  selected: number | null;
  /** Rows scrolled away from the natural end of each pane (log, model: from the bottom; others: from the top). */
  scroll: Record<PaneId, number>;
  /** Where the live log stood when it was scrolled: lines that come later must not push what is being read. */
  logAnchor: { n: number; k: number; total: number } | null;
  overlay: Overlay | null;
  confirm: Confirm | null;
  toast: Toast | null;
  /** What a pane is searched for or filtered by; empty or missing = nothing. */
  find: Partial<Record<PaneId, string>>;
  chart: ChartLook;
  /** How far the user has resized panes, for each size of terminal. */
  sizes: Partial<Record<SizeClass, PaneSizes>>;
  /** Experiments up to this number were decided when the user last left; null = nothing to tell. */
  seen: number | null;
}

export function initialView(): View {
  return {
    focus: 'experiments',
    picked: false,
    zoom: false,
    selected: null,
    scroll: { experiments: 0, metric: 0, diff: 0, log: 0, gpu: 0, events: 0, model: 0 },
    logAnchor: null,
    overlay: null,
    confirm: null,
    toast: null,
    find: {},
    chart: { log: false, byTime: false, metric: null },
    sizes: {},
    seen: null,
  };
}

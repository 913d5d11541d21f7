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
  | { kind: 'help'; scroll: number; filter?: string; typing?: boolean }
  | { kind: 'revert' }
  | { kind: 'stop' }
  | { kind: 'verdict'; n: number }
  | { kind: 'copy'; n: number }
  | { kind: 'undo' }
  /** The notes in force, one of them marked. */
  | { kind: 'notes'; at: number }
  | { kind: 'palette'; text: string; cursor: number; at: number }
  | { kind: 'briefing'; at: number }
  | NoteEdit;

/** A note being written; with `rejects` it goes with the rejection of a waiting proposal. */
export interface NoteEdit {
  kind: 'note';
  text: string;
  cursor: number;
  sticky: boolean;
  rejects?: { n: number; tree: string };
  /** Which earlier note is shown, 1 = the latest, and what had been typed before. */
  earlier?: { at: number; typed: string };
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

/**
 * Text being typed in the message row, for one pane: what to search for, which lines of the log to show, or which
 * experiments. The last one shows its effect at each letter.
 */
export interface Prompt {
  kind: 'search' | 'filter' | 'find';
  pane: PaneId;
  text: string;
  cursor: number;
  /** What Esc returns to. */
  before: string;
}

/** What the log pane looks at. */
export interface LogView {
  /** Number of the first line in sight, 0 = the log's first; null = follows the end. */
  top: number | null;
  /** Where the log ended when it was last followed: what came later is new. */
  seen: number;
  /** The line that a search or a jump has found. */
  at: number | null;
  /** The trial that was chosen, or is being read: the next one must not take its place. null = the latest. */
  trial: { n: number; k: number } | null;
  /** Only lines with this text; `!text`: only lines without it. */
  filter: string;
  wrap: boolean;
  times: boolean;
  /** Columns gone to the right, where lines are cut. */
  sideways: number;
}

/** What a diff can be compared with. */
const diffBases = ['parent', 'champion', 'baseline'] as const;
export type DiffBase = (typeof diffBases)[number];

export interface DiffView {
  /** Side by side, where there is room. */
  split: boolean;
  wrap: boolean;
  sideways: number;
  against: DiffBase;
}

/** What this screen looks at. Nothing here is true of the run. */
export interface View {
  focus: PaneId;
  /** True once the user chose a pane; before that, shared places show what is alive. */
  picked: boolean;
  zoom: boolean;
  /** Experiment that the panes show; null = live. */
  selected: number | null;
  /** Rows scrolled away from the natural end of each pane (model: from the bottom; others: from the top; the log has its own place). */
  scroll: Record<PaneId, number>;
  log: LogView;
  diff: DiffView;
  /** What was searched for last, by pane; all its matches are marked. */
  search: Partial<Record<PaneId, string>>;
  /** The model's thinking is shown whole, not as its last lines. */
  thinking: boolean;
  prompt: Prompt | null;
  overlay: Overlay | null;
  confirm: Confirm | null;
  toast: Toast | null;
  /** What a pane is searched for or filtered by; empty or missing = nothing. */
  find: Partial<Record<PaneId, string>>;
  chart: ChartLook;
  /** How far the user has resized panes, for each size of terminal. */
  sizes: Partial<Record<SizeClass, PaneSizes>>;
  /** Since when the user was away, ISO; null = they have read what happened since. */
  away: string | null;
  /** Experiments up to this number were decided when the user last left; null = nothing to tell. */
  seen: number | null;
}

/** The log pane at the end of the log again; how it shows lines stays as it was chosen. */
export function restingLog(log: LogView): LogView {
  return { ...log, top: null, trial: null, at: null, sideways: 0 };
}

/** How a screen looks at a run before any key. */
export function initialView(): View {
  return {
    focus: 'experiments',
    picked: false,
    zoom: false,
    selected: null,
    scroll: { experiments: 0, metric: 0, diff: 0, log: 0, gpu: 0, events: 0, model: 0 },
    log: { top: null, seen: 0, at: null, trial: null, filter: '', wrap: false, times: false, sideways: 0 },
    diff: { split: false, wrap: false, sideways: 0, against: 'parent' },
    search: {},
    thinking: true,
    prompt: null,
    overlay: null,
    confirm: null,
    toast: null,
    find: {},
    chart: { log: false, byTime: false, metric: null },
    sizes: {},
    away: null,
    seen: null,
  };
}

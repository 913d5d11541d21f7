import type { PaneId } from '../view.ts';

// Every act of the screen has a name here. Hints, help, the key document, the palette and the user's own bindings read
// this table; nothing else in the screen names a key.

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

/** `none`: looks only. `act`: tells the engine, `u` takes it back. `costs`: something may be lost, so it asks first. */
export type Danger = 'none' | 'act' | 'costs';

/** How much care a command needs. */
export function dangerOf(id: CommandId): Danger {
  const info = commandInfo(id);
  return info.costs ? 'costs' : info.act ? 'act' : 'none';
}

export const commandTable = {
  hold: {
    category: 'Steer the run',
    hint: 'hold',
    about: 'Hold after the running trial; again: release.',
    act: true,
  },
  'hold-now': {
    category: 'Steer the run',
    hint: 'hold now',
    about: 'Stop the running trial now and run it again on release.',
    act: true,
    costs: true,
  },
  skip: {
    category: 'Steer the run',
    hint: 'skip',
    about: 'Skip the current experiment; its result is lost.',
    act: true,
    costs: true,
  },
  revert: {
    category: 'Steer the run',
    hint: 'revert…',
    about: 'Move the champion back: last kept, selected, baseline. Commits stay.',
    act: true,
    costs: true,
  },
  note: {
    category: 'Steer the run',
    hint: 'note',
    about: 'Write a note that the next proposals read.',
    act: true,
  },
  notes: {
    category: 'Steer the run',
    hint: 'notes',
    about: 'The notes in force, to withdraw them.',
    act: true,
  },
  verdict: {
    category: 'Steer the run',
    hint: 'verdict…',
    about: 'The selected experiment: keep anyway, discard, run again, pin.',
    act: true,
  },
  mode: {
    category: 'Steer the run',
    hint: 'approve each',
    about: 'Each proposal waits for your yes, or runs by itself again.',
    act: true,
  },
  'approve-run': {
    category: 'A proposal waits',
    hint: 'run it',
    about: 'Run the proposal that waits.',
    act: true,
    approving: true,
  },
  'approve-reject': {
    category: 'A proposal waits',
    hint: 'reject',
    about: 'Reject it; the model proposes another one.',
    act: true,
    approving: true,
  },
  'approve-edit': {
    category: 'A proposal waits',
    hint: 'edit',
    about: 'Change its files in $EDITOR; they are checked again, then it waits again.',
    act: true,
    approving: true,
  },
  'approve-note': {
    category: 'A proposal waits',
    hint: 'reject, say why',
    about: 'Reject it with a note that the next proposal reads.',
    act: true,
    approving: true,
  },
  undo: {
    category: 'Steer the run',
    hint: 'undo…',
    about: 'Take back your latest act; shows what it will do, and the nine before it.',
    act: true,
  },
  stop: {
    category: 'Steer the run',
    hint: 'stop…',
    about: 'End the run: after this trial, or now.',
    act: true,
    costs: true,
  },
  'previous-experiment': {
    category: 'Look around',
    hint: 'earlier',
    about: 'Show the experiment before this one in all panes.',
  },
  'next-experiment': {
    category: 'Look around',
    hint: 'later',
    about: 'Show the next experiment; after the last one: live.',
  },
  back: {
    category: 'Look around',
    hint: 'live',
    about: 'One step back: close, unzoom, return to live. Never quits.',
  },
  briefing: {
    category: 'Look around',
    hint: 'briefing',
    about: 'What happened while you were away, and what waits for you.',
  },
  find: {
    category: 'Look around',
    hint: 'filter',
    about: 'Filter the experiments: kept, crashed, provisional, tuner, Δ<0, #12, or any text.',
  },
  'chart-scale': {
    category: 'Look around',
    hint: 'linear/log',
    about: 'Progress chart: linear or logarithmic axis.',
  },
  'chart-axis': {
    category: 'Look around',
    hint: 'number/time',
    about: 'Progress chart: experiments by number or by time.',
  },
  'chart-metric': {
    category: 'Look around',
    hint: 'next metric',
    about: 'Progress chart: the next number that the trials print, guards included.',
  },
  down: { category: 'Look around', hint: 'down', about: 'Down a row.' },
  up: { category: 'Look around', hint: 'up', about: 'Up a row.' },
  'page-down': { category: 'Look around', hint: 'page down', about: 'Down a page.' },
  'page-up': { category: 'Look around', hint: 'page up', about: 'Up a page.' },
  top: { category: 'Look around', hint: 'top', about: 'To the start.' },
  bottom: { category: 'Look around', hint: 'end', about: 'To the end; the log follows again.' },
  'focus-next': { category: 'Panes', hint: 'next pane', about: 'Focus the next pane.' },
  'focus-previous': { category: 'Panes', hint: 'previous pane', about: 'Focus the pane before.' },
  'focus-1': { category: 'Panes', hint: 'experiments', about: 'Focus Experiments.' },
  'focus-2': { category: 'Panes', hint: 'metric', about: 'Focus Metric.' },
  'focus-3': { category: 'Panes', hint: 'diff', about: 'Focus Diff.' },
  'focus-4': { category: 'Panes', hint: 'log', about: 'Focus Log.' },
  'focus-5': { category: 'Panes', hint: 'GPU', about: 'Focus GPU.' },
  'focus-6': { category: 'Panes', hint: 'events', about: 'Focus Events.' },
  'focus-7': { category: 'Panes', hint: 'model', about: 'Focus Model.' },
  zoom: { category: 'Panes', hint: 'zoom', about: 'The focused pane takes the whole screen; again: back.' },
  grow: {
    category: 'Panes',
    hint: 'larger',
    about: 'The focused pane larger; remembered for terminals of this size.',
  },
  shrink: { category: 'Panes', hint: 'smaller', about: 'The focused pane smaller.' },
  'reset-sizes': { category: 'Panes', hint: 'sizes', about: 'All panes as large as they were made.' },
  search: {
    category: 'In a pane',
    hint: 'search',
    about: 'Log and Diff: find text; upper case letters must match too.',
    in: ['log', 'diff'],
  },
  'search-next': {
    category: 'In a pane',
    hint: 'next match',
    about: 'Log and Diff: next match, below.',
    in: ['log', 'diff'],
  },
  'search-previous': {
    category: 'In a pane',
    hint: 'earlier match',
    about: 'Log and Diff: the match before, above.',
    in: ['log', 'diff'],
  },
  'filter-lines': {
    category: 'In a pane',
    hint: 'filter',
    about: 'Log: show only lines with a text; `!text` only lines without it; empty: all.',
    in: ['log'],
  },
  follow: { category: 'In a pane', hint: 'follow', about: 'Log: follow the end again.', in: ['log'] },
  wrap: {
    category: 'In a pane',
    hint: 'wrap',
    about: 'Log and Diff: break long lines, or cut them.',
    in: ['log', 'diff'],
  },
  timestamps: {
    category: 'In a pane',
    hint: 'times',
    about: 'Log: the time at which each line came.',
    in: ['log'],
  },
  'next-mark': {
    category: 'In a pane',
    hint: 'next',
    about: 'Log: next error. Diff: next hunk.',
    in: ['log', 'diff'],
  },
  'previous-mark': {
    category: 'In a pane',
    hint: 'before',
    about: 'Log: the error before. Diff: the hunk before.',
    in: ['log', 'diff'],
  },
  'next-trial': {
    category: 'In a pane',
    hint: 'trial',
    about: 'Log: the next trial of this experiment.',
    in: ['log'],
  },
  'previous-trial': {
    category: 'In a pane',
    hint: 'trial',
    about: 'Log: the trial before of this experiment.',
    in: ['log'],
  },
  right: {
    category: 'In a pane',
    hint: 'right',
    about: 'Log and Diff: sideways along lines that are cut.',
    in: ['log', 'diff'],
  },
  left: { category: 'In a pane', hint: 'left', about: 'Log and Diff: sideways back.', in: ['log', 'diff'] },
  split: {
    category: 'In a pane',
    hint: 'split',
    about: 'Diff: side by side, or one below the other.',
    in: ['diff'],
  },
  against: {
    category: 'In a pane',
    hint: 'compare with',
    about: 'Diff: compare with the parent, the champion, or the baseline.',
    in: ['diff'],
  },
  thinking: {
    category: 'In a pane',
    hint: 'thinking',
    about: 'Model: fold the thinking away, or show it.',
    in: ['model'],
  },
  help: { category: 'Screen', hint: 'help', about: 'All keys.' },
  detach: {
    category: 'Screen',
    hint: 'detach',
    about: 'Leave the screen; the run goes on.',
  },
  interrupt: {
    category: 'Screen',
    hint: 'detach',
    about: 'Once: a hint. Twice: detach. Never stops a trial.',
  },
  'next-theme': { category: 'Screen', hint: 'theme', about: 'Another theme, on this screen only.' },
  shot: {
    category: 'Screen',
    hint: 'shot',
    about: "A picture of the screen (SVG) into the run's folder.",
  },
  palette: {
    category: 'Screen',
    hint: 'commands',
    about: 'Find any act by a few letters of it, and do it.',
  },
  editor: {
    category: 'Screen',
    hint: 'editor',
    about: 'Open what the pane shows (log, diff, reply) in $EDITOR, as a copy.',
  },
  pager: {
    category: 'Screen',
    hint: 'pager',
    about: 'Open what the pane shows (log, diff, reply) in $PAGER.',
  },
  copy: {
    category: 'Screen',
    hint: 'copy…',
    about: 'Copy diff, commit, numbers or hypothesis to the clipboard, also over ssh.',
  },
  suspend: {
    category: 'Screen',
    hint: 'suspend',
    about: 'Suspend the screen as shells do; the run goes on.',
  },
  redraw: { category: 'Screen', hint: 'redraw', about: 'Draw the whole screen afresh.' },
} as const satisfies Record<string, CommandInfo>;

export type CommandId = keyof typeof commandTable;
export const commandIds = Object.keys(commandTable) as CommandId[];

/** The entry of a command, with its optional fields. */
export function commandInfo(id: CommandId): CommandInfo {
  return commandTable[id];
}

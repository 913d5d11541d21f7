import type { Approval } from '../../journal/state.ts';
import { clean } from '../../protocol/clean.ts';
import { happenings } from '../events.ts';
import { gauge } from '../gauge.ts';
import { bindings, commandFor, keyOf } from '../keys/bindings.ts';
import { type CommandId, commandTable } from '../keys/commands.ts';
import { whyNot } from '../keys/validity.ts';
import { activePane } from '../layout.ts';
import { rowWidth } from '../paint.ts';
import type { ReplayStatus } from '../replay/player.ts';
import { replayHints } from '../replay/replay-keys.ts';
import { holdPending, notesInForce, waitingProposal } from '../selectors.ts';
import type { Row } from '../spans.ts';
import type { Snapshot } from '../store.ts';
import { cut, cutAtClause, cutStart } from '../text/cut.ts';
import { timeOfDay } from '../text/format.ts';
import { wrapLine } from '../text/wrap.ts';
import type { Overlay, PaneId, Prompt } from '../view.ts';
import { stateRow } from './state-row.ts';

/** The row for questions, answers and the last thing that happened, in this order. */
export function messageRow(snapshot: Snapshot): Row {
  const { view, run, live } = snapshot;
  const pad = { text: ' ', tone: 'fg' as const };
  if (view.confirm) return [pad, ...questionRow(clean(view.confirm.question), snapshot.size.columns - 2)];
  if (view.prompt) return [pad, ...promptRow(view.prompt, snapshot.size.columns - 24)];
  if (view.toast) {
    const tone = view.toast.level === 'error' ? 'crashed' : view.toast.level === 'warn' ? 'warn' : 'accent';
    return [pad, { text: clean(view.toast.text), tone }];
  }
  const state = stateRow(snapshot, snapshot.size.columns - 2);
  if (state) return [pad, ...state];
  const proposal = waitingProposal(snapshot);
  if (proposal) return [pad, ...approvalRow(proposal, snapshot.size.columns - 2)];
  const newest = happenings(run)[0];
  const notice = live.notice;
  if (notice && (!newest || notice.at >= Date.parse(newest.at)))
    return [
      pad,
      {
        text: cutAtClause(clean(notice.text), snapshot.size.columns - 2),
        tone: notice.level === 'error' ? 'crashed' : notice.level === 'warn' ? 'warn' : 'dim',
      },
    ];
  return newest ? [pad, ...newest.row] : [];
}

/** The question of approve mode; its answers stand in the hints below. */
function approvalRow({ n, added, removed, files, edited }: Approval, columns: number): Row {
  const [first, ...rest] = files;
  const where = `${clean(first ?? '')}${rest.length > 0 ? ` and ${rest.length} more` : ''}`;
  const row: Row = [
    { text: `Run #${n}?`, tone: 'warn', bold: true },
    { text: `  +${added} −${removed} in ${where}${edited ? ', edited by you' : ''}`, tone: 'fg' },
  ];
  const more: Row = [{ text: '  It waits, also when you leave.', tone: 'dim' }];
  return rowWidth(row) + rowWidth(more) <= columns ? [...row, ...more] : row;
}

/** What is being typed, with the cursor as a cell of its own. */
function promptRow({ kind, text, cursor }: Prompt, columns: number): Row {
  return [
    { text: kind === 'filter' ? '& ' : '/ ', tone: 'accent', bold: true },
    { text: cutStart(text.slice(0, cursor), columns), tone: 'fg' },
    { text: text.slice(cursor, cursor + 1) || ' ', tone: 'fg', inverse: true },
    { text: text.slice(cursor + 1), tone: 'fg' },
    ...(text === '' ? [{ text: `  ${promptHelp[kind]}`, tone: 'dim' as const }] : []),
  ];
}

const promptHelp: Record<Prompt['kind'], string> = {
  search: 'text to find',
  filter: 'text that lines must have; !text: must not',
  find: 'kept, crashed, provisional, tuner, Δ<0, #12, or any text',
};

const answers: Row = [
  { text: '   y', tone: 'title', bold: true },
  { text: ' yes   ', tone: 'dim' },
  { text: 'n, Esc', tone: 'title', bold: true },
  { text: ' no', tone: 'dim' },
];

// A question that is cut would be answered unread: the legend of its answers gives way first, then it goes on below.
function questionRow(question: string, columns: number): Row {
  const row: Row = [{ text: wrapLine(question, columns)[0] ?? '', tone: 'warn' }];
  return rowWidth(row) + rowWidth(answers) <= columns ? [...row, ...answers] : row;
}

/** The rest of a long question, in front of its answers. */
function questionEnd(question: string, columns: number): Row {
  const answers = hints([
    ['y', 'yes'],
    ['n', 'no'],
  ]);
  const rest = wrapLine(question, columns - 2)
    .slice(1)
    .join(' ');
  if (rest === '') return answers;
  return [{ text: ` ${cut(rest, columns - rowWidth(answers) - 3)}  `, tone: 'warn' }, ...answers];
}

const offered: CommandId[] = [
  'approve-run',
  'approve-reject',
  'approve-edit',
  'approve-note',
  'back',
  'hold',
  'skip',
  'revert',
  'stop',
  'note',
  'verdict',
  'mode',
  'undo',
  'hold-now',
  'zoom',
  'previous-experiment',
  'briefing',
  'palette',
  'shot',
  'next-theme',
];
/** While a proposal waits, the ways out of it come before what else can be done with it. */
const offeredWaiting: CommandId[] = ['approve-run', 'approve-reject', 'mode', 'stop'];
/** What nobody reads where no model proposes. */
const forReaders: ReadonlySet<CommandId> = new Set(['note', 'approve-note', 'thinking']);
const always: CommandId[] = ['help', 'detach'];

/** What a pane that was picked has of its own; offered after these of the run, which matter more. */
const ofPane: Partial<Record<PaneId, CommandId[]>> = {
  experiments: ['find'],
  metric: ['chart-scale', 'chart-axis', 'chart-metric'],
  diff: ['split', 'against', 'next-mark', 'search'],
  log: ['follow', 'search', 'filter-lines', 'next-mark', 'wrap'],
  model: ['thinking'],
};
const beforePane = offered.indexOf('verdict');

const hintsOf: Partial<Record<Overlay['kind'], [string, string][]>> = {
  help: [
    ['j k', 'scroll'],
    ['/', 'filter'],
    ['Esc', 'close'],
  ],
  undo: [
    ['y', 'undo'],
    ['n', 'leave it'],
  ],
  notes: [
    ['j k', 'move'],
    ['d', 'withdraw'],
    ['Esc', 'close'],
  ],
  palette: [
    ['↑ ↓', 'move'],
    ['Enter', 'do it'],
    ['Esc', 'close'],
  ],
  briefing: [
    ['j k', 'move'],
    ['Enter', 'show in all panes'],
    ['x', 'run again'],
    ['X', 'all unsure'],
    ['Esc', 'read, close'],
  ],
};

function promptHints({ kind, text }: Prompt): [string, string][] {
  if (kind === 'find')
    return [
      ['Enter', 'keep'],
      ['Esc', 'take back'],
      ['Ctrl-U', 'clear'],
    ];
  const enter = kind === 'search' ? 'find' : text === '' ? 'show all lines' : 'filter';
  return [
    ['Enter', enter],
    ['Esc', 'cancel'],
  ];
}

/** Nothing in the box that keys could act on. */
function isIdle({ kind }: Overlay, { live, run }: Snapshot): boolean {
  return (kind === 'undo' && live.undos.length === 0) || (kind === 'notes' && notesInForce(run).length === 0);
}

/** The way out stands last and always; of the others as many from the left as fit. */
function hintsThatFit(pairs: [string, string][], columns: number): Row {
  const end = hints(pairs.slice(-1));
  const out: Row = [];
  for (const pair of pairs.slice(0, -1)) {
    const next = hints([pair]);
    if (rowWidth(out) + rowWidth(next) + rowWidth(end) > columns) break;
    out.push(...next);
  }
  return [...out, ...end];
}

/** Keys that make sense now, the more important ones first; help and detach never give way. */
export function hintsRow(snapshot: Snapshot, columns: number): Row {
  const { view } = snapshot;
  if (view.prompt) return hintsThatFit(promptHints(view.prompt), columns);
  const known = view.overlay && !isIdle(view.overlay, snapshot) ? hintsOf[view.overlay.kind] : undefined;
  if (known) return hintsThatFit(known, columns);
  if (view.overlay?.kind === 'note')
    return hintsThatFit(
      [
        ['Enter', view.overlay.rejects ? 'reject' : 'send'],
        ...(view.overlay.rejects
          ? []
          : ([['Tab', view.overlay.sticky ? 'once only' : 'keep for all']] as [string, string][])),
        ['↑', 'earlier'],
        ['Ctrl-O', 'editor'],
        ['Esc', 'cancel'],
      ],
      columns,
    );
  if (view.overlay) return hints([['Esc', 'close']]);
  if (view.confirm) return questionEnd(clean(view.confirm.question), columns);
  if (snapshot.replay) return replayRow(snapshot.replay, columns);
  const pane = activePane(snapshot);
  const place = { pane, approving: waitingProposal(snapshot) !== null };
  const own = view.picked || view.zoom ? (ofPane[pane] ?? []) : [];
  const end = hints(always.filter(hasKey).map((id) => pairOf(id, snapshot)));
  const out: Row = [];
  let room = columns - rowWidth(end);
  const first = place.approving ? offeredWaiting : [];
  const unread = snapshot.run.proposer?.kind === 'tuner';
  for (const id of new Set([
    ...first,
    ...offered.slice(0, beforePane),
    ...own,
    ...offered.slice(beforePane),
  ])) {
    if (!hasKey(id) || (unread && forReaders.has(id))) continue;
    if (id === 'back' ? !isAway(snapshot) : whyNot(id, snapshot) !== null) continue;
    if (id === 'follow' && view.log.top === null) continue;
    // The answers to a waiting proposal, and the acts of a pane, take some keys from others.
    if (commandFor(bindings()[id][0]!, place) !== id) continue;
    const next = hints([pairOf(id, snapshot)]);
    const width = rowWidth(next);
    if (width > room) continue;
    room -= width;
    out.push(...next);
  }
  return [...out, ...end];
}

// What time it is in the story, how fast it goes, and the keys of the player.
function replayRow({ at, from, to, speed, paused }: ReplayStatus, columns: number): Row {
  const share = to > from ? (at - from) / (to - from) : 1;
  const row: Row = [
    { text: paused ? ' ‖ ' : ' ▸ ', tone: 'live', bold: true },
    { text: `REPLAY ${timeOfDay(new Date(at).toISOString())} `, tone: 'live', bold: true },
    ...(columns >= 90 ? [...gauge(share, 16, 'live'), { text: ' ', tone: 'fg' as const }] : []),
    { text: `${Math.round(share * 100)}%  ${paused ? 'paused' : `${speed}x`} `, tone: 'fg' },
  ];
  for (const pair of [['q', 'leave'] as [string, string], ...replayHints]) {
    const next = hints([pair]);
    if (rowWidth(row) + rowWidth(next) <= columns) row.push(...next);
  }
  return row;
}

/** The user may have taken all its keys away. */
const hasKey = (id: CommandId) => bindings()[id].length > 0;

function isAway(snapshot: Snapshot): boolean {
  const { view } = snapshot;
  return view.selected !== null || view.zoom || isSearched(snapshot) || isFiltered(snapshot);
}

function isFiltered(snapshot: Snapshot): boolean {
  return snapshot.view.log.filter !== '' && activePane(snapshot) === 'log';
}

/** Matches are marked in the pane that has the keys. */
function isSearched(snapshot: Snapshot): boolean {
  return Boolean(snapshot.view.search[activePane(snapshot)]);
}

function pairOf(id: CommandId, snapshot: Snapshot): [string, string] {
  const { run, view } = snapshot;
  if (id === 'hold' && (run.held || holdPending(snapshot))) return [keyOf(id), 'release'];
  if (id === 'back' && isSearched(snapshot)) return [keyOf(id), 'end search'];
  if (id === 'back' && isFiltered(snapshot)) return [keyOf(id), 'all lines'];
  if (id === 'back' && view.zoom) return [keyOf(id), 'unzoom'];
  if (id === 'previous-experiment') return [`${keyOf(id)} ${keyOf('next-experiment')}`, 'earlier, later'];
  if (id === 'next-mark')
    return [`${keyOf('previous-mark')} ${keyOf(id)}`, activePane(snapshot) === 'log' ? 'errors' : 'hunks'];
  if (id === 'mode' && run.mode === 'approve') return [keyOf(id), 'auto'];
  if (id === 'detach' && run.ended) return [keyOf(id), 'leave'];
  return [keyOf(id), commandTable[id].hint];
}

function hints(pairs: [string, string][]): Row {
  return pairs.flatMap(
    ([key, word]): Row => [
      { text: ` ${key}`, tone: 'accent', bold: true },
      { text: ` ${word} `, tone: 'dim' },
    ],
  );
}

import { gauge } from '../gauge.ts';
import { bindings, commandFor, keyOf } from '../keys/bindings.ts';
import { type CommandId, commandTable } from '../keys/commands.ts';
import { whyNot } from '../keys/validity.ts';
import { activePane } from '../layout.ts';
import { rowWidth } from '../paint.ts';
import type { ReplayStatus } from '../replay/player.ts';
import { replayHints } from '../replay/replay-keys.ts';
import { askedOf, holdPending, judgedExperiment, waitingProposal } from '../selectors.ts';
import type { Row } from '../spans.ts';
import type { Snapshot } from '../store.ts';
import { timeOfDay } from '../text/format.ts';
import type { PaneId } from '../view.ts';
import { boxHints, hints } from './box-hints.ts';

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
/** While the run asks about a number, the answer comes first. */
const offeredAsked: CommandId[] = ['verdict'];
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

/** Keys that make sense now, the more important ones first; help and detach never give way. */
export function hintsRow(snapshot: Snapshot, columns: number): Row {
  const { view } = snapshot;
  const boxed = boxHints(snapshot, columns);
  if (boxed) return boxed;
  if (snapshot.replay) return replayRow(snapshot.replay, columns);
  const pane = activePane(snapshot);
  const place = { pane, approving: waitingProposal(snapshot) !== null };
  const own = view.picked || view.zoom ? (ofPane[pane] ?? []) : [];
  const end = hints(always.filter(hasKey).map((id) => pairOf(id, snapshot)));
  const out: Row = [];
  let room = columns - rowWidth(end);
  const first = place.approving ? offeredWaiting : askedOf(snapshot.run) !== null ? offeredAsked : [];
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
  // What holds the run is looked at again at once, not when its turn comes.
  if (id === 'hold' && run.held?.by === 'engine') return [keyOf(id), 'try now'];
  if (id === 'hold' && (run.held || holdPending(snapshot))) return [keyOf(id), 'release'];
  if (id === 'back' && isSearched(snapshot)) return [keyOf(id), 'end search'];
  if (id === 'back' && isFiltered(snapshot)) return [keyOf(id), 'all lines'];
  if (id === 'back' && view.zoom) return [keyOf(id), 'unzoom'];
  if (id === 'previous-experiment') return [`${keyOf(id)} ${keyOf('next-experiment')}`, 'earlier, later'];
  if (id === 'next-mark')
    return [`${keyOf('previous-mark')} ${keyOf(id)}`, activePane(snapshot) === 'log' ? 'errors' : 'hunks'];
  if (id === 'mode' && run.mode === 'approve') return [keyOf(id), 'auto'];
  if (id === 'verdict' && askedOf(run) !== null && judgedExperiment(snapshot)?.n === askedOf(run))
    return [keyOf(id), 'keep or discard…'];
  if (id === 'detach' && run.ended) return [keyOf(id), 'leave'];
  return [keyOf(id), commandTable[id].hint];
}

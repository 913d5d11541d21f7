import { clean, cleanLines } from '../../protocol/clean.ts';
import { happenings } from '../events.ts';
import { filteredExperiments } from '../experiment-filter.ts';
import { liveDoc } from '../log-doc.ts';
import { experimentsOf, shownExperiment, shownTrial } from '../selectors.ts';
import type { Snapshot } from '../store.ts';
import { type PaneId, paneNumber } from '../view.ts';
import { type Piece, pieceOf } from './pieces.ts';
import { chartSentence, experimentSentence, machineSentences, wordsOf } from './sentences.ts';

/** Who listens cannot skim: so many at once, of things that are a sentence, and of lines of text. */
const mostSentences = 5;
const mostLines = 10;
const mostDiffLines = 20;

/**
 * What a pane shows, as lines to be heard: how much there is and the latest few; `from`, what the piece before said of
 * it, goes on with the others.
 */
export function panePiece(pane: PaneId, snapshot: Snapshot, from: number | null = null): Piece {
  switch (pane) {
    case 'experiments':
      return experimentPiece(snapshot, from);
    case 'metric':
      return keptPiece(snapshot, from);
    case 'diff':
      return diffPiece(snapshot, from);
    case 'log':
      return logPiece(snapshot, from);
    case 'gpu':
      return { lines: machineSentences(snapshot), next: null };
    case 'events':
      return eventPiece(snapshot, from);
    case 'model':
      return { lines: modelLines(snapshot), next: null };
  }
}

function experimentPiece({ run, view }: Snapshot, from: number | null): Piece {
  const all = experimentsOf(run);
  if (all.length === 0) return { lines: ['No experiments yet. The baseline comes first.'], next: null };
  const filter = (view.find.experiments ?? '').trim();
  const found = filteredExperiments(run, filter);
  const many = count(all.length - 1, 'experiment');
  const head =
    filter === '' ? `${many} and the baseline` : `${found.length} of ${many} fit "${clean(filter)}"`;
  return pieceOf({
    head,
    size: found.length,
    // By their numbers: what comes meanwhile moves nothing.
    placeOf: (n) => found.findLastIndex((e) => e.n <= n),
    nameOf: (at) => found[at]!.n,
    line: (at) => experimentSentence(found[at]!, run),
    most: mostSentences,
    from,
    key: paneNumber('experiments'),
  });
}

function keptPiece({ run }: Snapshot, from: number | null): Piece {
  const kept = experimentsOf(run).filter((e) => e.verdict === 'kept' && e.n > 0);
  const chart = chartSentence(run) || 'No numbers yet. The baseline is measured first.';
  if (kept.length === 0) return { lines: [chart], next: null };
  return pieceOf({
    head: `${chart} Kept`,
    size: kept.length,
    placeOf: (n) => kept.findLastIndex((e) => e.n <= n),
    nameOf: (at) => kept[at]!.n,
    line: (at) => experimentSentence(kept[at]!, run),
    most: mostSentences,
    from,
    key: paneNumber('metric'),
  });
}

function eventPiece({ run }: Snapshot, from: number | null): Piece {
  const all = happenings(run);
  if (all.length === 0) return { lines: ['Nothing has happened yet.'], next: null };
  return pieceOf({
    head: count(all.length, 'event'),
    size: all.length,
    placeOf: (place) => Math.min(place, all.length - 1),
    nameOf: (place) => place,
    line: (place) => wordsOf(all[all.length - 1 - place]!.row),
    most: mostSentences,
    from,
    key: paneNumber('events'),
  });
}

/** From the start on: a diff is read as it is written. */
function diffPiece(snapshot: Snapshot, from: number | null): Piece {
  const lines = diffLines(snapshot);
  const start = from ?? 0;
  const piece = lines.slice(start, start + mostDiffLines);
  const left = lines.length - start - piece.length;
  if (left > 0) piece.push(`${count(left, 'more line')}: ${paneNumber('diff')} goes on.`);
  else if (start > 0) piece.push('That is all.');
  return { lines: piece, next: left > 0 ? start + mostDiffLines : null };
}

function diffLines(snapshot: Snapshot): string[] {
  const { live, past, view } = snapshot;
  const e = shownExperiment(snapshot);
  const told = live.diff && (view.selected === null ? !past : live.diff.n === view.selected);
  const text = told ? live.diff!.text : past?.n === e?.n ? (past?.diff ?? null) : null;
  if (!text) return [e && e.n > 0 ? 'No change yet.' : 'The baseline has no change.'];
  return cleanLines(text).flatMap((line) => {
    if (/^(diff |index |---|\+\+\+ \/dev)/.test(line)) return [];
    if (line.startsWith('+++ ')) return [`File ${line.slice(6)}.`];
    if (line.startsWith('@@')) return [`Around line ${/\+(\d+)/.exec(line)?.[1] ?? '?'}.`];
    if (line.startsWith('+')) return [`added: ${line.slice(1).trim()}`];
    if (line.startsWith('-')) return [`removed: ${line.slice(1).trim()}`];
    return [];
  });
}

/** The last lines in their order, then those before them. */
function logPiece(snapshot: Snapshot, from: number | null): Piece {
  const { live, logFile } = snapshot;
  const shown = shownTrial(snapshot);
  const pages = shown && logFile?.n === shown.n && logFile.k === shown.k ? logFile.pages : null;
  const doc = shown && !shown.live ? pages : liveDoc(live.log.ring, pages);
  const now = shown?.live && from === null && live.log.live ? [clean(live.log.live)] : [];
  if (!doc || doc.end === doc.first) return { lines: now.length > 0 ? now : ['No log yet.'], next: null };
  const end = Math.min(from ?? doc.end, doc.end);
  const start = Math.max(doc.first, end - mostLines);
  const lines = Array.from({ length: end - start }, (_, i) => doc.line(start + i));
  const key = paneNumber('log');
  if (lines.includes(null)) return { lines: [`The file is being read: press ${key} again.`], next: end };
  const name = shown?.n === 0 ? 'the baseline' : `experiment ${shown?.n}`;
  const head =
    from === null
      ? `Log of ${name}, ${count(doc.end, 'line')}${start > doc.first ? `, the last ${end - start}` : ''}:`
      : `Lines ${start + 1} to ${end}:`;
  const left = start - doc.first;
  const more =
    left > 0 ? `${count(left, 'earlier line')}: ${key} goes back.` : from === null ? '' : 'That is all.';
  return {
    lines: [head, ...lines.map((line) => clean(line!)), ...now, ...(more ? [more] : [])],
    next: left > 0 ? start : null,
  };
}

function modelLines({ live, run }: Snapshot): string[] {
  const { model } = live;
  if (!model) return [clean(run.proposer?.why ?? 'The model has not been asked yet.')];
  const speed = model.tokensPerSecond === null ? '' : `, ${model.tokensPerSecond.toFixed(0)} tokens a second`;
  const said = cleanLines(model.answer || model.thinking).filter((line) => line.trim() !== '');
  return [clean(`${model.name}, ${model.stage}, ${model.tokens} tokens${speed}.`), ...said.slice(-mostLines)];
}

function count(n: number, word: string): string {
  return `${n.toLocaleString('en-US')} ${word}${n === 1 ? '' : 's'}`;
}

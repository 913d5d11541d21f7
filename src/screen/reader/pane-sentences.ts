import { clean, cleanLines } from '../../protocol/clean.ts';
import { happenings } from '../events.ts';
import { experimentsOf, shownExperiment } from '../selectors.ts';
import type { Snapshot } from '../store.ts';
import type { PaneId } from '../view.ts';
import { chartSentence, experimentSentence, machineSentences, wordsOf } from './sentences.ts';

const mostLines = 10;
const mostDiffLines = 60;

/** What a pane shows, as lines to be heard: the latest first where that is what one asks for. */
export function paneSentences(pane: PaneId, snapshot: Snapshot): string[] {
  switch (pane) {
    case 'experiments':
      return experimentLines(snapshot);
    case 'metric': {
      const { run } = snapshot;
      const kept = experimentsOf(run).filter((e) => e.verdict === 'kept' && e.n > 0);
      return [
        chartSentence(run) || 'No numbers yet. The baseline is measured first.',
        ...kept.slice(-mostLines).map((e) => experimentSentence(e, run)),
      ];
    }
    case 'diff':
      return diffLines(snapshot);
    case 'log':
      return logLines(snapshot);
    case 'gpu':
      return machineSentences(snapshot);
    case 'events': {
      const all = happenings(snapshot.run).slice(0, mostLines);
      return all.length > 0 ? all.map((h) => wordsOf(h.row)) : ['Nothing has happened yet.'];
    }
    case 'model':
      return modelLines(snapshot);
  }
}

function experimentLines({ run }: Snapshot): string[] {
  const all = experimentsOf(run);
  if (all.length === 0) return ['No experiments yet. The baseline comes first.'];
  return all
    .slice(-mostLines)
    .reverse()
    .map((e) => experimentSentence(e, run));
}

function diffLines(snapshot: Snapshot): string[] {
  const { live, past, view } = snapshot;
  const e = shownExperiment(snapshot);
  const text =
    view.selected !== null && live.diff?.n !== view.selected
      ? past?.n === view.selected
        ? past.diff
        : null
      : (live.diff?.text ?? null);
  if (!text) return [e && e.n > 0 ? 'No change yet.' : 'The baseline has no change.'];
  const lines = cleanLines(text).flatMap((line) => {
    if (/^(diff |index |---|\+\+\+ \/dev)/.test(line)) return [];
    if (line.startsWith('+++ ')) return [`File ${line.slice(6)}.`];
    if (line.startsWith('@@')) return [`Around line ${/\+(\d+)/.exec(line)?.[1] ?? '?'}.`];
    if (line.startsWith('+')) return [`added: ${line.slice(1).trim()}`];
    if (line.startsWith('-')) return [`removed: ${line.slice(1).trim()}`];
    return [];
  });
  const more = lines.length - mostDiffLines;
  return more > 0 ? [...lines.slice(0, mostDiffLines), `and ${more} lines more.`] : lines;
}

function logLines({ live }: Snapshot): string[] {
  const { ring } = live.log;
  const from = Math.max(ring.first, ring.end - mostLines);
  const last = Array.from({ length: ring.end - from }, (_, i) => ring.at(from + i) ?? '');
  const lines = [...last, ...(live.log.live ? [live.log.live] : [])];
  return lines.length > 0 ? lines.map(clean) : ['No log yet.'];
}

function modelLines({ live, run }: Snapshot): string[] {
  const { model } = live;
  if (!model) return [clean(run.proposer?.why ?? 'The model has not been asked yet.')];
  const speed = model.tokensPerSecond === null ? '' : `, ${model.tokensPerSecond.toFixed(0)} tokens a second`;
  const said = cleanLines(model.answer || model.thinking).filter((line) => line.trim() !== '');
  return [clean(`${model.name}, ${model.stage}, ${model.tokens} tokens${speed}.`), ...said.slice(-mostLines)];
}

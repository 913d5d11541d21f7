import type { Experiment } from '../../journal/state.ts';
import { changeOf } from '../selectors.ts';
import type { Snapshot } from '../store.ts';
import { number, percent } from '../text/format.ts';
import type { Choice } from './menus.ts';

/** What `v` offers for one experiment; each line says what it costs. */
export function verdictChoices(n: number, { run }: Pick<Snapshot, 'run'>): Choice[] {
  const e = run.experiments[n];
  if (!e) return [];
  const asks = run.held?.asks === n;
  if (asks) return answers(e);
  if (e.verdict === null) return [];
  const out: Choice[] = [];
  const keep = keepChoice(e, run);
  if (keep) out.push(keep);
  if (e.n > 0 && e.verdict === 'kept') out.push(discardChoice(e, run));
  if (e.sha !== null)
    out.push({
      key: 'x',
      label: 'run it again',
      detail: run.reruns.includes(n)
        ? 'queued already'
        : 'one more trial before the next proposal: does its number hold?',
      command: { type: 'rerun', n },
      done: 'queued',
      question: null,
    });
  out.push({
    key: 'm',
    label: e.pinned ? 'unpin' : 'pin',
    detail: e.pinned ? 'cleaning up may remove its files again' : 'cleaning up leaves its commit and files',
    command: { type: 'pin', n, pinned: !e.pinned },
    done: e.pinned ? 'unpinned' : 'pinned',
    question: null,
  });
  return out;
}

/** The run is held with a question about this experiment's number. */
function answers(e: Experiment): Choice[] {
  const choice = (key: string, decision: 'keep' | 'discard', detail: string): Choice => ({
    key,
    label: decision,
    detail,
    command: { type: 'release', decision },
    done: decision === 'keep' ? 'kept' : 'discarded',
    question: `${decision === 'keep' ? 'Keep' : 'Discard'} #${e.n}, and go on?`,
  });
  return [
    choice('k', 'keep', 'its number is right: it becomes the champion (r takes it back)'),
    choice('d', 'discard', 'its number is wrong: the champion stays (v keeps it anyway)'),
  ];
}

function keepChoice(e: Experiment, run: Snapshot['run']): Choice | null {
  if (e.n === 0 || e.n === run.champion.n || e.sha === null || e.metric === null || e.verdict === 'kept')
    return null;
  const onTop = e.parent === run.champion.sha;
  const dropped = onTop ? [] : run.experiments.filter((x) => x && x.n > 0 && x.verdict === 'kept');
  const value = number(e.metric);
  return {
    key: 'k',
    label: 'keep it anyway',
    detail: `champion becomes #${e.n} (${value}${worse(e, run)}); later changes are compared with that`,
    command: { type: 'keep', n: e.n },
    done: 'keeping',
    question: `Keep #${e.n} anyway? Later changes only have to beat ${value}${
      dropped.length > 0 ? '; what was kept beside it is dropped' : ''
    }${stops(run)}.`,
  };
}

function worse(e: Experiment, run: Snapshot['run']): string {
  if (e.gain === null) return '';
  const change = changeOf(run, e.gain);
  return change.relative ? `, ${percent(change.value)}` : '';
}

function discardChoice(e: Experiment, run: Snapshot['run']): Choice {
  const later = run.experiments.filter((x) => x && x.n > e.n && x.verdict === 'kept').map((x) => `#${x.n}`);
  const named = later.length > 3 ? `${later.length} kept on top of it` : later.join(' ');
  const cost = later.length > 0 ? `drops ${named} too: they stand on it` : 'back to what it stood on';
  return {
    key: 'd',
    label: 'discard it',
    detail: cost,
    command: { type: 'revert', target: { to: 'before', n: e.n } },
    done: 'discarding',
    question: `Discard #${e.n}${later.length > 0 ? `, and ${named} with it` : ''}${stops(run)}?`,
  };
}

function stops(run: Snapshot['run']): string {
  const current = run.current === null ? undefined : run.experiments[run.current];
  return current?.trials.some((t) => t.endedAt === null) ? `; the trial of #${current.n} is stopped` : '';
}

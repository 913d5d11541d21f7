import type { Experiment, RunState } from '../journal/state.ts';
import type { Notifiable } from '../protocol/user-settings.ts';

/** Something that a user who is away may want to know. */
export interface News {
  kind: Notifiable;
  /** A few words. */
  title: string;
  /** One sentence. */
  text: string;
  /** Worth telling only when it still holds after this long, ms. */
  afterMs: number;
}

/** A model or a GPU often comes back by itself. */
const patienceMs = 120_000;

/** What is new between two states of a run, the more important first. */
export function newsOf(before: RunState, after: RunState): News[] {
  const out: News[] = [];
  if (after.ended && !before.ended) out.push(endNews(after));
  const { approval, held } = after;
  if (approval && approval.answer === null && before.approval?.tree !== approval.tree)
    out.push(news('approval', `#${approval.n} waits for your yes`, `y runs it, n rejects it: pawl attach`));
  if (held && held.by === 'engine' && before.held?.at !== held.at) out.push(heldNews(held));
  if (after.champion.n > 0 && after.champion.n !== before.champion.n) {
    const move = after.moves.at(-1);
    if (move?.cause === 'kept') out.push(bestNews(after));
  }
  const decided = justDecided(before, after);
  if (decided)
    out.push(
      news('result', `#${decided.n} ${decided.verdict}`, `${decided.why}. ${decided.hypothesis}`.trim()),
    );
  return out;
}

/** True while what was told still holds. */
export function stillTrue(told: News, run: RunState): boolean {
  switch (told.kind) {
    case 'held':
    case 'model-lost':
    case 'gpu-lost':
    case 'disk-low':
      return run.held !== null && run.held.by === 'engine' && run.ended === null;
    case 'approval':
      return run.approval !== null && run.approval.answer === null && run.ended === null;
    default:
      return true;
  }
}

function news(kind: Notifiable, title: string, text: string, afterMs = 0): News {
  return { kind, title, text, afterMs };
}

function endNews(run: RunState): News {
  const { outcome, why } = run.ended!;
  return news('finished', `run ${run.tag} ${outcome}`, `${why}. ${tally(run)}`);
}

function heldNews({ reason, next, kind }: NonNullable<RunState['held']>): News {
  const text = next ? `${reason}. ${next}` : reason;
  switch (kind) {
    case 'disk':
      return news('disk-low', 'held: the disk is full', text);
    case 'model':
      return news('model-lost', 'held: no model', text, patienceMs);
    case 'gpu':
      return news('gpu-lost', 'held: no GPU', text, patienceMs);
    case 'busy':
      return news('held', 'held: the machine is busy', text);
    case 'crashes':
      return news('held', 'held: crash after crash', text);
    case 'too-good':
      return news('held', 'held: is this result real?', text);
    case 'data':
      return news('held', 'held: the data is gone', text);
    case 'repository':
      return news('held', 'held: the repository', text);
    case 'sandbox':
      return news('held', 'held: no sandbox', text);
    case 'trial':
      return news('held', 'held: no trial can be carried out', text);
    // Also of a journal from before kinds were written: its words are not guessed at.
    default:
      return news('held', 'the run is held', text);
  }
}

function bestNews(run: RunState): News {
  const champion = run.experiments[run.champion.n];
  const metric = champion?.metric ?? null;
  const name = run.settings?.metric.name ?? 'metric';
  return news(
    'best',
    `new best: #${run.champion.n}`,
    `${metric === null ? '' : `${name} ${Number(metric.toPrecision(6))}. `}${champion?.hypothesis ?? ''}`.trim(),
  );
}

function justDecided(before: RunState, after: RunState): Experiment | null {
  const e = after.experiments.findLast((e) => e && e.verdict !== null);
  return e && e.n > 0 && before.experiments[e.n]?.verdict == null ? e : null;
}

function tally(run: RunState): string {
  const decided = run.experiments.filter((e) => e && e.n > 0 && e.verdict !== null).length;
  return `${decided} ${decided === 1 ? 'experiment' : 'experiments'}, ${run.counts.kept} kept`;
}

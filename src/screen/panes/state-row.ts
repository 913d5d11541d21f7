import { clean } from '../../protocol/clean.ts';
import { endWords } from '../../protocol/words.ts';
import { keyOf } from '../keys/bindings.ts';
import type { Row } from '../spans.ts';
import type { Snapshot } from '../store.ts';
import { cutAtClause, width } from '../text/cut.ts';
import { timeOfDay } from '../text/format.ts';

/** What the message row says of a run that is over, gone or held, and what helps; null while it works. */
export function stateRow({ run, live, link }: Snapshot, columns: number): Row | null {
  // Before the link: after its end an engine leaves, and that is no alarm.
  if (run.ended) {
    const tone = run.ended.outcome === 'failed' ? 'crashed' : 'title';
    return [{ text: firstThatFits(endedTexts(run), columns), tone }];
  }
  if (link === 'gone') {
    const last = live.heardAt > 0 ? `, last heard at ${timeOfDay(new Date(live.heardAt).toISOString())}` : '';
    const help = 'pawl resume goes on, q leaves.';
    const texts = [
      `The engine is gone${last}. Nothing decided is lost: ${help}`,
      `The engine is gone. Nothing decided is lost: ${help}`,
      `The engine is gone: ${help}`,
    ];
    return [{ text: firstThatFits(texts, columns), tone: 'crashed' }];
  }
  if (!run.held || live.phase.phase !== 'held') return null;
  const { by, reason, asks } = run.held;
  if (asks !== null) return [{ text: firstThatFits(questions(asks, clean(reason)), columns), tone: 'warn' }];
  const next = run.held.next ?? (by === 'user' ? `${keyOf('hold')} goes on.` : 'pawl tries again by itself.');
  const whole = `Held: ${clean(reason)}  ${clean(next)}`;
  // The header says the reason, too; what helps stands nowhere else.
  if (width(whole) > columns) return [{ text: cutAtClause(clean(next), columns), tone: 'fg' }];
  return [
    { text: `Held: ${clean(reason)}`, tone: by === 'engine' ? 'warn' : 'live' },
    { text: `  ${clean(next)}`, tone: 'fg' },
  ];
}

/** A number that nobody believes: what to do first, and with which key to answer. */
function questions(n: number, reason: string): string[] {
  const [verdict, diff] = [keyOf('verdict'), keyOf('focus-3')];
  return [
    `${reason}.  ${diff} shows what it changed, ${verdict} answers: keep or discard.`,
    `Keep or discard #${n}? ${diff} shows what it changed, ${verdict} answers.`,
    `Keep or discard #${n}? ${verdict} answers.`,
  ];
}

function endedTexts(run: Snapshot['run']): string[] {
  const ended = run.ended!;
  const why = clean(ended.why);
  if (ended.outcome === 'failed') {
    const tail = ended.tail.findLast((line) => line.trim() !== '');
    return [tail ? `${why}  (${clean(tail)})` : why];
  }
  const next = ended.outcome === 'stopped' ? 'pawl resume goes on; ' : '';
  const kept = run.counts.kept;
  const home = kept > 0 ? `pawl adopt brings home ${kept === 1 ? 'what was kept' : `the ${kept} kept`}` : '';
  return [
    ...(home
      ? [`${endWords(ended.outcome, why)}. ${next}q leaves; ${home}`, `${next}q leaves; ${home}`]
      : []),
    `${endWords(ended.outcome, why)}. ${next}q leaves; pawl list, pawl show N`,
    `${endWords(ended.outcome, why)}. ${next}q leaves`,
    `${next}q leaves; pawl list, pawl show N`,
  ];
}

// The last one is cut where even that is too wide.
function firstThatFits(texts: string[], columns: number): string {
  return texts.find((text) => width(text) <= columns) ?? texts.at(-1)!;
}

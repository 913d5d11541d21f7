import type { RunState } from '../../journal/state.ts';
import { attemptWords, replyPath } from '../../protocol/attempt-words.ts';
import { clean } from '../../protocol/clean.ts';
import type { ModelStream } from '../live.ts';
import type { Row } from '../spans.ts';
import { wrapLine } from '../text/wrap.ts';

const heading = '── ';
const written = 'the proposal: ';

/** Who of a panel has the word now; null where one model speaks for itself. */
export function speaking(model: ModelStream, run: RunState): string | null {
  const e = run.experiments[model.n];
  if ((e?.proposer ?? run.proposer?.kind) !== 'panel' || model.stage !== 'generating') return null;
  const at = model.answer.lastIndexOf(heading);
  const name = at < 0 ? undefined : /^(.{1,60}?) ──/.exec(model.answer.slice(at + heading.length))?.[1];
  if (name === undefined) return null;
  if (name.startsWith(written)) return `writing the idea of ${clean(name.slice(written.length))}`;
  return name === 'chair' ? 'the chair chooses' : `${clean(name)} speaks`;
}

/** Why it is asked again, whose reply that was, and where it is kept. */
export function refusalRows(run: RunState, model: ModelStream, columns: number, low: boolean): Row[] {
  const refusal = model.attempt > 1 ? run.experiments[model.n]?.refusals.at(-1) : undefined;
  if (!refusal) return [];
  const rows: Row[] = [
    [
      { text: `${clean(attemptWords(refusal))} refused: `, tone: 'warn' },
      { text: clean(refusal.why), tone: 'fg' },
    ],
  ];
  if (!low)
    for (const text of wrapLine(`its reply: ${replyPath(run, model.n)}`, columns))
      rows.push([{ text, tone: 'dim' }]);
  return rows;
}

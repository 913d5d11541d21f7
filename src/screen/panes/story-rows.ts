import type { Experiment, RunState } from '../../journal/state.ts';
import { predictionWords } from '../../loop/predictions.ts';
import { attemptWords, replyPath } from '../../protocol/attempt-words.ts';
import { clean } from '../../protocol/clean.ts';
import type { Row } from '../spans.ts';
import { duration, number } from '../text/format.ts';
import { type Inner, paragraph } from './content.ts';

/** What came of a past experiment's proposal. */
export function story(e: Experiment, run: RunState, inner: Inner): Row[] {
  const rows: Row[] = [];
  const say = (label: string, text: string) => {
    if (text === '') return;
    rows.push([{ text: label, tone: 'dim' }], ...paragraph(clean(text), inner.width, 'fg', 6));
  };
  say('hypothesis', e.n === 0 ? 'Unchanged code, measured to compare with.' : e.hypothesis);
  const came = predictionWords(run, e.n);
  say('expected', `${e.expect ?? ''}${came === null ? '' : `; ${came}`}`);
  if (e.arm?.persona) say('proposed by', `${e.arm.persona}, in a panel on ${e.arm.model ?? 'one model'}`);
  for (const refusal of e.refusals) say(`${clean(attemptWords(refusal))} refused`, refusal.why);
  if (e.refusals.length > 0 && e.arm?.model) say('what it replied', replyPath(run, e.n));
  for (const trial of e.trials)
    rows.push([
      { text: `trial ${trial.k + 1} ${trial.role}  `, tone: 'dim' },
      { text: trial.outcome === 'ok' ? number(trial.metric) : (trial.outcome ?? 'running'), tone: 'fg' },
      { text: `  ${duration(trial.seconds)}`, tone: 'dim' },
    ]);
  say(e.verdict ?? 'not decided', e.why);
  if (e.n === 0 && run.settings) say('command', run.settings.command);
  if (e.n === 0 && run.settings?.evaluate) say('evaluate', run.settings.evaluate);
  return rows.slice(0, inner.height);
}

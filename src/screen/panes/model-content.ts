import type { Experiment, RunState } from '../../journal/state.ts';
import type { LiveState, ModelStream } from '../live.ts';
import type { Row } from '../spans.ts';
import { clean, cleanLines } from '../text/clean.ts';
import { duration, number } from '../text/format.ts';
import { wrapLines } from '../text/wrap.ts';
import { constant } from '../what-text.ts';
import { barred, empty, type Inner, type PaneContent, paragraph } from './content.ts';

export interface ModelInput {
  run: RunState;
  model: ModelStream | null;
  phase: LiveState['phase']['phase'];
  /** A past experiment to tell about instead of the live stream. */
  past: Experiment | null;
  scroll: number;
}

/** What the model writes, thinking apart from answer; or, for the past, what was proposed and what came of it. */
export function modelContent({ run, model, phase, past, scroll }: ModelInput, inner: Inner): PaneContent {
  if (past) return { title: past.n === 0 ? 'baseline' : `#${past.n}`, rows: story(past, run, inner) };
  if (!model) return { rows: idle(run, phase, inner) };
  const head = [statusRow(model, inner.width)];
  if (model.note) head.push([{ text: clean(model.note), tone: 'warn' }]);
  const text = streamRows(model, inner.width);
  const height = inner.height - head.length;
  const most = Math.max(0, text.length - height);
  const to = text.length - Math.min(scroll, most);
  return {
    title: `${clean(model.name)}  #${model.n}${model.attempt > 1 ? ` attempt ${model.attempt}` : ''}`,
    rows: [...head, ...text.slice(Math.max(0, to - height), to)],
    most,
    ...(scroll > 0 ? { aside: 'reading' } : {}),
  };
}

function statusRow(m: ModelStream, columns: number): Row {
  const parts: Row[] = [];
  const writing = m.stage === 'loading' || m.stage === 'generating';
  parts.push([
    { text: m.stage === 'loading' ? 'loading the model' : m.stage, tone: writing ? 'live' : 'dim' },
  ]);
  if (m.tokens > 0) parts.push([{ text: `${m.tokens} tokens`, tone: 'dim' }]);
  if (m.tokensPerSecond !== null) parts.push([{ text: `${m.tokensPerSecond.toFixed(1)}/s`, tone: 'dim' }]);
  if (m.numCtx !== null) {
    const used = (m.promptTokens ?? 0) + m.tokens;
    const share = Math.round((used / m.numCtx) * 100);
    parts.push([
      { text: `context ${share}% of ${Math.round(m.numCtx / 1024)}k`, tone: share > 90 ? 'warn' : 'dim' },
    ]);
  }
  return barred(parts, columns);
}

function streamRows(m: ModelStream, columns: number): Row[] {
  const rows: Row[] = wrapLines(cleanLines(m.thinking.trimEnd()), columns).map((text) => [
    { text, tone: 'dim' },
  ]);
  if (m.thinking === '') rows.length = 0;
  if (m.answer !== '') {
    if (rows.length > 0) rows.push([]);
    for (const text of wrapLines(cleanLines(m.answer.trimEnd()), columns))
      rows.push([{ text, tone: answerTone(text) }]);
  }
  return rows;
}

function answerTone(text: string): 'accent' | 'fg' {
  return /^(HYPOTHESIS|EXPECT|EDIT|WHOLE|SEARCH|REPLACE|<<<<<<<|=======|>>>>>>>)/.test(text)
    ? 'accent'
    : 'fg';
}

function idle(run: RunState, phase: ModelInput['phase'], inner: Inner): Row[] {
  const proposer = run.proposer;
  if (proposer && proposer.kind !== 'ollama' && proposer.kind !== 'hybrid') {
    const constants = run.experiments.findLast((e) => e?.constants.length)?.constants ?? [];
    return [
      ...empty(inner, `The ${proposer.kind} proposes; no model is needed.`, [clean(proposer.why)]),
      ...(constants.length > 0 ? [[] as Row] : []),
      ...constants.map(
        (c): Row => [
          { text: `${clean(c.name)} `, tone: 'fg' },
          { text: `${constant(c.from)} → `, tone: 'dim' },
          { text: constant(c.to), tone: 'accent' },
        ],
      ),
    ].slice(0, inner.height);
  }
  return empty(
    inner,
    phase === 'baseline' ? 'The model waits: the baseline comes first.' : 'The model has not been asked yet.',
    ['What it thinks and writes streams here.'],
  );
}

function story(e: Experiment, run: RunState, inner: Inner): Row[] {
  const rows: Row[] = [];
  const say = (label: string, text: string) => {
    if (text === '') return;
    rows.push([{ text: label, tone: 'dim' }], ...paragraph(clean(text), inner.width, 'fg', 6));
  };
  say('hypothesis', e.n === 0 ? 'Unchanged code, measured to compare with.' : e.hypothesis);
  say('expected', e.expect ?? '');
  for (const refusal of e.refusals) say(`attempt ${refusal.attempt} refused`, refusal.why);
  for (const trial of e.trials)
    rows.push([
      { text: `trial ${trial.k + 1} ${trial.role}  `, tone: 'dim' },
      { text: trial.outcome === 'ok' ? number(trial.metric) : (trial.outcome ?? 'running'), tone: 'fg' },
      { text: `  ${duration(trial.seconds)}`, tone: 'dim' },
    ]);
  say(e.verdict ?? 'not decided', e.why);
  if (e.n === 0 && run.settings) say('command', run.settings.command);
  return rows.slice(0, inner.height);
}

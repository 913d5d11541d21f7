import type { Experiment, RunState } from '../../journal/state.ts';
import { predictionNote } from '../../loop/predictions.ts';
import { clean, cleanLines } from '../../protocol/clean.ts';
import { formWords } from '../../protocol/words.ts';
import { applyRate } from '../apply-rate.ts';
import { gauge } from '../gauge.ts';
import { keyOf } from '../keys/bindings.ts';
import type { LiveState, ModelStream } from '../live.ts';
import { formNow } from '../reply-form.ts';
import type { Row } from '../spans.ts';
import { clock } from '../text/format.ts';
import { wrapLines } from '../text/wrap.ts';
import { barred, empty, type Inner, type PaneContent } from './content.ts';
import { refusalRows, speaking } from './panel-voices.ts';
import { story } from './story-rows.ts';
import { tunerContent } from './tuner-content.ts';

export interface ModelInput {
  run: RunState;
  model: ModelStream | null;
  tuner: LiveState['tuner'];
  lease: LiveState['lease'];
  phase: LiveState['phase']['phase'];
  /** A past experiment to tell about instead of the live stream. */
  past: Experiment | null;
  /** Thinking is shown whole. */
  thinking: boolean;
  scroll: number;
  /** For how long the model is being loaded, seconds; null = it is not. */
  loadingFor?: number | null;
}

/** What the proposer does: a model's thinking and answer apart, the tuner's reckoning; or what came of a past proposal. */
export function modelContent(input: ModelInput, inner: Inner): PaneContent {
  const { run, model, past, scroll } = input;
  if (past) return { title: past.n === 0 ? 'baseline' : `#${past.n}`, rows: story(past, run, inner) };
  const kind = proposerNow(run);
  // In a mixture the model may write ahead while the tuner's experiment runs.
  const writes = model !== null && isAhead(model, run) && model.stage !== 'done';
  if (kind === 'tuner' && !writes) return tunerContent(run, input.tuner, scroll, inner);
  if (!model)
    return { rows: idle(run, input.phase, inner), ...(kind === 'human' ? { title: 'you propose' } : {}) };
  // In a low pane what the model writes matters more than how it fares.
  const low = inner.height < 12;
  const head = [statusRow(model, input, inner.width, low)];
  if (!low)
    head.push(
      ...contextRow(model, inner),
      ...rateRow(run, inner),
      ...formRow(run, model.name, inner),
      ...promiseRow(run, inner.width),
    );
  const choice = run.experiments[model.n]?.choice;
  if (choice && !low) head.push([{ text: `asked because  ${clean(choice)}`, tone: 'dim' }]);
  head.push(...refusalRows(run, model, inner.width, low));
  if (model.note && model.note !== 'thinking') head.push([{ text: clean(model.note), tone: 'warn' }]);
  head.length = Math.min(head.length, Math.max(1, inner.height - 3));
  const text = streamRows(model, input.thinking, inner.width);
  const gap: Row[] = low ? [] : [[]];
  const height = inner.height - head.length - gap.length;
  const most = Math.max(0, text.length - height);
  const to = text.length - Math.min(scroll, most);
  return {
    title: `${clean(model.name)}  #${model.n}${model.attempt > 1 ? ` attempt ${model.attempt}` : ''}`,
    rows: [...head, ...gap, ...text.slice(Math.max(0, to - height), to)],
    most,
    ...(scroll > 0 ? { aside: 'reading' } : {}),
  };
}

/** Whether it writes for a later experiment than the one that stands. */
const isAhead = (m: ModelStream, run: RunState) => run.current !== null && m.n > run.current;

/** Who proposes now: in a mixture, who made the latest proposal. */
function proposerNow(run: RunState): string {
  const kind = run.proposer?.kind ?? 'ollama';
  return kind === 'hybrid' ? (run.experiments.findLast((e) => e && e.n > 0)?.proposer ?? 'ollama') : kind;
}

function statusRow(m: ModelStream, input: ModelInput, columns: number, withContext: boolean): Row {
  const { run, lease, phase } = input;
  const writing = m.stage === 'loading' || m.stage === 'generating';
  // A model that was swapped out is not there, whatever it did last.
  const away = lease?.sharing === 'swap' && lease.holder === 'trial' && !writing;
  // Beside a trial, or while it is loaded anyway.
  const ahead = isAhead(m, run);
  const stage = away
    ? 'unloaded: the trial has the GPU'
    : m.stage === 'loading'
      ? `loading the model${input.loadingFor == null ? '' : ` ${clock(input.loadingFor)}`}`
      : m.stage === 'generating' && m.note === 'thinking'
        ? `thinking${ahead ? ` ahead for #${m.n}` : ''}`
        : ahead && (m.stage === 'generating' || m.stage === 'done')
          ? `${m.stage === 'done' ? 'written' : 'writing'} ahead for #${m.n}`
          : m.stage === 'done' && phase !== 'proposing'
            ? 'idle'
            : (speaking(m, run) ?? m.stage);
  const parts: Row[] = [[{ text: stage, tone: writing ? 'live' : 'dim' }]];
  if (m.tokens > 0) parts.push([{ text: `${m.tokens} tokens`, tone: 'dim' }]);
  if (m.tokensPerSecond !== null) parts.push([{ text: `${m.tokensPerSecond.toFixed(1)}/s`, tone: 'dim' }]);
  if (withContext && m.numCtx !== null) {
    const share = ((m.promptTokens ?? 0) + m.tokens) / m.numCtx;
    parts.push([
      {
        text: `context ${Math.round(share * 100)}% of ${thousands(m.numCtx)}`,
        tone: share > 0.9 ? 'warn' : 'dim',
      },
    ]);
  }
  // A low pane has no row for the form.
  const form = withContext ? formNow(run, m.name) : null;
  if (form)
    parts.push([
      {
        text: `${formWords[form.form]} ${form.applied} of ${form.replies}`,
        tone: form.applied * 2 < form.replies ? 'warn' : 'dim',
      },
    ]);
  return barred(parts, columns);
}

/** How much of the model's context is used. */
function contextRow(m: ModelStream, inner: Inner): Row[] {
  if (m.numCtx === null) return [];
  const used = (m.promptTokens ?? 0) + m.tokens;
  const share = used / m.numCtx;
  const bar = Math.max(6, Math.min(24, inner.width - 34));
  return [
    [
      { text: 'context ', tone: 'dim' },
      ...gauge(share, bar, share > 0.9 ? 'warn' : 'accent'),
      { text: ` ${thousands(used)} of ${thousands(m.numCtx)}`, tone: 'fg' },
      { text: `, ${Math.round(share * 100)}%`, tone: share > 0.9 ? 'warn' : 'dim' },
    ],
  ];
}

function thousands(tokens: number): string {
  return tokens < 1000 ? String(tokens) : `${(tokens / 1024).toFixed(tokens < 10_240 ? 1 : 0)}k`;
}

/** How many of its replies could be applied: in the run, and lately. */
function rateRow(run: RunState, inner: Inner): Row[] {
  const all = applyRate(run);
  if (!all) return [];
  const lately = applyRate(run, 10);
  const share = Math.round((all.applied / all.replies) * 100);
  const parts: Row[] = [
    [
      { text: 'applied ', tone: 'dim' },
      { text: `${all.applied} of ${all.replies}`, tone: share < 60 ? 'warn' : 'fg' },
      { text: ` replies, ${share}%`, tone: 'dim' },
    ],
  ];
  if (lately && lately.replies < all.replies)
    parts.push([{ text: `last ten: ${lately.applied} of ${lately.replies}`, tone: 'dim' }]);
  for (const [code, times] of all.refused.slice(0, 2))
    parts.push([{ text: `${clean(code)} ${times}×`, tone: 'dim' }]);
  return [barred(parts, inner.width)];
}

/** The form that it is asked for, and why, where that was changed. */
function formRow(run: RunState, model: string, inner: Inner): Row[] {
  const now = formNow(run, model);
  if (!now) return [];
  const parts: Row[] = [
    [
      { text: 'asked for ', tone: 'dim' },
      { text: formWords[now.form], tone: 'fg' },
    ],
    [{ text: `applied ${now.applied} of its last ${now.replies}`, tone: 'dim' }],
  ];
  if (now.why) parts.push([{ text: `since #${now.since}: ${clean(now.why)}`, tone: 'dim' }]);
  return [barred(parts, inner.width)];
}

/** What its promises were worth. */
function promiseRow(run: RunState, columns: number): Row[] {
  const note = predictionNote(run);
  if (note === null) return [];
  const [said = '', ...means] = note.split(/[;,] /);
  const parts: Row[] = [
    [
      { text: 'expectations ', tone: 'dim' },
      { text: said, tone: 'fg' },
    ],
  ];
  for (const text of means) parts.push([{ text, tone: 'dim' }]);
  return [barred(parts, columns)];
}

function streamRows(m: ModelStream, whole: boolean, columns: number): Row[] {
  const rows: Row[] = [];
  if (m.thinking !== '') {
    const lines = cleanLines(m.thinking.trimEnd());
    const words = m.thinking.split(/\s+/).length;
    rows.push([
      { text: whole ? '▾ thinking' : '▸ thinking', tone: 'title' },
      { text: `  about ${words} words, ${keyOf('thinking')} ${whole ? 'folds' : 'shows'} it`, tone: 'dim' },
    ]);
    // Folded, its last line still tells that something goes on.
    const shown = whole
      ? wrapLines(lines, columns)
      : m.answer === ''
        ? wrapLines(lines.slice(-1), columns).slice(-2)
        : [];
    for (const text of shown) rows.push([{ text, tone: 'dim' }]);
  }
  if (m.answer !== '') {
    if (rows.length > 0) rows.push([]);
    for (const text of wrapLines(cleanLines(m.answer.trimEnd()), columns))
      rows.push([{ text, tone: answerTone(text) }]);
  }
  return rows;
}

function answerTone(text: string): 'accent' | 'fg' {
  return /^(── |HYPOTHESIS|EXPECT|EDIT|WHOLE|SEARCH|REPLACE|<<<<<<<|=======|>>>>>>>)/.test(text)
    ? 'accent'
    : 'fg';
}

function idle(run: RunState, phase: ModelInput['phase'], inner: Inner): Row[] {
  if (proposerNow(run) === 'human')
    return empty(inner, 'You propose: no model is asked.', [clean(run.proposer?.why ?? '')]);
  if (run.held && run.held.by === 'engine')
    return empty(inner, 'The model is not asked while the run is held.', [
      clean(run.held.reason),
      clean(run.held.next ?? ''),
    ]);
  return empty(
    inner,
    phase === 'baseline' ? 'The model waits: the baseline comes first.' : 'The model has not been asked yet.',
    ['What it thinks and writes streams here, with its speed and how much of its context is used.'],
  );
}

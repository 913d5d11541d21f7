import { judgedTrials, meanMetric } from '../journal/judged-trials.ts';
import type { Experiment, RunState } from '../journal/state.ts';
import { clean } from '../protocol/clean.ts';
import { settingChangeWords } from '../protocol/setting-changes.ts';
import { endWords, labelOf } from '../protocol/words.ts';
import { experimentLook } from './glyphs.ts';
import { changeOf } from './selectors.ts';
import type { Row } from './spans.ts';
import { number, percent, timeOfDay } from './text/format.ts';

/** Something that happened, for the events pane and the message row. */
export interface Happening {
  at: string;
  row: Row;
}

const mostExperiments = 400;

const remembered = new WeakMap<RunState, Happening[]>();

/** What happened in the run, newest first. Worked out once for each state: the message row asks at every frame. */
export function happenings(run: RunState): Happening[] {
  const known = remembered.get(run);
  if (known) return known;
  const fresh = collect(run);
  remembered.set(run, fresh);
  return fresh;
}

function collect(run: RunState): Happening[] {
  const out: Happening[] = [];
  for (const e of run.experiments.slice(-mostExperiments))
    if (e?.verdict && e.endedAt) out.push(decided(e, run), ...measuredAgain(e));
  for (const move of run.moves)
    if (move.cause !== 'kept')
      out.push(told(move.at, 'accent', `champion is ${labelOf(move.n)}: ${move.why}`));
  for (const turn of run.turns) out.push(told(turn.at, 'accent', `plateau: ${turn.why}`));
  for (const { at, text } of run.personaNews) out.push(told(at, 'accent', `panel: ${text}`));
  for (const note of run.notes)
    out.push(
      told(
        note.at,
        'fg',
        `${note.withdrawn ? 'note withdrawn' : note.sticky ? 'sticky note' : 'note'}: ${note.text}`,
      ),
    );
  for (const act of run.acts)
    out.push(told(act.at, 'fg', `you: ${act.act}${act.detail ? ` ${act.detail}` : ''}`));
  if (run.held)
    out.push(told(run.held.at, 'warn', run.held.by === 'user' ? 'held by you' : `held: ${run.held.reason}`));
  for (const { at, recovered, changed } of run.recoveries) {
    out.push(told(at, 'dim', 'run resumed'));
    for (const change of changed ?? [])
      out.push(told(at, change.holds ? 'accent' : 'warn', settingChangeWords(change)));
    for (const text of recovered) out.push(told(at, 'warn', `recovered: ${text}`));
  }
  for (const { at, text } of run.warnings) out.push(told(at, 'warn', text));
  if (run.startedAt) out.push(told(run.startedAt, 'dim', `run ${run.tag} started`));
  if (run.offered && run.verified) out.push(told(run.verified.at, 'title', run.offered.why));
  if (run.verified) out.push(told(run.verified.at, 'title', run.verified.why));
  if (run.ended) out.push(told(run.ended.at, 'title', `run ${endWords(run.ended.outcome, run.ended.why)}`));
  return out.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

function decided(e: Experiment, run: RunState): Happening {
  const look = experimentLook(e);
  // As it was decided: what is measured later is a line of its own, not another past.
  const { metric, gain } = e.asDecided ?? e;
  const change = gain === null || e.n === 0 ? null : changeOf(run, gain);
  const measured =
    metric === null ? '' : ` ${number(metric)}${change?.relative ? ` (${percent(change.value)})` : ''}`;
  const what = e.n === 0 ? e.why : e.hypothesis || e.why;
  return {
    at: e.endedAt!,
    row: [
      { text: `${timeOfDay(e.endedAt!)} `, tone: 'dim' },
      { text: `${look.glyph} ${labelOf(e.n)} ${e.n === 0 ? '' : e.verdict}`.trimEnd(), tone: look.tone },
      { text: measured, tone: look.tone },
      { text: `  ${clean(what)}`, tone: 'dim' },
    ],
  };
}

/** The trials after the verdict: the champion checked once more, or what the user wanted to see again. */
function measuredAgain(e: Experiment): Happening[] {
  const out: Happening[] = [];
  for (const [at, { outcome, role, metric, endedAt }] of e.trials.entries()) {
    if (endedAt === null || endedAt <= e.endedAt! || (role !== 'champion' && role !== 'confirm')) continue;
    const judged = judgedTrials(e.trials.slice(0, at + 1));
    const said =
      outcome === 'ok' && metric !== null
        ? `${number(metric)}, now ${number(meanMetric(judged))} in the mean of ${judged.length}`
        : (outcome ?? 'no number');
    out.push(told(endedAt, 'accent', `${labelOf(e.n)} measured again: ${said}`));
  }
  return out;
}

function told(at: string, tone: Row[number]['tone'], text: string): Happening {
  return {
    at,
    row: [
      { text: `${timeOfDay(at)} `, tone: 'dim' },
      { text: clean(text), tone },
    ],
  };
}

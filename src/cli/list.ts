import { lockHolder } from '../engine/lock-holder.ts';
import { measuredSoFar } from '../journal/judged-trials.ts';
import type { Experiment, RunState } from '../journal/state.ts';
import { earlyAccount, earlySentence } from '../loop/early-account.ts';
import { plainNumber } from '../loop/plain-number.ts';
import { powerOf, powerSentence } from '../loop/power.ts';
import { predictionNote } from '../loop/predictions.ts';
import { shortSigmas } from '../loop/sentences.ts';
import { barLine, summary } from '../plain/event-line.ts';
import { clean } from '../protocol/clean.ts';
import { verdictWord } from '../protocol/words.ts';
import type { CommandInput } from './command.ts';
import { failedSince, loadRun, runTags } from './find-runs.ts';
import { armKey, listArms } from './list-arms.ts';
import { asTyped } from './own-command.ts';
import { ownProject } from './own-project.ts';
import { say, sayJson } from './print.ts';
import { cutOff } from './run-over.ts';

/** `pawl list` */
export async function run(input: CommandInput): Promise<number> {
  const dir = await ownProject(input);
  const json = input.options.json === true;
  if (input.options.runs) {
    for (const tag of runTags(dir)) {
      const { state } = loadRun(dir, tag);
      // No end in the journal: it runs, or it was cut off.
      const ended = state.ended?.outcome ?? (lockHolder(dir)?.tag === tag ? goingOn(state) : 'cut off');
      const row = {
        tag,
        branch: state.branch,
        startedAt: state.startedAt,
        state: ended,
        sandbox: state.sandbox?.level ?? null,
        summary: summary(state),
      };
      if (json) sayJson(row);
      else say(`${tag.padEnd(12)} ${ended.padEnd(9)} ${row.summary}`);
    }
    return 0;
  }
  const { state } = loadRun(dir, input.options.tag as string | undefined);
  const by = input.options.by as string | undefined;
  if (by !== undefined) {
    listArms(state, armKey(by), json);
    return 0;
  }
  if (json) {
    for (const e of state.experiments) sayJson(e);
    return 0;
  }
  say(`run ${state.tag} on ${state.branch}: ${summary(state)}`);
  const lives = lockHolder(dir)?.tag === state.tag;
  if (!lives && !state.ended) say(asTyped(cutOff(state)));
  for (const line of failure(state)) say(line);
  if (input.options.tag === undefined) for (const line of failedSince(dir, state.tag)) say(line);
  if (state.sandbox) say(`sandbox: ${state.sandbox.level === 'off' ? 'off, ' : ''}${state.sandbox.why}`);
  for (const line of troubles(state, lives)) say(line);
  const bar = barLine(state);
  const champion = state.experiments[state.champion.n];
  if (bar) say(bar);
  if (state.verified?.claim && champion?.metric != null)
    say(
      `the claim is of fresh runs; below is what each was decided by, where #${champion.n} showed ${plainNumber(champion.metric, 6)}`,
    );
  if (state.champion.n > 0 && !state.verified) say('not verified yet: pawl verify measures the gain afresh');
  for (const line of judgements(state)) say(line);
  say('');
  say(`    #  verdict        ${(state.settings?.metric.name ?? 'metric').padEnd(10)}  sigmas  commit   what`);
  for (const e of state.experiments) say(row(e, state.champion.n));
  return 0;
}

/** Why a run failed, with the last that its command printed; nothing for all other runs. */
function failure({ ended }: RunState): string[] {
  if (ended?.outcome !== 'failed') return [];
  const printed = ended.tail.filter((line) => line.trim() !== '').slice(-3);
  return [
    `failed: ${clean(ended.why)}`,
    ...printed.map((line) => `  ${clean(line)}`),
    asTyped('pawl show 0 has the rest. Mend it, then start afresh: pawl run'),
  ];
}

const goingOn = (state: RunState) => (state.held ? 'held' : 'running');

/** Warnings that are listed; the screen's events have them all. */
const mostWarnings = 3;

/** What holds the run, what the machine spoilt, and what the user was warned of. @param lives an engine owns it */
function troubles({ held, experiments, ended, warnings }: RunState, lives: boolean): string[] {
  const spoilt = experiments.flatMap((e) => e.trials).filter((t) => t.contaminated !== null).length;
  const trials = spoilt === 1 ? '1 trial was' : `${spoilt} trials were`;
  const out: string[] = [];
  if (held && lives && !ended) {
    const since = new Date(held.at).toTimeString().slice(0, 5);
    out.push(clean(`held since ${since}: ${held.reason}${held.next ? `. ${held.next}` : ''}`));
  }
  if (spoilt > 0)
    out.push(`${trials} spoilt by the machine (busy, or hot) and run again; they count for nothing`);
  for (const { at, text } of warnings.slice(-mostWarnings))
    out.push(clean(`warned at ${new Date(at).toTimeString().slice(0, 5)}: ${text}`));
  const more = warnings.length - mostWarnings;
  if (more > 0) out.push(`${more} earlier ${more === 1 ? 'warning' : 'warnings'} (events of the screen)`);
  return out;
}

/** How sharp the measurement is, what early stop saved, what the model's promises are worth. */
function judgements(state: RunState): string[] {
  const power = powerOf(state.experiments);
  const early = earlyAccount(state.experiments);
  const promises = predictionNote(state);
  return [
    ...(power ? [powerSentence(power)] : []),
    ...(early ? [earlySentence(early)] : []),
    ...(promises ? [`the model's expectations: ${promises}`] : []),
  ];
}

function row(e: Experiment, champion: number): string {
  const mark = e.n === champion ? '>' : ' ';
  const shown = e.metric ?? measuredSoFar(e);
  const metric = shown === null ? '-' : plainNumber(shown, 7);
  const z = e.z === null || e.n === 0 ? '' : shortSigmas(e.z);
  const what = e.n === 0 ? 'baseline' : e.hypothesis || e.why;
  return `${mark} ${String(e.n).padStart(3)}  ${(verdictWord(e.verdict, e.trials.at(-1)?.outcome ?? null) || 'open').padEnd(13)}  ${metric.padEnd(10)}  ${z.padStart(6)}  ${(e.sha ?? '').slice(0, 7).padEnd(7)}  ${clean(what)}`;
}

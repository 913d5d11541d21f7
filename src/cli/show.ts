import { existsSync, readFileSync } from 'node:fs';
import { lockHolder } from '../engine/lock-holder.ts';
import { experimentPaths } from '../engine/paths.ts';
import { judgedTrials, measuredSoFar, whyOpen } from '../journal/judged-trials.ts';
import type { Experiment, RunState, Smoke } from '../journal/state.ts';
import { timeText, whText } from '../loop/amounts.ts';
import { plainNumber } from '../loop/plain-number.ts';
import { predictionWords } from '../loop/predictions.ts';
import { barLine } from '../plain/event-line.ts';
import { attemptWords } from '../protocol/attempt-words.ts';
import { clean } from '../protocol/clean.ts';
import { UserError } from '../protocol/failure.ts';
import { maskSecrets } from '../protocol/secrets.ts';
import { tailOf } from '../trial/log-tail.ts';
import type { CommandInput } from './command.ts';
import { experimentNumber } from './experiment-number.ts';
import { loadRun } from './find-runs.ts';
import { ownProject } from './own-project.ts';
import { say, sayJson } from './print.ts';
import { talkLines } from './talk-lines.ts';

const tailLines = 20;

/** `pawl show <n>` */
export async function run(input: CommandInput): Promise<number> {
  const n = experimentNumber(input.args[0]);
  if (n === null)
    throw new UserError('pawl show takes the number of an experiment, such as `pawl show 3`. See: pawl list');
  const project = await ownProject(input);
  const { state, dir } = loadRun(project, input.options.tag as string | undefined);
  const e = state.experiments[n];
  if (!e)
    throw new UserError(
      `run ${state.tag} has no experiment ${n}; it has 0 to ${state.experiments.length - 1}`,
    );
  const files = experimentPaths(dir, n);
  const diff = existsSync(files.diff) ? readFileSync(files.diff, 'utf8') : '';
  const lastTrial = e.trials.at(-1);
  const lastSmoke = e.smokes.findLast((s) => !s.champion);
  const log = lastTrial ? files.log(lastTrial.k) : lastSmoke ? files.smokeLog(lastSmoke.attempt) : null;
  const tail = log && existsSync(log) ? (await tailOf(log, tailLines)).map(maskSecrets) : [];
  if (input.options.json) {
    const paths = { prompt: files.prompt, reply: files.reply, log };
    sayJson({ ...e, diff, tail, files: paths });
    return 0;
  }
  const lives = lockHolder(project)?.tag === state.tag;
  const lines = [
    `#${e.n} ${e.n === 0 ? 'baseline' : e.hypothesis || '(no proposal)'}`,
    e.verdict === null
      ? openLine(e, whyOpen(state, lives))
      : `${e.verdict.toUpperCase()}${e.confidence ? ` (${e.confidence})` : ''}: ${e.why}`,
    ...(e.expect ? [`expected: ${e.expect}${scored(state, e.n)}`] : []),
    ...(e.n === state.champion.n ? barText(state) : []),
    ...(e.n > 0 ? [`by:       ${armText(e)}`] : []),
    ...(e.choice ? [`asked:    ${e.choice}`] : []),
    ...(e.sha
      ? [
          `commit:   ${e.sha} (parent ${e.parent.slice(0, 10)}), +${e.added} -${e.removed} ${e.files.join(', ')}`,
        ]
      : []),
    ...e.refusals.map((r) => `refused:  ${attemptWords(r)}: ${r.why}`),
    ...e.smokes.map(smokeLine),
    ...(e.trials.length > 0 ? ['', 'Trials'] : []),
    ...e.trials.map(
      (t) =>
        `  ${t.k}  ${t.role.padEnd(9)}  ${(t.outcome ?? (lives ? 'running' : 'cut off')).padEnd(9)}  ${t.metric ?? '-'}  ${t.seconds?.toFixed(1) ?? '-'}s` +
        `${t.peakRssMiB ? `  ${Math.round(t.peakRssMiB)} MiB` : ''}${t.peakVramMiB ? `  VRAM ${Math.round(t.peakVramMiB)} MiB` : ''}${t.why ? `  ${t.contaminated === null ? '' : 'contaminated: '}${t.why}` : ''}`,
    ),
    ...metricLines(e),
    ...(diff
      ? [
          '',
          'Diff',
          ...diff
            .trimEnd()
            .split('\n')
            .map((l) => `  ${l}`),
        ]
      : []),
    ...(tail.length > 0
      ? [
          '',
          `Log of ${lastTrial ? `trial ${lastTrial.k}` : `the smoke run of attempt ${lastSmoke!.attempt}`}, last ${tail.length} lines (all: ${log})`,
          ...tail.map((l) => `  ${l}`),
        ]
      : []),
    '',
    ...(input.options.talk ? talkLines(files) : []),
    ...(existsSync(files.prompt) ? [`Prompt and reply: ${files.prompt}, ${files.reply}`] : []),
  ];
  say(lines.map(clean).join('\n'));
  return 0;
}

/** `smoke:    attempt 1: crashed after 0.4s: ReferenceError: x is not defined` */
function smokeLine({ attempt, outcome, why, seconds, champion }: Smoke): string {
  const whose = champion ? ' (of the champion, to compare)' : '';
  const how = outcome === 'lived' ? 'no crash in' : `${outcome} after`;
  const because = outcome === 'lived' || why === null ? '' : `: ${why}`;
  return `smoke:    attempt ${attempt}${whose}: ${how} ${seconds.toFixed(1)}s${because}`;
}

/** `OPEN: 1.2345 after 1 run, not decided yet: the run was stopped; pawl resume goes on` */
function openLine(e: Experiment, still: string | null): string {
  const shown = measuredSoFar(e);
  const runs = judgedTrials(e.trials).length;
  const sofar =
    shown === null ? '' : `${plainNumber(shown, 7)} after ${runs} ${runs === 1 ? 'run' : 'runs'}, `;
  return `${still === null ? 'RUNNING' : 'OPEN'}: ${sofar}not decided yet${still === null ? '' : `: ${still}`}`;
}

function barText(state: RunState): string[] {
  const line = barLine(state);
  return line ? [`champion: ${line}`] : [];
}

function scored(state: RunState, n: number): string {
  const words = predictionWords(state, n);
  return words === null ? '' : `; ${words}`;
}

/** `qwen3:8b, asked for 31 s`, and who else was asked. */
function armText(e: Experiment): string {
  const name = ({ proposer, model, persona }: Experiment['arm']) =>
    `${model ?? (proposer === 'human' ? 'you' : proposer)}${persona ? ` as ${persona}` : ''}`;
  const asked = e.asked.map(
    (a) =>
      `${name(a.arm)}, ${a.replies === 1 ? '1 reply' : `${a.replies} replies`} in ${timeText(a.seconds)}${a.energyWh === null ? '' : `, ${whText(a.energyWh)}`}`,
  );
  const by = asked.length > 0 ? asked.join('; ') : name((e.edited ?? e).arm);
  return e.edited ? `${by}; edited by you` : by;
}

function metricLines(e: Experiment): string[] {
  const metrics = Object.entries(e.trials.findLast((t) => t.outcome === 'ok')?.metrics ?? {});
  if (metrics.length === 0) return [];
  return [
    '',
    'Metrics of the last good trial',
    ...metrics.map(([name, value]) => `  ${name.padEnd(18)} ${value}`),
  ];
}

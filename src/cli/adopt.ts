import { lineage } from '../engine/revert-plan.ts';
import type { Experiment, RunState } from '../journal/state.ts';
import { clean } from '../protocol/clean.ts';
import { UserError } from '../protocol/failure.ts';
import { type Adopted, adoptCommits } from '../workspace/adopt-commits.ts';
import { askYes } from './ask-yes.ts';
import type { CommandInput } from './command.ts';
import { experimentNumber } from './experiment-number.ts';
import { loadRun } from './find-runs.ts';
import { ownProject } from './own-project.ts';
import { say, sayJson, tell } from './print.ts';

/** `pawl adopt [tag]` */
export async function run(input: CommandInput): Promise<number> {
  const dir = await ownProject(input);
  const { state } = loadRun(dir, input.args[0]);
  const chosen = chooseExperiments(state, input.options.only as string | undefined);
  const named = input.options.branch as string | undefined;
  const branch = named ?? `adopted/${state.tag}`;
  const doubtful = chosen.filter((e) => e.verdict !== 'kept');
  if (doubtful.length > 0 && input.options.yes !== true) {
    const lines = doubtful.map(notKept);
    const unasked = `${lines.join('\n')}\nNothing was changed. To take ${doubtful.length === 1 ? 'it' : 'them'} all the same: --yes`;
    for (const line of process.stdin.isTTY && process.stdout.isTTY ? lines : []) tell(line);
    if (!(await askYes(`Take ${doubtful.length === 1 ? 'it' : 'them'} all the same?`, unasked))) {
      say('nothing was changed');
      return 0;
    }
  }
  const commits: Adopted[] = chosen.map((e) => ({
    n: e.n,
    sha: e.sha!,
    message: messageOf(e, state),
    standsOn: lineage(state, e.n)
      .filter((n) => n > 0 && n !== e.n)
      .map((n) => ({ n, files: state.experiments[n]!.files })),
  }));
  const result = await adoptCommits({
    projectDir: dir,
    tag: state.tag,
    base: state.base,
    branch,
    commits,
    mustBeNew: named === undefined,
    squash: input.options.squash === true ? squashMessage(chosen, state) : null,
  });
  if (input.options.json) {
    sayJson({ branch, ...result, doubts: doubtsOf(state, chosen) });
    return 0;
  }
  const count = new Set(result.made.map(({ sha }) => sha)).size;
  const already = result.already.map((n) => `#${n}`).join(', ');
  if (already !== '') say(`${already} ${result.already.length === 1 ? 'is' : 'are'} on ${branch} already`);
  say(
    `adopted ${result.made.map(({ n }) => `#${n}`).join(', ')}: ${count} ${count === 1 ? 'commit' : 'commits'} on ` +
      `${result.before === null ? 'the new branch' : 'your branch'} ${branch}, on top of ${result.onto.slice(0, 10)}.\n` +
      `Your checkout is as it was. Look:  git log -p ${result.onto.slice(0, 10)}..${branch}\n` +
      `Take it over:  git merge ${branch}`,
  );
  for (const line of doubtsOf(state, chosen)) say(line);
  return 0;
}

/** What is not sure of what was adopted, and how to measure it: nobody should merge luck unawares. */
export function doubtsOf(state: RunState, chosen: readonly Experiment[]): string[] {
  const unsure = chosen
    .filter((e) => e.verdict === 'kept' && e.confidence === 'provisional')
    .map((e) => `#${e.n}`);
  const { verified, tag } = state;
  return [
    ...(unsure.length > 0
      ? [
          `${unsure.join(', ')} ${unsure.length === 1 ? 'is' : 'are'} provisional (?): kept on little evidence, perhaps partly luck`,
        ]
      : []),
    verified?.claim
      ? `The run as a whole: ${verified.why}`
      : `Not verified: the gain was not measured on fresh runs yet. Measure it:  pawl verify ${tag}`,
  ];
}

/** `#99 was not kept (discarded): its curve has exploded` */
export function notKept(e: Experiment): string {
  const why = e.why ? `: ${oneLine(e.why)}` : '';
  return `#${e.n} was not kept (${e.verdict ?? 'not decided yet'})${why}`;
}

/** All that the champion stands on, or the named ones, oldest first. @throws UserError */
export function chooseExperiments(state: RunState, only: string | undefined): Experiment[] {
  if (only === undefined) {
    const kept = lineage(state, state.champion.n).filter((n) => n > 0);
    if (kept.length === 0)
      throw new UserError(
        `run ${state.tag} has kept nothing, so there is nothing to adopt. See: pawl list ${state.tag}`,
      );
    return kept.map((n) => state.experiments[n]!);
  }
  const numbers = only.split(',').map((text) => ({ text, n: experimentNumber(text.trim()) }));
  const chosen = numbers.map(({ text, n }) => {
    const e = n === null ? undefined : state.experiments[n];
    if (n === null || !e)
      throw new UserError(`--only ${only}: there is no experiment '${text.trim()}' in run ${state.tag}`);
    if (n === 0) throw new UserError('--only 0: the baseline is your own code already');
    if (e.sha === null)
      throw new UserError(`--only ${n}: #${n} has no commit (${e.verdict ?? 'not decided yet'})`);
    return e;
  });
  return [...new Set(chosen)].sort((a, b) => a.n - b.n);
}

/** The commit message: what was tried, what it brought, and where it comes from, as git trailers. */
export function messageOf(e: Experiment, state: RunState): string {
  const subject = oneLine(e.hypothesis) || `Experiment ${e.n} of run ${state.tag}`;
  const short = subject.length <= 72 ? subject : `${subject.slice(0, 71)}…`;
  return [
    short,
    ...(short === subject ? [] : ['', subject]),
    '',
    `${oneLine(e.why)}`,
    '',
    `Pawl-Run: ${state.tag}`,
    `Pawl-Experiment: ${e.n}`,
    ...metricTrailers(state, before(state, e), e.metric),
    `Pawl-Commit: ${e.sha}`,
    '',
  ].join('\n');
}

function squashMessage(chosen: readonly Experiment[], state: RunState): string {
  const first = chosen[0]!;
  return [
    `${chosen.length} ${chosen.length === 1 ? 'change' : 'changes'} of pawl run ${state.tag}`,
    '',
    ...chosen.map((e) => `- #${e.n} ${oneLine(e.hypothesis)}`),
    '',
    `Pawl-Run: ${state.tag}`,
    ...chosen.map((e) => `Pawl-Experiment: ${e.n}`),
    ...metricTrailers(state, before(state, first), chosen.at(-1)!.metric),
    ...chosen.map((e) => `Pawl-Commit: ${e.sha}`),
    '',
  ].join('\n');
}

/** The number of what an experiment stood on. */
function before(state: RunState, e: Experiment): number | null {
  return state.experiments.find((other) => other.sha === e.parent)?.metric ?? null;
}

function metricTrailers(state: RunState, from: number | null, to: number | null): string[] {
  if (from === null || to === null) return [];
  const name = oneLine(state.settings?.metric.name ?? 'metric');
  const change =
    from === 0 ? '' : ` (${to >= from ? '+' : ''}${(((to - from) / Math.abs(from)) * 100).toFixed(2)} %)`;
  const number = (x: number) => String(Number(x.toPrecision(7)));
  return [`Pawl-Metric: ${name} ${number(from)} -> ${number(to)}${change}`];
}

const oneLine = (text: string) => clean(text).replace(/\s+/g, ' ').trim();

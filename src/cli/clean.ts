import { size } from '../doctor/look-at-machine.ts';
import { runPaths } from '../engine/engine-options.ts';
import { lockHolder } from '../engine/lock-holder.ts';
import { UserError } from '../protocol/failure.ts';
import { removeRunRefs, removeRunWorktree, runInGit } from '../workspace/forget-run.ts';
import { removeStubborn } from '../workspace/leftovers.ts';
import { askYes } from './ask-yes.ts';
import { type CleanWishes, planRun, type RunPlan } from './clean-plan.ts';
import type { CommandInput } from './command.ts';
import { runTags } from './find-runs.ts';
import { ownProject } from './own-project.ts';
import { say, sayJson } from './print.ts';

/** Less than this is shown as 0.0 MiB. */
const shownBytes = 0.05 * 1_048_576;

/** `pawl clean [tag]` */
export async function run(input: CommandInput): Promise<number> {
  const dir = await ownProject(input);
  const json = input.options.json === true;
  const wishes = {
    logs: input.options.logs === true,
    outputs: input.options.outputs === true,
    runs: input.options.runs === true,
  };
  const plans: RunPlan[] = [];
  for (const tag of tagsToClean(dir, input)) plans.push(planRun(dir, tag, await runInGit(dir, tag), wishes));
  const bytes = plans.flatMap(({ freed }) => freed).reduce((sum, part) => sum + part.bytes, 0);
  const dry = input.options['dry-run'] === true;
  // Scraps that nobody has asked for by name are nothing to ask about.
  const scraps = bytes < shownBytes && !wishes.logs && !wishes.outputs && !wishes.runs;
  const work = scraps ? [] : plans.filter(({ freed }) => freed.length > 0);
  if (json) for (const plan of plans) sayJson({ ...plan, dryRun: dry });
  if (work.length === 0) {
    if (!json) {
      for (const line of planLines(plans.map((plan) => ({ ...plan, freed: [] })))) say(line);
      say('nothing to free');
      for (const line of await optionLines(dir, plans, wishes)) say(line);
    }
    return 0;
  }
  if (!json) for (const line of planLines(plans)) say(line);
  if (!json) say(`${dry ? 'would free' : 'frees'} ${size(bytes / 1_048_576)}`);
  if (dry) return 0;
  if (input.options.yes !== true && !(await agreed())) {
    say('nothing was removed');
    return 0;
  }
  for (const plan of work) for (const note of await carryOut(dir, plan)) if (!json) say(note);
  return 0;
}

/** The runs that may be cleaned, oldest first: never one that is going on, never the newest ones to be kept. */
function tagsToClean(dir: string, input: CommandInput): string[] {
  const tags = runTags(dir);
  const wanted = input.args[0];
  const running = lockHolder(dir)?.tag;
  if (wanted !== undefined) {
    if (!tags.includes(wanted))
      throw new UserError(`there is no run '${wanted}'. Runs here: ${tags.join(', ') || 'none'}`);
    if (wanted === running) throw new UserError(`run ${wanted} is going on. Stop it first: pawl stop`, 3);
    return [wanted];
  }
  const text = input.options['keep-last'] as string | undefined;
  // Of whole runs the newest one stays unless told: it is the one that the user thinks of.
  const keep = text === undefined ? (input.options.runs === true ? 1 : 0) : Number(text);
  if (!Number.isInteger(keep) || keep < 0)
    throw new UserError(`--keep-last '${text}' is not a number of runs`);
  return tags.slice(0, Math.max(0, tags.length - keep)).filter((tag) => tag !== running);
}

/** What the options that were not given would free, for who finds that nothing goes without them. */
async function optionLines(dir: string, plans: readonly RunPlan[], wishes: CleanWishes): Promise<string[]> {
  const none = { logs: false, outputs: false, runs: false };
  const lines: string[] = [];
  for (const option of ['logs', 'outputs', 'runs'] as const) {
    if (wishes[option]) continue;
    let bytes = 0;
    // Of whole runs the newest stays unless told, as when it is asked for.
    const tags = option === 'runs' && plans.length > 1 ? plans.slice(0, -1) : plans;
    for (const { tag } of option === 'runs' && plans.length === 1 ? [] : tags)
      for (const part of planRun(dir, tag, await runInGit(dir, tag), { ...none, [option]: true }).freed)
        bytes += part.bytes;
    if (bytes >= shownBytes) lines.push(`pawl clean --${option} would free ${size(bytes / 1_048_576)}`);
  }
  return lines;
}

function planLines(plans: readonly RunPlan[]): string[] {
  const width = Math.max(4, ...plans.map(({ tag }) => tag.length));
  return plans.flatMap(({ tag, freed, stays }) => [
    ...freed.map(
      ({ what, bytes, detail }) =>
        `${tag.padEnd(width)}  ${what.padEnd(8)}  ${size(bytes / 1_048_576).padStart(9)}${detail ? `  ${detail}` : ''}`,
    ),
    ...stays.map((why) => `${tag.padEnd(width)}  stays     ${why}`),
  ]);
}

const agreed = () =>
  askYes('Remove it?', 'pawl clean removes only what you agree to: look with --dry-run, then say --yes');

/** @returns what has to be told. */
async function carryOut(dir: string, plan: RunPlan): Promise<string[]> {
  // Planned a moment ago; somebody may have resumed it since.
  if (lockHolder(dir)?.tag === plan.tag) return [`${plan.tag} is going on now: left alone`];
  await removeRunWorktree(dir, plan.tag, runPaths(dir, plan.tag).worktree);
  const notes: string[] = [];
  if (plan.whole) {
    const git = await runInGit(dir, plan.tag);
    const stays =
      git.adopted.size === 0 ? await removeRunRefs(dir, git) : `${plan.tag} was adopted: its refs stay`;
    if (stays !== null) notes.push(stays);
  }
  for (const { paths } of plan.freed) for (const path of paths) await removeStubborn(path);
  return notes;
}

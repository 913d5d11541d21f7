import type { EventBody, ItemResults } from '../protocol/events.ts';
import type { Settings } from '../protocol/settings.ts';
import { toScore } from './score.ts';

/** One judged run of one code state. */
export interface Run {
  /** The metric as measured. */
  readonly y: number;
  /** PAWL_SEED of the trial; missing where the journal does not say. */
  readonly seed?: number;
  /** What the guards watch, by guard name; a missing one was not printed. */
  readonly guards: Readonly<Record<string, number>>;
  /** Which items of a rubric passed, where the script says. */
  readonly items?: ItemResults;
}

/** Repeats of one code state. A closed group is from before the machine changed under it: noise yes, level no. */
export interface Group {
  readonly n: number;
  readonly closed: boolean;
  readonly kept: boolean;
  /** The latest runs, oldest first. */
  readonly runs: readonly Run[];
  /** All runs there ever were. */
  readonly taken: number;
}

/** More than any estimate uses; older runs of a group are forgotten. */
const maxRuns = 16;
/** Groups remembered: enough for the noise, and for going back to what was kept. */
const maxGroups = 256;

/** The run that a finished trial gave, or null when it gave nothing that may be judged. */
export function runOf(
  event: EventBody<'trial.ended'>,
  settings: Pick<Settings, 'metric' | 'guards'>,
  seed: number | null,
): Run | null {
  if (event.outcome !== 'ok' || event.metric === null || !Number.isFinite(event.metric)) return null;
  const { scale, direction } = settings.metric;
  if (scale === 'log' && toScore(event.metric, 'log', direction) === null) return null;
  const guards: Record<string, number> = {};
  for (const { name } of settings.guards) {
    const value = event.metrics[name] ?? watchedByUs(name, event);
    if (value !== null && Number.isFinite(value)) guards[name] = value;
  }
  return {
    y: event.metric,
    guards,
    ...(seed === null ? {} : { seed }),
    ...(event.items ? { items: event.items } : {}),
  };
}

// What pawl measures of every trial can be guarded without the script printing it.
function watchedByUs(name: string, event: EventBody<'trial.ended'>): number | null {
  if (name === 'peak_vram_mb') return event.peakVramMiB;
  if (name === 'peak_rss_mb') return event.peakRssMiB;
  if (name === 'seconds') return event.seconds;
  return null;
}

/** The runs that say where experiment `n` stands now. */
export function runsOf(groups: readonly Group[], n: number): readonly Run[] {
  return groups.findLast((g) => g.n === n && !g.closed)?.runs ?? [];
}

/** How often experiment `n` was measured: the next fresh seed index. */
export function timesMeasured(groups: readonly Group[], n: number): number {
  let times = 0;
  for (const g of groups) if (g.n === n) times += g.taken;
  return times;
}

/** Adds a run to the open group of `n`. `protect` lists experiments that must not be forgotten. */
export function addRun(
  groups: readonly Group[],
  n: number,
  run: Run,
  protect: readonly number[],
): readonly Group[] {
  const at = groups.findLastIndex((g) => g.n === n && !g.closed);
  if (at >= 0) {
    const group = groups[at]!;
    return groups.with(at, { ...group, runs: [...group.runs, run].slice(-maxRuns), taken: group.taken + 1 });
  }
  const more = [...groups, { n, closed: false, kept: false, runs: [run], taken: 1 }];
  if (more.length <= maxGroups) return more;
  // Least worth first: a single run that was not kept teaches neither noise nor a bar to go back to.
  const free = (g: Group) => g.n !== n && g.n !== 0 && !protect.includes(g.n);
  let out = more.findIndex((g) => free(g) && !g.kept && g.runs.length < 2);
  if (out < 0) out = more.findIndex((g) => free(g) && !g.kept);
  if (out < 0) out = more.findIndex(free);
  return more.toSpliced(Math.max(out, 0), 1);
}

/** Marks the open group of `n` as kept. */
export function markKept(groups: readonly Group[], n: number): readonly Group[] {
  return groups.map((g) => (g.n === n && !g.kept ? { ...g, kept: true } : g));
}

/** Ends the open group of `n`: what comes now was measured in another world. */
export function closeGroup(groups: readonly Group[], n: number): readonly Group[] {
  return groups.map((g) => (g.n === n && !g.closed ? { ...g, closed: true } : g));
}

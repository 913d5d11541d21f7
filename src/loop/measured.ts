import type { EventBody, ItemResults } from '../protocol/events.ts';
import type { Settings } from '../protocol/settings.ts';
import { type Load, loadOf } from './load.ts';
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
  /** What else the machine did, where that is known. */
  readonly load?: Load;
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
  const load = loadOf(event.conditions);
  return {
    y: event.metric,
    guards,
    ...(seed === null ? {} : { seed }),
    ...(event.items ? { items: event.items } : {}),
    ...(load === null ? {} : { load }),
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
  const at = openGroup(groups, n);
  return at < 0 ? [] : groups[at]!.runs;
}

// Asked for several times of every trial of a long past: a plain loop takes a third of findLastIndex.
function openGroup(groups: readonly Group[], n: number): number {
  for (let i = groups.length - 1; i >= 0; i--) if (groups[i]!.n === n && !groups[i]!.closed) return i;
  return -1;
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
  const at = openGroup(groups, n);
  if (at >= 0) {
    const group = groups[at]!;
    return groups.with(at, { ...group, runs: [...group.runs, run].slice(-maxRuns), taken: group.taken + 1 });
  }
  const fresh: Group = { n, closed: false, kept: false, runs: [run], taken: 1 };
  if (groups.length < maxGroups) return [...groups, fresh];
  // In one list: with toSpliced and push this was most of the rubbish that a long past makes when it is folded.
  const next = groups.slice();
  const last = next.length - 1;
  for (let i = leastWorth(groups, n, protect); i < last; i++) next[i] = next[i + 1]!;
  next[last] = fresh;
  return next;
}

/** Least worth first: a single run that was not kept teaches neither noise nor a bar to go back to. */
function leastWorth(groups: readonly Group[], n: number, protect: readonly number[]): number {
  let once = -1;
  let unkept = -1;
  let any = -1;
  for (let i = 0; i < groups.length && once < 0; i++) {
    const g = groups[i]!;
    if (g.n === n || g.n === 0 || protect.includes(g.n)) continue;
    if (any < 0) any = i;
    if (g.kept) continue;
    if (unkept < 0) unkept = i;
    if (g.runs.length < 2) once = i;
  }
  if (once >= 0) return once;
  return unkept >= 0 ? unkept : Math.max(any, 0);
}

/** Marks the open group of `n` as kept. */
export function markKept(groups: readonly Group[], n: number): readonly Group[] {
  return groups.map((g) => (g.n === n && !g.kept ? { ...g, kept: true } : g));
}

/** Ends the open group of `n`: what comes now was measured in another world. */
export function closeGroup(groups: readonly Group[], n: number): readonly Group[] {
  return groups.map((g) => (g.n === n && !g.closed ? { ...g, closed: true } : g));
}

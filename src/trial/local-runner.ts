import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { type Box, type BoxEnd, openBox, usualMostProcesses } from './box.ts';
import { createCurveParser } from './curve.ts';
import { insideEnvironment, trialEnvironment } from './environment.ts';
import { createItemParser, type ItemParser } from './items.ts';
import { type FileStamp, readJsonMetric, stampJson } from './json-metric.ts';
import { type LadderDelays, ladderDelays } from './ladder.ts';
import { createErrorSearch } from './last-error.ts';
import { DiskWatch } from './limits.ts';
import { followLog, type LogTail } from './log-tail.ts';
import { createMetricParser } from './metrics.ts';
import { judge } from './outcome.ts';
import type { RunningTrial, TrialResult, TrialRunner, TrialSpec, TrialWatcher } from './runner.ts';
import { sweepLeftovers } from './sweep.ts';
import { createWallSearch } from './wall-hint.ts';
import { noShelter, type Shelter, wallsFor } from './walls.ts';
import { fullDiskAmong, prepareWorkplace } from './workplace.ts';

export interface LocalRunnerOptions {
  /** The user's environment; default the process's own. */
  env?: NodeJS.ProcessEnv;
  /** Signals' spacing; default 10 s and 5 s. */
  delays?: LadderDelays;
  /** A log that grows beyond this ends the trial, bytes; default 200 MiB. */
  maxLogBytes?: number;
  /** More processes than this at one time end the trial; default 2000. */
  maxProcesses?: number;
  /** Memory of all processes together that ends the trial, bytes; default 90 % of the machine's. */
  maxMemoryBytes?: number;
  /** Less free space than this ends the trial, bytes; see DiskWatch. */
  leastFreeBytes?: number;
  /** How long processes that outlive the command may take to go by themselves, ms; default 200. */
  lingerMs?: number;
  /** What goes around the command; default nothing. */
  shelter?: Shelter;
}

const defaultMaxLogBytes = 200 * 1024 * 1024;

/** Runs trials on this machine, in the sandbox where there is one. */
export function createLocalRunner(options: LocalRunnerOptions = {}): TrialRunner {
  const settled = {
    env: options.env ?? process.env,
    delays: options.delays ?? ladderDelays,
    maxLogBytes: options.maxLogBytes ?? defaultMaxLogBytes,
    maxProcesses: options.maxProcesses ?? usualMostProcesses,
    maxMemoryBytes: options.maxMemoryBytes ?? 0.9 * totalmem(),
    leastFreeBytes: options.leastFreeBytes,
    lingerMs: options.lingerMs ?? 200,
    shelter: options.shelter ?? noShelter,
  };
  return {
    start: (spec, watcher) => startTrial(spec, watcher, settled),
    sweep: sweepLeftovers,
  };
}

type Settled = Required<Omit<LocalRunnerOptions, 'leastFreeBytes'>> & {
  leastFreeBytes: number | undefined;
};

async function startTrial(spec: TrialSpec, watcher: TrialWatcher, options: Settled): Promise<RunningTrial> {
  const { settings } = spec;
  const parsers = {
    metrics: createMetricParser(settings.metric),
    items: createItemParser(),
    curve: createCurveParser(settings.progress, settings.metric.name),
    errors: createErrorSearch(),
    walls: options.shelter.bwrap === null ? null : createWallSearch(),
  };
  const logFile = await prepareWorkplace(spec.cwd, spec.logPath, [spec.outDir, spec.cacheDir]);
  let startedAt = performance.now();
  let box: Box;
  let tail: LogTail | undefined;
  let disk: DiskWatch | undefined;
  let stamps: FileStamp[] = [];
  let toldBroken = false;
  try {
    if (settings.metric.json !== null) stamps = await stampJson(settings.metric.json, spec.cwd, spec.outDir);
    tail = await followLog(spec.logPath, options.maxLogBytes, {
      segments(batch) {
        parsers.metrics.push(batch);
        parsers.items.push(batch);
        parsers.curve.push(batch, (performance.now() - startedAt) / 1000);
        parsers.errors.push(batch);
        parsers.walls?.push(batch);
      },
      display(lines, live, dropped) {
        const points = parsers.curve.fresh();
        if (points.length > 0) watcher.curve(points, parsers.curve.of());
        if (parsers.curve.broken() && !toldBroken) {
          toldBroken = true;
          watcher.broken?.(parsers.curve.result().firstNonFinite);
        }
        watcher.log(lines, live, dropped);
      },
    });
    const id = randomUUID();
    disk = new DiskWatch(
      [spec.outDir, spec.cacheDir, spec.cwd],
      options.leastFreeBytes,
      settings.maxOutputBytes,
    );
    const walls = wallsFor(options.shelter, {
      grounds: spec.grounds ?? null,
      cwd: spec.cwd,
      writable: [spec.outDir, spec.cacheDir],
      pinned: true,
      env: options.env,
    });
    const env = trialEnvironment(spec, options.env);
    box = await openBox({
      walls,
      command: spec.command,
      cwd: spec.cwd,
      env: { ...(walls.kind === 'none' ? env : insideEnvironment(env, spec.cacheDir)), PAWL_TRIAL_ID: id },
      mark: `PAWL_TRIAL_ID=${id}`,
      logPath: await realpath(spec.logPath),
      logFd: logFile.fd,
      maxLogBytes: options.maxLogBytes,
      maxProcesses: options.maxProcesses,
      ...(settings.contaminatedAfterMs === undefined ? {} : { leastLoadMs: settings.contaminatedAfterMs }),
      maxMemoryBytes: options.maxMemoryBytes,
      disk,
      timeoutMs: settings.timeoutMs,
      delays: options.delays,
      lingerMs: options.lingerMs,
      onMemory: (rssMiB) => watcher.memory(rssMiB),
    });
    startedAt = box.startedAt;
  } catch (error) {
    await tail?.finish();
    await logFile.close();
    throw error;
  }
  const reading = tail;

  const collect = async (): Promise<TrialResult> => {
    const end = await box.ended;
    await reading.finish();
    const { size: logBytes } = await logFile.stat();
    // A flood, or a hole as large as the disk: nobody reads more of it than this.
    if (logBytes > options.maxLogBytes) await logFile.truncate(options.maxLogBytes);
    await logFile.close();
    const fullDisk = await fullDiskAmong([dirname(spec.logPath), spec.outDir, spec.cwd]);
    const filledDisk = (end.cause === 'disk-flood' || fullDisk !== null) && (await disk!.isOwnDoing());
    // The worktree is brought back before the next trial; nothing else would ever empty these two.
    if (filledDisk || end.cause === 'output-flood') await disk!.clear([spec.outDir, spec.cacheDir]);
    return report(spec, options, end, parsers, stamps, logBytes, {
      fullDisk,
      filledDisk,
      most: disk!.mostBytes,
    });
  };
  return { process: box.process, stop: box.stop, waited: () => box.load().waited, result: collect() };
}

interface Parsers {
  metrics: ReturnType<typeof createMetricParser>;
  items: ItemParser;
  curve: ReturnType<typeof createCurveParser>;
  errors: ReturnType<typeof createErrorSearch>;
  /** Null without a sandbox. */
  walls: ReturnType<typeof createWallSearch> | null;
}

async function report(
  spec: TrialSpec,
  options: Settled,
  end: BoxEnd,
  parsers: Parsers,
  stamps: FileStamp[],
  logBytes: number,
  written: { fullDisk: string | null; filledDisk: boolean; most: number },
): Promise<TrialResult> {
  const { name, json } = spec.settings.metric;
  const found = parsers.metrics.result();
  const curve = parsers.curve.result();
  let { metric, note } = found;
  let items = parsers.items.result();
  if (json !== null) {
    const read = await readJsonMetric(json, spec.cwd, spec.outDir, stamps);
    metric = read.value;
    note = read.why;
    items = read.items ?? items;
    if (metric !== null && Number.isFinite(metric)) found.metrics[name] = metric;
    else delete found.metrics[name];
  }
  const judged = judge({
    end,
    metric,
    metricName: name,
    printed: Object.keys(found.metrics),
    metricNote: note,
    errorLine: parsers.errors.line(),
    wallHint: parsers.walls?.hint() ?? null,
    nonFinite: { count: curve.nonFinite, step: curve.firstNonFinite },
    fullDisk: written.fullDisk,
    timeoutMs: spec.settings.timeoutMs,
    maxLogBytes: options.maxLogBytes,
    maxProcesses: options.maxProcesses,
    maxMemoryBytes: options.maxMemoryBytes,
    filledDisk: written.filledDisk,
    maxOutputBytes: written.most,
  });
  return {
    ...judged,
    metric: judged.outcome === 'ok' ? metric : null,
    metrics: found.metrics,
    ...(items && judged.outcome === 'ok' ? { items } : {}),
    seconds: end.seconds,
    exit: end.exit,
    signal: end.signal,
    peakRssMiB: end.peakRssMiB,
    peakVramMiB: null,
    curve: curve.points,
    ...(curve.of === null ? {} : { curveOf: curve.of }),
    logBytes,
    swept: end.swept,
    conditions: { gpus: [], ...end.load },
  };
}

import { randomUUID } from 'node:crypto';
import { appendFile, realpath } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { type Box, openBox, usualMostProcesses } from './box.ts';
import { insideEnvironment, trialEnvironment } from './environment.ts';
import { evaluatesLine, openEvaluation } from './evaluation.ts';
import { type FileStamp, stampJson } from './json-metric.ts';
import { type LadderDelays, ladderDelays } from './ladder.ts';
import { DiskWatch } from './limits.ts';
import { followLog, type LogTail } from './log-tail.ts';
import type { RunningTrial, TrialResult, TrialRunner, TrialSpec, TrialWatcher } from './runner.ts';
import { sweepLeftovers } from './sweep.ts';
import { readOutput, reportOn } from './trial-report.ts';
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
  const output = readOutput(spec, options.shelter.bwrap !== null);
  const logFile = await prepareWorkplace(spec.cwd, spec.logPath, [spec.outDir, spec.cacheDir]);
  let startedAt = performance.now();
  /** Opens a box for one program of the trial: its own processes, the same files. */
  const open = async (command: string, timeoutMs: number): Promise<Box> => {
    const id = randomUUID();
    const walls = wallsFor(options.shelter, {
      grounds: spec.grounds ?? null,
      cwd: spec.cwd,
      writable: [spec.outDir, spec.cacheDir],
      pinned: true,
      env: options.env,
    });
    const env = trialEnvironment(spec, options.env);
    return openBox({
      walls,
      command,
      cwd: spec.cwd,
      env: { ...(walls.kind === 'none' ? env : insideEnvironment(env, spec.cacheDir)), PAWL_TRIAL_ID: id },
      mark: `PAWL_TRIAL_ID=${id}`,
      logPath: await realpath(spec.logPath),
      logFd: logFile.fd,
      maxLogBytes: options.maxLogBytes,
      maxProcesses: options.maxProcesses,
      ...(settings.contaminatedAfterMs === undefined ? {} : { leastLoadMs: settings.contaminatedAfterMs }),
      maxMemoryBytes: options.maxMemoryBytes,
      ...(disk ? { disk } : {}),
      timeoutMs,
      delays: options.delays,
      lingerMs: options.lingerMs,
      onMemory: (rssMiB) => watcher.memory(rssMiB),
    });
  };
  let box: Box;
  let tail: LogTail | undefined;
  let disk: DiskWatch | undefined;
  let stamps: FileStamp[] = [];
  let toldBroken = false;
  try {
    if (settings.metric.json !== null) stamps = await stampJson(settings.metric.json, spec.cwd, spec.outDir);
    tail = await followLog(spec.logPath, options.maxLogBytes, {
      segments(batch) {
        output.push(batch, (performance.now() - startedAt) / 1000);
      },
      display(lines, live, dropped) {
        const points = output.curve.fresh();
        if (points.length > 0) watcher.curve(points, output.curve.of());
        if (output.curve.broken() && !toldBroken) {
          toldBroken = true;
          watcher.broken?.(output.curve.result().firstNonFinite);
        }
        watcher.log(lines, live, dropped);
      },
    });
    disk = new DiskWatch(
      [spec.outDir, spec.cacheDir, spec.cwd],
      options.leastFreeBytes,
      settings.maxOutputBytes,
    );
    box = await open(spec.command, settings.timeoutMs);
    startedAt = box.startedAt;
  } catch (error) {
    await tail?.finish();
    await logFile.close();
    throw error;
  }
  const reading = tail;
  const evaluation = openEvaluation(box, {
    command: spec.evaluate ?? null,
    timeoutMs: settings.timeoutMs,
    open,
    async prepare() {
      const told = (await spec.beforeEvaluation?.()) ?? [];
      await logFile.write(`\n${told.map((line) => `[pawl] ${line}\n`).join('')}${evaluatesLine}\n`);
      await reading.catchUp();
      output.evaluatorSpeaks();
      if (settings.metric.json !== null)
        stamps = await stampJson(settings.metric.json, spec.cwd, spec.outDir);
    },
  });

  const collect = async (): Promise<TrialResult> => {
    const { end, evaluated, failure } = await evaluation.ended;
    await reading.finish();
    const { size: logBytes } = await logFile.stat();
    // A flood, or a hole as large as the disk: nobody reads more of it than this.
    if (logBytes > options.maxLogBytes) await logFile.truncate(options.maxLogBytes);
    const fullDisk = await fullDiskAmong([dirname(spec.logPath), spec.outDir, spec.cwd]);
    const filledDisk = (end.cause === 'disk-flood' || fullDisk !== null) && (await disk!.isOwnDoing());
    // The worktree is brought back before the next trial; nothing else would ever empty these two.
    if (filledDisk || end.cause === 'output-flood') await disk!.clear([spec.outDir, spec.cacheDir]);
    const result = await reportOn(spec, output, {
      end,
      stamps,
      logBytes,
      fullDisk,
      filledDisk,
      mostWritten: disk!.mostBytes,
      limits: options,
    });
    const judged =
      failure !== null
        ? ({ ...result, outcome: 'void', metric: null, why: failure } as const)
        : evaluated && result.outcome === 'crashed'
          ? { ...result, why: `evaluate: ${result.why}` }
          : result;
    // What the script says of the signal (KeyboardInterrupt, a traceback) would be taken for its own mistake.
    if (end.cause !== 'itself') {
      const line = `[pawl] ended by pawl: ${judged.why ?? judged.outcome}`;
      await appendLine(spec.logPath, line);
      watcher.log([line], null, 0);
    }
    await logFile.close();
    return judged;
  };
  return {
    process: box.process,
    stop: evaluation.stop,
    waited: () => box.load().waited,
    result: collect(),
  };
}

/** pawl's own last word in a log; where the disk does not take it, the verdict still says it. */
async function appendLine(logPath: string, line: string): Promise<void> {
  await appendFile(logPath, `\n${line}\n`).catch(() => {});
}

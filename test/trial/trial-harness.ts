import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { ProcessId } from '../../src/protocol/events.ts';
import { createLocalRunner, type LocalRunnerOptions } from '../../src/trial/local-runner.ts';
import { isAlive, isDead, readProcess } from '../../src/trial/process-table.ts';
import type { TrialSpec, TrialWatcher } from '../../src/trial/runner.ts';
import { plainMetric } from '../harness/plain-metric.ts';

/** Real folders of one test, removed after it. */
export function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-trial-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

export interface SpecChanges extends Partial<Omit<TrialSpec, 'settings'>> {
  timeoutMs?: number;
  metric?: Partial<TrialSpec['settings']['metric']>;
  progress?: string;
}

export function makeSpec(root: string, command: string, changes: SpecChanges = {}): TrialSpec {
  const { timeoutMs = 20_000, metric, progress = 'auto', ...rest } = changes;
  return {
    n: 7,
    k: 1,
    cwd: root,
    command,
    settings: {
      budgetMs: 5000,
      timeoutMs,
      progress,
      metric: { ...plainMetric('score'), ...metric },
    },
    logPath: join(root, 'logs', 'trial-1.log'),
    cacheDir: join(root, 'cache'),
    outDir: join(root, 'out'),
    cookie: `test-${process.pid}-${Math.random().toString(36).slice(2)}`,
    seed: 42,
    ...rest,
  };
}

/** What a watcher was told. */
export class Recorder implements TrialWatcher {
  lines: string[] = [];
  live: string | null = null;
  dropped = 0;
  logCalls = 0;
  points: unknown[] = [];
  rss: number[] = [];
  log(lines: string[], live: string | null, dropped: number): void {
    this.logCalls += 1;
    this.lines.push(...lines);
    this.live = live;
    this.dropped += dropped;
  }
  curve(points: unknown[]): void {
    this.points.push(...points);
  }
  memory(rssMiB: number): void {
    this.rss.push(rssMiB);
  }
}

export const quickDelays = { interruptMs: 150, terminateMs: 150 };

export async function start(command: string, changes: SpecChanges = {}, options: LocalRunnerOptions = {}) {
  const root = changes.cwd ?? folder();
  const spec = makeSpec(root, command, changes);
  const watcher = new Recorder();
  const trial = await createLocalRunner({ delays: quickDelays, ...options }).start(spec, watcher);
  return { root, spec, watcher, trial };
}

/** Runs to the end. */
export async function run(command: string, changes: SpecChanges = {}, options: LocalRunnerOptions = {}) {
  const started = await start(command, changes, options);
  const result = await started.trial.result;
  return { ...started, result };
}

/** Writes a Node script and gives the shell command that runs it. */
export function script(root: string, name: string, source: string): string {
  const path = join(root, `${name}.mjs`);
  writeFileSync(path, source);
  return `${JSON.stringify(process.execPath)} ${JSON.stringify(path)}`;
}

/** Waits for a condition instead of a time. */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  ms = 10_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await sleep(10);
  }
}

/** The number in a file that a process writes about itself; null until it is there. */
export function pidIn(path: string): number | null {
  try {
    const text = readFileSync(path, 'latin1');
    return text.endsWith('\n') ? Number(text) : null;
  } catch {
    return null;
  }
}

/** True while a process with this pid runs; zombies are dead. */
export function runs(pid: number): boolean {
  const row = readProcess(pid);
  return row !== null && !isDead(row);
}

/** Kills one exact process after the test, should the code under test have failed to. */
export function killAfterTest(id: ProcessId): void {
  onTestFinished(() => {
    if (isAlive(id)) process.kill(id.pid, 'SIGKILL');
  });
}

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JournalEvent } from '../../src/protocol/events.ts';
import { eventsIn, runFolder } from '../e2e/run-pawl.ts';
import { openSmallRun } from '../kills/small-run.ts';
import { faultsAfter, lookBefore } from '../kills/whole.ts';

/** What a long run costs, early and late. */
export interface Soak {
  experiments: number;
  seconds: number;
  /** Resident memory of the engine, MiB, and its open descriptors: when a tenth was done, and at the end. */
  rssMiB: { early: number; late: number; most: number };
  descriptors: { early: number; late: number; most: number };
  /** By how much each experiment of the second half has made the engine larger: a line through its samples. Bytes. */
  rssBytesPerExperiment: number;
  /** Median time per experiment that is neither trial nor proposer, ms, of the first and the last `window`. */
  overheadMs: { first: number; last: number };
  window: number;
  journalBytesPerExperiment: number;
  /** On disk, KiB per experiment: git's refs and objects, and the run's folder. */
  kibPerExperiment: { refs: number; git: number; run: number };
  faults: string[];
}

interface Sample {
  done: number;
  rssMiB: number;
  descriptors: number;
}

/** A night in fast motion: real engine, git and processes; trials and model answer at once. */
export async function soak(experiments: number, say: (line: string) => void = () => {}): Promise<Soak> {
  const run = await openSmallRun();
  try {
    const before = lookBefore(run);
    const began = performance.now();
    const pawl = run.start('run', '--headless', '-n', String(experiments), '--seed', '3');
    let over = false;
    const ended = pawl.ended.finally(() => {
      over = true;
    });
    const samples: Sample[] = [];
    while (!over) {
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 500))]);
      const pid = run.engine();
      const sample = pid === null ? null : look(pid, decidedSoFar(pawl.stdout()));
      if (!sample) continue;
      samples.push(sample);
      if (samples.length % 60 === 0)
        say(`${sample.done} experiments, ${sample.rssMiB} MiB, ${sample.descriptors} descriptors`);
    }
    const ran = await ended;
    const seconds = (performance.now() - began) / 1000;
    if (ran.code !== 0) throw new Error(`the run failed: ${ran.stderr}\n${ran.stdout.slice(-2000)}`);
    const folder = runFolder(run.project.directory);
    const events = eventsIn(run.project.directory);
    const window = Math.min(500, Math.floor(experiments / 3));
    const overheads = overheadOf(events);
    const early = samples.find((s) => s.done >= experiments / 10) ?? samples[0]!;
    const working = samples.filter((s) => s.done >= early.done);
    const late = working.at(-1)!;
    const most = (key: 'rssMiB' | 'descriptors') => Math.max(...working.map((s) => s[key]));
    const per = (kib: number) => Math.round((kib / experiments) * 10) / 10;
    const git = join(run.project.repository, '.git');
    return {
      experiments,
      seconds,
      rssMiB: { early: early.rssMiB, late: late.rssMiB, most: most('rssMiB') },
      descriptors: { early: early.descriptors, late: late.descriptors, most: most('descriptors') },
      rssBytesPerExperiment: Math.round(slopeOf(samples.filter((s) => s.done >= experiments / 2)) * 2 ** 20),
      overheadMs: { first: median(overheads.slice(0, window)), last: median(overheads.slice(-window)) },
      window,
      journalBytesPerExperiment: Math.round(statSync(join(folder, 'journal.jsonl')).size / experiments),
      kibPerExperiment: { refs: per(kib(join(git, 'refs'))), git: per(kib(git)), run: per(kib(folder)) },
      faults: faultsAfter(run, before).filter(
        (fault) => !fault.startsWith('orphan: ') || run.engine() === null,
      ),
    };
  } finally {
    await run.end();
  }
}

/** Least squares, MiB per experiment: one sample may fall just before a collection, and the next one just after. */
export function slopeOf(samples: readonly { done: number; rssMiB: number }[]): number {
  const middle = (of: (s: (typeof samples)[number]) => number) =>
    samples.reduce((sum, s) => sum + of(s), 0) / samples.length;
  const [done, rss] = [middle((s) => s.done), middle((s) => s.rssMiB)];
  const across = samples.reduce((sum, s) => sum + (s.done - done) ** 2, 0);
  return across === 0 ? 0 : samples.reduce((sum, s) => sum + (s.done - done) * (s.rssMiB - rss), 0) / across;
}

function look(pid: number, done: number): Sample | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const rss = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
    return { done, rssMiB: Math.round(rss / 1024), descriptors: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return null;
  }
}

const decidedSoFar = (out: string): number =>
  Number([...out.slice(-4000).matchAll(/#(\d+) /g)].at(-1)?.[1] ?? 0);

/** From one trial's start to the next one's, without the trial and the proposer; champion and baseline trials left out. */
function overheadOf(events: readonly JournalEvent[]): number[] {
  const at = (event: JournalEvent) => Date.parse(event.at);
  const proposed = new Map<number, number>();
  for (const e of events) if (e.type === 'experiment.proposed') proposed.set(e.n, e.seconds);
  const trials = events.filter((e) => e.type === 'trial.started' || e.type === 'trial.ended');
  return trials.flatMap((ended, i) => {
    const started = trials[i - 1];
    const next = trials[i + 1];
    if (ended.type !== 'trial.ended' || !started || next?.type !== 'trial.started') return [];
    if (next.role !== 'candidate' || next.n <= ended.n) return [];
    return [at(next) - at(started) - (ended.seconds + (proposed.get(next.n) ?? 0)) * 1000];
  });
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[sorted.length >> 1] ?? Number.NaN) * 10) / 10;
}

const kib = (path: string): number =>
  Number.parseInt(execFileSync('du', ['-sk', path], { cwd: dirname(path), encoding: 'utf8' }), 10);

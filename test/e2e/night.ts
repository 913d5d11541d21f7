import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockHolder } from '../../src/engine/lock-holder.ts';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { Script } from '../harness/fake-ollama/script.ts';
import { type FakeOllama, startFakeOllama } from '../harness/fake-ollama/start-fake-ollama.ts';
import {
  createTemporaryProject,
  type TemporaryProject,
  type TemporaryProjectOptions,
} from '../harness/temporary-project.ts';
import { eventsIn, type Ran, startPawl, tagsIn, until } from './run-pawl.ts';

/** A reply that sets one constant of the toy project. */
export const constant = (name: string, value: number | string, why = `I believe in ${name} ${value}`) =>
  `HYPOTHESIS: ${why}\nEXPECT: lower\nFAMILY: ${name.toLowerCase()}\nSET ${name} = ${value}\n`;

/** Replies that each make another experiment, for ever: learning rates that only come nearer to the best one. */
export const ever = (_: unknown, index: number): string =>
  constant('LEARNING_RATE', Number((0.03 + 0.001 * index).toFixed(3)));

export interface Night {
  project: TemporaryProject;
  ollama: FakeOllama;
  /** Trials of experiment `n` do not end until they are let go. */
  stay(n: number): void;
  letGo(n: number): void;
  /** Started pawl commands are ended with the night. */
  start(...args: string[]): ReturnType<typeof startPawl>;
  /** As `start`, with more in the environment. */
  startWith(env: Record<string, string>, ...args: string[]): ReturnType<typeof startPawl>;
  run(...args: string[]): Promise<Ran>;
  events(): JournalEvent[];
  /** The first event that fits, waited for. */
  event<T extends JournalEvent['type']>(
    type: T,
    fits?: (event: JournalEvent<T>) => boolean,
  ): Promise<JournalEvent<T>>;
  /** Process id of the engine that owns the project; null when none lives. */
  engine(): number | null;
  engineGone(): Promise<void>;
  killEngine(): Promise<void>;
  /** Processes that carry the run's cookie. */
  trialProcesses(): number[];
  end(): Promise<void>;
}

/** A project, a fake Ollama and short trials that a test can hold on to. */
export async function openNight(
  options: { script?: Script; project?: TemporaryProjectOptions; thinks?: boolean; models?: string[] } = {},
): Promise<Night> {
  const ollama = await startFakeOllama({
    models: (options.models ?? ['scripted:7b']).map((name) => ({
      name,
      ...(options.thinks ? { capabilities: ['completion', 'thinking'] } : {}),
    })),
    script: options.script ?? ever,
  });
  const project = createTemporaryProject({
    trialMs: 10,
    noise: 0.0005,
    ...options.project,
    env: { OLLAMA_HOST: ollama.url, ...options.project?.env },
    settings: {
      command: 'node train.mjs && while [ -e "$STAY/$PAWL_EXPERIMENT" ]; do sleep 0.02; done',
      proposer: 'ollama',
      ...options.project?.settings,
    },
  });
  const gates = join(project.home, 'stay');
  mkdirSync(gates);
  const place = { directory: project.directory, env: { ...project.env, STAY: gates } };
  const started: ReturnType<typeof startPawl>[] = [];
  const engine = () => lockHolder(project.directory)?.pid ?? null;
  const cookie = () => {
    for (const event of night.events()) if (event.type === 'run.started') return event.cookie;
    return null;
  };
  const night: Night = {
    project,
    ollama,
    stay: (n) => writeFileSync(join(gates, String(n)), ''),
    letGo: (n) => rmSync(join(gates, String(n)), { force: true }),
    start: (...args) => night.startWith({}, ...args),
    startWith(env, ...args) {
      const pawl = startPawl({ ...place, env: { ...place.env, ...env } }, ...args);
      started.push(pawl);
      return pawl;
    },
    run: (...args) => night.start(...args).ended,
    events: () => (tagsIn(project.directory).length > 0 ? eventsIn(project.directory) : []),
    event: <T extends JournalEvent['type']>(type: T, fits: (e: JournalEvent<T>) => boolean = () => true) =>
      until(
        `${type} in the journal`,
        () => night.events().find((e) => e.type === type && fits(e as never)) as JournalEvent<T> | undefined,
      ),
    engine,
    engineGone: async () => void (await until('the engine is gone', () => engine() === null)),
    async killEngine() {
      process.kill(engine()!, 'SIGKILL');
      await night.engineGone();
    },
    trialProcesses: () => {
      const run = cookie();
      return run === null ? [] : withEnvironment(`PAWL_RUN_ID=${run}`);
    },
    async end() {
      for (const { child } of started) if (child.exitCode === null) child.kill('SIGKILL');
      const pid = engine();
      for (const left of [...(pid === null ? [] : [pid]), ...night.trialProcesses()]) killIfAlive(left);
      for (const trial of night.trialProcesses()) killIfAlive(trial);
      await ollama.close();
      project.remove();
    },
  };
  return night;
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended between the look and the kill.
  }
}

/** Living processes that have this entry in their environment. */
export function withEnvironment(entry: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(entry) && lives(pid);
      } catch {
        return false;
      }
    });
}

/** Whether a process lives; a zombie does not. */
export function lives(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** What must hold of every journal, however often its engine was killed. */
export function journalFaults(events: readonly JournalEvent[]): string[] {
  const faults: string[] = [];
  const decided = new Map<number, number>();
  let started = -1;
  for (const [at, event] of events.entries()) {
    if (event.seq !== at + 1) faults.push(`seq ${event.seq} at line ${at + 1}`);
    if (event.type === 'experiment.started') {
      if (event.n !== started + 1) faults.push(`#${event.n} started after #${started}`);
      started = event.n;
    }
    if (event.type === 'experiment.decided') decided.set(event.n, (decided.get(event.n) ?? 0) + 1);
  }
  for (let n = 0; n <= started; n++) {
    const times = decided.get(n) ?? 0;
    if (times !== 1 && !(times === 0 && n === started)) faults.push(`#${n} was decided ${times} times`);
  }
  return faults;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lease } from '../../src/engine/lease.ts';
import { newOverlap, type Overlap } from '../../src/engine/overlap.ts';
import type { Session } from '../../src/engine/session.ts';
import { BusyMachine, openSurroundings, type Surroundings } from '../../src/engine/surroundings.ts';
import type { Conditions, EventBody } from '../../src/protocol/events.ts';
import type { EnvironmentFailure } from '../../src/protocol/failure.ts';
import type { Pulse } from '../../src/protocol/pulse.ts';
import { watchInputs } from '../../src/workspace/inputs.ts';
import { settings } from '../screen/fixtures.ts';
import { type OneGpu, oneGpu, sessionInMemory, trialEnded } from './one-gpu.ts';

let gpu: OneGpu;
let dir: string;
let session: Session;
let pulses: Pulse[];
let apart: string[];
let sharing: Lease['sharing'];
let around: Surroundings;
let overlap: Overlap;
let kills = 2;
const children: ChildProcess[] = [];

const quiet: Conditions = { gpus: [], foreignCores: 0.1, waited: 0 };

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'around-'));
  symlinkSync(dir, join(dir, 'data'));
  gpu = await oneGpu();
  ({ session, pulses } = sessionInMemory());
  apart = [];
  sharing = 'swap';
  session.append({
    type: 'run.started',
    tag: 't',
    project: dir,
    base: 'a',
    branch: 'pawl/t',
    settings: { ...settings, link: ['data'] },
    proposer: { kind: 'ollama', why: '', model: 'm' },
    sandbox: { level: 'off', why: '' },
    host: { cpus: 4, memoryMiB: 1, node: '', platform: '' },
    gpus: [{ name: 'RTX 4090', memoryMiB: 24564 }],
    seed: 1,
    version: '0',
    cookie: 'a-cookie',
    engine: { pid: process.pid, startTicks: null, bootId: null },
  });
  session.append({ type: 'experiment.started', n: 0, parent: 'a', proposer: 'human' });
  for (let k = 0; k < 3; k++) run(0, { role: 'baseline', k, conditions: quiet });
  session.append({ type: 'experiment.started', n: 1, parent: 'a', proposer: 'ollama' });
  const lease = {
    get sharing() {
      return sharing;
    },
    get shared() {
      return sharing === 'coresident';
    },
    apart: (why: string) => void apart.push(why),
  } as unknown as Lease;
  overlap = newOverlap();
  around = openSurroundings({
    overlap,
    session,
    lease,
    reports: gpu.reports,
    inputs: watchInputs(dir, ['data']),
    dir,
    cpuPercent: () => 0,
    kernelKills: () => kills,
  });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await gpu.stop();
  rmSync(dir, { recursive: true, force: true });
});

function run(n: number, more: Partial<EventBody<'trial.ended'>>): void {
  const k = more.k ?? session.state.experiments[n]!.trials.length;
  const process = { pid: 1, startTicks: null, bootId: null };
  session.append({
    type: 'trial.started',
    n,
    k,
    role: more.role ?? 'candidate',
    sha: 'a',
    process,
    seed: 1,
  });
  session.append({ ...trialEnded, ...more, n, k });
}

/** A process that is nobody's: no child of this one, and without the cookie. */
async function stranger(): Promise<number> {
  const shell = spawn('sh', ['-c', 'sleep 60 & echo $!'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const text = await new Promise<string>((resolve) => shell.stdout!.once('data', (d) => resolve(String(d))));
  const pid = Number(text);
  children.push({ kill: () => process.kill(pid, 'SIGKILL') } as unknown as ChildProcess);
  await new Promise((resolve) => shell.once('exit', resolve));
  return pid;
}

const app = (pid: number, memory = 4096) => ({ pid, name: '/usr/bin/python3', memory });
const shows = (pid: number) => () => gpu.reports.latest()!.processes.some((p) => p.pid === pid);
const failure = async () =>
  around.mustBeReady().then(
    () => null,
    (error: unknown) => error as EnvironmentFailure,
  );

describe('a foreign program on the GPU', () => {
  test('one that comes later holds the run until it ends; p goes on beside it', async () => {
    expect(await failure()).toBeNull();
    const pid = await stranger();
    await gpu.becomes({ apps: [app(pid)] }, shows(pid));
    const held = await failure();
    expect(held).toBeInstanceOf(BusyMachine);
    expect(held!.kind).toBe('busy');
    expect(held!.message).toBe(`Another program is on the GPU: python3 (pid ${pid}) with 4.0 GiB`);
    expect(around.quiet()).toBe(false);
    process.kill(pid, 'SIGKILL');
    await gpu.becomes({ apps: [] }, () => !shows(pid)());
    expect(await failure()).toBeNull();
    const other = await stranger();
    await gpu.becomes({ apps: [app(other)] }, shows(other));
    expect(await failure()).toBeInstanceOf(BusyMachine);
    around.tolerate();
    expect(await failure()).toBeNull();
  });

  test('one that was there before the baseline is said and taken as usual', async () => {
    const pid = await stranger();
    await gpu.becomes({ apps: [app(pid)] }, shows(pid));
    expect(await failure()).toBeNull();
    expect(pulses.findLast((p) => p.type === 'notice')).toMatchObject({
      text: expect.stringMatching(/is on the GPU: taken as the usual state/),
    });
  });

  test('one that comes during a trial spoils it', async () => {
    await around.mustBeReady();
    const ended = around.watch();
    const pid = await stranger();
    await gpu.becomes({ apps: [app(pid)] }, shows(pid));
    expect(await ended({ ...trialEnded, conditions: quiet })).toMatchObject({
      outcome: 'void',
      metric: null,
      contaminated: `another program came onto the GPU: python3 (pid ${pid}) with 4.0 GiB`,
    });
  });

  test('small ones, our own, and those of other containers are nobody’s business', async () => {
    await around.mustBeReady();
    const pid = await stranger();
    const mine = spawn('sleep', ['60']);
    children.push(mine);
    const ended = around.watch();
    const elsewhere = 4_000_000;
    await gpu.becomes({ apps: [app(pid, 300), app(mine.pid!), app(elsewhere)] }, shows(elsewhere));
    expect(await failure()).toBeNull();
    expect(await ended({ ...trialEnded, conditions: quiet })).not.toHaveProperty('outcome');
  });

  test('our own Ollama is none beside which it was agreed to train', async () => {
    await around.mustBeReady();
    const pid = await stranger();
    sharing = 'coresident';
    await gpu.becomes({ apps: [{ ...app(pid), name: '/usr/lib/ollama/llama-server' }] }, shows(pid));
    expect(await failure()).toBeNull();
    sharing = 'swap';
    expect(await failure()).toBeInstanceOf(BusyMachine);
  });
});

describe('the GPU goes away', () => {
  const lost = () => /fell off the bus/.test(gpu.reports.latest()!.stale ?? '');

  test('before a trial: held until it answers again', async () => {
    await gpu.becomes({ scenario: 'gpu-lost' }, lost);
    expect((await failure())!.kind).toBe('gpu');
    expect((await failure())!.message).toBe(
      'The GPU is gone: the GPU fell off the bus ("GPU is lost"); reboot to get it back',
    );
    await gpu.becomes({ apps: [] }, () => gpu.reports.latest()!.stale === null);
    expect(await failure()).toBeNull();
  });

  test('under a trial: its crash is not the experiment’s', async () => {
    const ended = around.watch();
    await gpu.becomes({ scenario: 'gpu-lost' }, lost);
    const crash = {
      ...trialEnded,
      outcome: 'crashed',
      why: 'exit 1: RuntimeError: CUDA error: unknown error',
    } as const;
    expect(await ended(crash)).toMatchObject({
      outcome: 'void',
      why: 'the GPU went away: the GPU fell off the bus ("GPU is lost"); reboot to get it back',
    });
  });

  test('the trial says so but the driver does not: believed once', async () => {
    const crash = {
      ...trialEnded,
      outcome: 'crashed',
      why: 'exit 1: RuntimeError: CUDA error: unspecified launch failure',
    } as const;
    expect(await around.watch()(crash)).toMatchObject({ outcome: 'void' });
    run(1, { outcome: 'void' });
    expect(await around.watch()(crash)).not.toHaveProperty('outcome');
  });

  test('a crash that has nothing to do with it stays a crash', async () => {
    const crash = { ...trialEnded, outcome: 'crashed', why: 'exit 1: ValueError: bad shape' } as const;
    expect(await around.watch()(crash)).not.toHaveProperty('outcome');
  });
});

describe('memory', () => {
  const crash = {
    ...trialEnded,
    outcome: 'crashed',
    why: 'exit 1: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB',
  } as const;

  test('a trial that runs out of it beside the model is not blamed, once', async () => {
    sharing = 'coresident';
    expect(await around.watch()(crash)).toMatchObject({
      outcome: 'void',
      why: 'it ran out of GPU memory while the model was loaded beside it; it runs again with the model unloaded',
    });
    expect(apart).toEqual(['a trial ran out of GPU memory beside the model']);
    sharing = 'swap';
    expect(await around.watch()(crash)).not.toHaveProperty('outcome');
  });

  test('killed by the kernel: blamed unless the kernel counted it and it used no more than the baseline', async () => {
    const killed = {
      ...trialEnded,
      outcome: 'crashed',
      exit: 137,
      why: 'exit 137 without our kill: killed by the kernel',
    } as const;
    // Nothing was counted while it ran: it may have killed itself.
    expect(await around.watch()(killed)).not.toHaveProperty('outcome');
    const ended = around.watch();
    kills += 1;
    expect(await ended(killed)).toMatchObject({
      outcome: 'void',
      why: 'the kernel killed it for want of memory, although it used no more than the baseline (0.1 GiB): other programs took the memory',
    });
    const greedy = around.watch();
    kills += 1;
    expect(await greedy({ ...killed, peakRssMiB: 5000 })).not.toHaveProperty('outcome');
  });
});

describe('heat', () => {
  const hotMask = { apps: [], values: { 'clocks_event_reasons.active': '0x0000000000000040' } };

  test('a trial that was throttled far more than the baseline is spoilt; the user may count it', async () => {
    await gpu.becomes(hotMask, () => gpu.reports.latest()!.gpus[0]!.throttle!.includes('thermal (hardware)'));
    // The baseline ran cool.
    for (let k = 0; k < 3; k++) run(0, { role: 'baseline', conditions: cool });
    const ended = around.watch();
    for (let samples = 0; samples < 5; samples++) await gpu.reports.next(5000);
    const result = await ended({ ...trialEnded, conditions: quiet });
    expect(result).toMatchObject({
      outcome: 'void',
      contaminated: 'GPU 0 was slowed down by heat for 100 % of the trial',
    });
    expect(around.quiet()).toBe(false);
    run(1, { ...result });
    around.tolerate();
    const again = around.watch();
    for (let samples = 0; samples < 5; samples++) await gpu.reports.next(5000);
    expect(await again({ ...trialEnded, conditions: quiet })).not.toHaveProperty('outcome');
  });

  const cool: Conditions = {
    ...quiet,
    gpus: [{ index: 0, totalMiB: 24564, beforeMiB: 600, peakMiB: 9000, hot: 0 }],
  };
});

describe('the rest of the machine', () => {
  test('a busy machine spoils a trial, and contaminated: count lets it stand', async () => {
    const busy: Conditions = { gpus: [], foreignCores: 1000, waited: 0.5 };
    const result = await around.watch()({ ...trialEnded, conditions: busy });
    expect(result.contaminated).toMatch(/^other programs took 1000\.0 of \d+ cores/);
    session.append({
      type: 'run.resumed',
      engine: { pid: 1, startTicks: null, bootId: null },
      recovered: [],
      settings: { ...settings, contaminated: 'count' },
    });
    expect(await around.watch()({ ...trialEnded, conditions: busy })).not.toHaveProperty('outcome');
  });

  test('a busy baseline is measured again twice, then taken as it is', async () => {
    const busy: Conditions = { gpus: [], foreignCores: 1000, waited: 0.5 };
    const baseline = { ...trialEnded, n: 0, role: 'baseline', conditions: busy } as const;
    for (let times = 0; times < 2; times++) {
      const result = await around.watch()(baseline);
      expect(result).toMatchObject({ outcome: 'void', metric: null });
      expect(result.contaminated).toMatch(
        /^other programs took 1000\.0 of \d+ cores, and it waited for a core 50 %/,
      );
      run(0, { ...result, role: 'baseline' });
    }
    expect(await around.watch()(baseline)).not.toHaveProperty('outcome');
    expect(await around.watch()({ ...baseline, conditions: quiet })).not.toHaveProperty('outcome');
  });

  test('a quiet idea after a busy baseline: its champion must be as quiet, and the night after it, too', async () => {
    const busy: Conditions = { gpus: [], foreignCores: 1000, waited: 0.5 };
    const last = () => around.watch()({ ...trialEnded, n: 0, role: 'champion', conditions: busy });
    for (let k = 0; k < 3; k++) run(0, { role: 'baseline', conditions: busy, metric: 1 + k / 100 });
    for (let k = 0; k < 4; k++) run(0, { role: 'baseline', conditions: busy, metric: 1 + k / 100 });
    expect(await last()).not.toHaveProperty('outcome');
    run(1, { conditions: quiet, metric: 0.9 });
    expect(session.ledger.champion.check).toMatchObject({ cause: 'quieter', left: 2 });
    expect(await last()).toMatchObject({ outcome: 'void' });
    run(0, { role: 'champion', conditions: quiet, metric: 0.9 });
    run(0, { role: 'champion', conditions: quiet, metric: 0.91 });
    expect(session.ledger.champion.check).toBeNull();
    expect(await last()).toMatchObject({ outcome: 'void' });
  });

  test('load beside what the model writes: the trial is spoilt and the model silent from then on, unless it was asked for', async () => {
    const busy: Conditions = { gpus: [], foreignCores: 1000, waited: 0.5 };
    overlap.beside = true;
    const result = await around.watch()({ ...trialEnded, conditions: busy });
    expect(result).toMatchObject({
      outcome: 'void',
      why: expect.stringContaining('the model wrote beside it'),
    });
    expect(overlap.over).toBe(true);
    const model = { ...settings.model, overlap: 'on' as const };
    session.append({
      type: 'run.resumed',
      engine: { pid: 1, startTicks: null, bootId: null },
      recovered: [],
      settings: { ...settings, model },
    });
    expect(await around.watch()({ ...trialEnded, conditions: busy })).not.toHaveProperty('outcome');
    // Without the model it is another program's load as ever.
    overlap.beside = false;
    expect(await around.watch()({ ...trialEnded, conditions: busy })).toMatchObject({ outcome: 'void' });
  });

  test('a data set that is gone: neither started nor blamed', async () => {
    await around.mustBeReady();
    rmSync(join(dir, 'data'));
    expect((await failure())!.message).toBe(`The input data (${join(dir, 'data')}) is gone`);
    const crash = { ...trialEnded, outcome: 'crashed', why: 'exit 1: FileNotFoundError' } as const;
    expect(await around.watch()(crash)).toMatchObject({ outcome: 'void' });
    symlinkSync(dir, join(dir, 'data'));
    expect(await failure()).toBeNull();
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Lease, openLease } from '../../src/engine/lease.ts';
import type { Session } from '../../src/engine/session.ts';
import { nvidiaStream } from '../../src/gpu/nvidia-stream.ts';
import { type ReportWatch, watchReports } from '../../src/gpu/report-watch.ts';
import type { GpuSampler } from '../../src/gpu/sampler.ts';
import { followSpan } from '../../src/gpu/trial-span.ts';
import { createOllamaProposer } from '../../src/propose/ollama/proposer.ts';
import type { Proposer } from '../../src/propose/proposer.ts';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { Pulse, PulseOf } from '../../src/protocol/pulse.ts';
import { type FakeNvidiaSmi, withFakeNvidiaSmi } from '../harness/fake-nvidia-smi/with-fake-nvidia-smi.ts';
import { type FakeOllama, startFakeOllama } from '../harness/fake-ollama/start-fake-ollama.ts';
import { context, modelSettings, screen } from '../propose/ollama/sample-context.ts';
import { surface } from '../propose/surface-sample.ts';
import { sessionInMemory, trialEnded } from './one-gpu.ts';

// The lease over a fake Ollama (HTTP) and a fake nvidia-smi (a process) that together make one GPU: what the model and
// the trial take is what is not free.

const total = 24_564;
const desktop = 600;
const modelMiB = Math.round((5e9 * 1.2) / 1_048_576);

let ollama: FakeOllama;
let smi: FakeNvidiaSmi;
let sampler: GpuSampler;
let reports: ReportWatch;
let proposer: Proposer;
let session: Session;
let all: Pulse[];
let events: JournalEvent[];
/** Memory of the trial that runs now, MiB. */
let trialMiB = 0;
/** Memory that a process has given up and the driver still holds, MiB. */
let lateMiB = 0;
let timer: NodeJS.Timeout;

beforeEach(async () => {
  ollama = await startFakeOllama({ script: ['HYPOTHESIS: x\nSET LEARNING_RATE = 0.02\n'], unloadMs: 40 });
  smi = withFakeNvidiaSmi({ apps: [] });
  trialMiB = 0;
  lateMiB = 0;
  const tick = () => {
    const used = desktop + trialMiB + lateMiB + (ollama.loaded.length > 0 ? modelMiB : 0);
    const values = { 'memory.total': total, 'memory.used': used, 'memory.free': total - used };
    smi.set({ apps: [], values });
  };
  tick();
  timer = setInterval(tick, 10);
  reports = watchReports();
  sampler = nvidiaStream({ env: smi.env, intervalMs: 30, appsIntervalMs: 60, firstSilenceMs: 10_000 });
  sampler.start(reports.take);
  proposer = createOllamaProposer({
    settings: modelSettings,
    env: { OLLAMA_HOST: ollama.url },
    unload: { everyMs: 10 },
  });
  await proposer.prepare(surface);
  ({ session, events, pulses: all } = sessionInMemory());
  await vi.waitFor(() => expect(reports.latest()?.gpus).toHaveLength(1), { timeout: 10_000 });
});
afterEach(async () => {
  clearInterval(timer);
  await sampler.stop();
  expect(smi.living()).toEqual([]);
  smi.dispose();
  await ollama.close();
});

const open = (asked: 'auto' | 'swap' | 'coresident' | 'cpu' = 'auto', gpus = 1): Lease =>
  openLease({ session, asked, model: proposer.leased, reports, gpus });

const leasePulses = () => all.filter((p): p is PulseOf<'lease'> => p.type === 'lease');

const signal = new AbortController().signal;

async function ask(lease: Lease): Promise<void> {
  await lease.toModel(signal);
  await proposer.open(context(), screen().io).next(null);
  lease.modelOver();
}

/** A trial that takes so much memory, as the engine runs it. */
async function trial(lease: Lease, n: number, mib: number): Promise<void> {
  await lease.toTrial();
  expect(leasePulses().at(-1)).toMatchObject({ holder: 'trial', step: null });
  const seen = followSpan(reports);
  trialMiB = mib;
  await vi.waitFor(() => expect(reports.latest()!.gpus[0]!.memoryUsedMiB).toBeGreaterThanOrEqual(mib));
  trialMiB = 0;
  lease.trialOver();
  session.append({
    ...trialEnded,
    n,
    role: 'baseline',
    conditions: { gpus: seen(), foreignCores: null, waited: null },
  });
}

async function baseline(lease: Lease, mib: number): Promise<void> {
  session.append({ type: 'experiment.started', n: 0, parent: 'a', proposer: 'human' });
  const process = { pid: 1, startTicks: null, bootId: null };
  session.append({ type: 'trial.started', n: 0, k: 0, role: 'baseline', sha: 'a', process, seed: 1 });
  await trial(lease, 0, mib);
  await lease.choose();
}

describe('swap', () => {
  test('the trial starts only when the model and its memory are gone; the next question finds it loaded', async () => {
    const lease = open();
    await baseline(lease, 20_000);
    expect(session.state.lease).toMatchObject({ sharing: 'swap' });
    expect(session.state.lease!.why).toMatch(/^they do not fit together: trial 20\.\d GiB \+ model/);
    await ask(lease);
    expect(ollama.loaded).toHaveLength(1);
    await vi.waitFor(() => expect(reports.latest()!.gpus[0]!.memoryFreeMiB).toBeLessThan(total - modelMiB));
    // The driver gives it back a while after /api/ps no longer lists it.
    lateMiB = modelMiB;
    const late = setInterval(() => {
      if (ollama.loaded.length === 0) setTimeout(() => (lateMiB = 0), 200);
    }, 10);
    await lease.toTrial();
    clearInterval(late);
    expect(ollama.loaded).toEqual([]);
    expect(reports.latest()!.gpus[0]!.memoryFreeMiB).toBeGreaterThanOrEqual(20_000);
    expect(leasePulses().map((p) => p.step)).toEqual(
      expect.arrayContaining(['unloading the model', 'waiting for GPU memory']),
    );
    lease.trialOver();
    lease.preload();
    await vi.waitFor(() => expect(ollama.loaded).toHaveLength(1));
    await ask(lease);
    expect(ollama.loads('tiny-coder:latest')).toBe(2);
    const cost = leasePulses().findLast((p) => p.swapSeconds !== null)!.swapSeconds!;
    // At least the 200 ms that the driver took.
    expect(cost).toBeGreaterThan(0.2);
    await lease.close();
  });

  test('memory that never comes back does not wait for ever', async () => {
    const lease = open();
    await baseline(lease, 20_000);
    await ask(lease);
    lateMiB = modelMiB;
    const begun = performance.now();
    await lease.toTrial();
    expect(performance.now() - begun).toBeLessThan(9_000);
    await lease.close();
  });

  test('a trial that is next ends a load at once', async () => {
    const lease = open('swap');
    await ask(lease);
    await lease.toTrial();
    lease.trialOver();
    ollama.control.setLoadMs(60_000);
    lease.preload();
    await vi.waitFor(() => expect(ollama.loaded).toHaveLength(1));
    await lease.toTrial();
    await vi.waitFor(() => expect(ollama.loaded).toEqual([]));
    await lease.close();
  });

  test('a key does not wait for the load', async () => {
    const lease = open('swap');
    await ask(lease);
    await lease.toTrial();
    lease.trialOver();
    ollama.control.setLoadMs(60_000);
    lease.preload();
    const stop = new AbortController();
    const asked = lease.toModel(stop.signal);
    await vi.waitFor(() => expect(leasePulses().at(-1)!.step).toBe('loading the model'));
    stop.abort(new Error('skipped'));
    await expect(asked).rejects.toThrow('skipped');
    await lease.close();
  });

  test('Ollama gone while the model is loaded ahead: no fault, the question tells', async () => {
    const lease = open('swap');
    await ask(lease);
    await lease.toTrial();
    lease.trialOver();
    await ollama.control.stop();
    lease.preload();
    await lease.toModel(signal);
    await expect(proposer.open(context(), screen().io).next(null)).rejects.toThrow(/does not answer/);
    await lease.close();
  });
});

describe('coresident', () => {
  test('a small trial beside a small model: it stays loaded, for ever until the end', async () => {
    const lease = open();
    await baseline(lease, 8_000);
    expect(session.state.lease).toMatchObject({ sharing: 'coresident' });
    await ask(lease);
    await trial(lease, 1, 8_000);
    await ask(lease);
    expect(ollama.loads('tiny-coder:latest')).toBe(1);
    expect(ollama.chats.at(-1)!.body.keep_alive).toBe(-1);
    await proposer.close();
    await vi.waitFor(() => expect(ollama.loaded).toEqual([]));
  });

  test('the reckoning was wrong: what the loaded model says decides, before the first trial beside it', async () => {
    // By its weights alone 6 GiB; loaded it says 12.
    ollama.control.setModels([{ name: 'tiny-coder:latest', size: 10e9 }]);
    const lease = open();
    await baseline(lease, 12_500);
    expect(session.state.lease!.sharing).toBe('coresident');
    await ask(lease);
    await lease.toTrial();
    expect(session.state.lease!.sharing).toBe('swap');
    expect(ollama.loaded).toEqual([]);
    await lease.close();
  });

  test('taken apart, it swaps from then on', async () => {
    const lease = open('coresident');
    await lease.choose();
    await ask(lease);
    await lease.toTrial();
    expect(ollama.loaded).toHaveLength(1);
    lease.trialOver();
    lease.apart('the trial ran out of GPU memory beside the model');
    await lease.toTrial();
    expect(ollama.loaded).toEqual([]);
    expect(events.filter((e) => e.type === 'lease.chosen').map((e) => e.sharing)).toEqual([
      'coresident',
      'swap',
    ]);
    await lease.close();
  });
});

test('a model that is too large for the GPU goes to the CPU', async () => {
  ollama.control.setModels([{ name: 'tiny-coder:latest', size: 60e9 }]);
  const own = createOllamaProposer({ settings: modelSettings, env: { OLLAMA_HOST: ollama.url } });
  await own.prepare(surface);
  proposer = own;
  const lease = open();
  await baseline(lease, 12_000);
  expect(session.state.lease).toMatchObject({ sharing: 'cpu' });
  await ask(lease);
  expect(ollama.chats.at(-1)!.body.options).toMatchObject({ num_gpu: 0 });
});

test('without a GPU nothing is unloaded, asked or waited for', async () => {
  const lease = open('auto', 0);
  await ask(lease);
  const before = ollama.requests.length;
  await lease.toTrial();
  lease.trialOver();
  lease.preload();
  await lease.choose();
  await sleep(20);
  expect(ollama.requests).toHaveLength(before);
  expect(lease.sharing).toBe('none');
  expect(session.state.lease).toBeNull();
});

test('the model is never asked while a trial has the GPU', async () => {
  const lease = open('coresident');
  await lease.toTrial();
  await expect(lease.toModel(signal)).rejects.toThrow(/while a trial had the GPU/);
});

test('a resumed run shares as it had chosen', async () => {
  session.append({ type: 'lease.chosen', sharing: 'coresident', why: 'they fit together' });
  expect(open().sharing).toBe('coresident');
  expect(open('swap').sharing).toBe('swap');
});

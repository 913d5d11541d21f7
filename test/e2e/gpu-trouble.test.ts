import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { PulseOf } from '../../src/protocol/pulse.ts';
import {
  type FakeNvidiaSmi,
  type FakeNvidiaSmiOptions,
  withFakeNvidiaSmi,
} from '../harness/fake-nvidia-smi/with-fake-nvidia-smi.ts';
import { type MakeBelieveMachine, makeBelieveMachine } from '../harness/make-believe-machine.ts';
import { journalFaults, type Night, openNight } from './night.ts';
import { stateIn, until } from './run-pawl.ts';
import { type Steer, steer } from './steer.ts';

// What the GPU does to trials never becomes a verdict: told by a make-believe driver, all else is real.

let night: Night;
let smi: FakeNvidiaSmi;
let machine: MakeBelieveMachine;
let screen: Steer | null = null;
afterEach(async () => {
  screen?.close();
  screen = null;
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
  smi.dispose();
  machine.dispose();
});

const idle: FakeNvidiaSmiOptions = { pattern: 'idle', apps: [], everyMs: 100 };

/** A night on a machine with one GPU, whose driver can be told what to say. */
async function open(command: string): Promise<void> {
  smi = withFakeNvidiaSmi(idle);
  machine = makeBelieveMachine({ impatient: true });
  night = await openNight({
    project: {
      env: {
        ...machine.env,
        PATH: [smi.dir, process.env.PATH].join(delimiter),
        FAKE_NVIDIA_SMI: smi.env.FAKE_NVIDIA_SMI!,
        FAKE_NVIDIA_SMI_NODE: process.execPath,
      },
      settings: { command, contaminated: 'rerun' },
    },
  });
}

const stays = 'node train.mjs && while [ -e "$STAY/$PAWL_EXPERIMENT" ]; do sleep 0.02; done';

/** Tells the driver something else, and waits until the engine has heard it. */
async function becomes(told: FakeNvidiaSmiOptions, heard: (pulse: PulseOf<'gpu'>) => boolean): Promise<void> {
  screen ??= await steer(night.project.directory);
  const from = screen.pulses.length;
  smi.set({ everyMs: 100, ...told });
  await until('the engine hears it', () =>
    screen!.pulses.slice(from).some((pulse) => pulse.type === 'gpu' && heard(pulse as PulseOf<'gpu'>)),
  );
}

const held = () => night.events().filter((e) => e.type === 'run.held');
const released = () => night.events().filter((e) => e.type === 'run.released');
const trials = (n: number) => stateIn(night.project.directory).experiments[n]!.trials;

test('the GPU falls off the bus under a trial: not blamed, held, and the run goes on when it is back', async () => {
  await open(
    `${stays}; if [ -e "$HOME/lost" ]; then echo 'RuntimeError: CUDA error: unknown error' >&2; exit 1; fi`,
  );
  night.stay(1);
  const pawl = night.start('run', '--headless', '-n', '1');
  await night.event('trial.started', (e) => e.n === 1);
  await becomes({ scenario: 'gpu-lost' }, ({ stale }) => /fell off the bus/.test(stale ?? ''));
  const lost = join(night.project.home, 'lost');
  writeFileSync(lost, '');
  night.letGo(1);
  const why = 'the GPU fell off the bus ("GPU is lost"); reboot to get it back';
  expect(await night.event('trial.ended', (e) => e.n === 1)).toMatchObject({
    outcome: 'void',
    why: `the GPU went away: ${why}`,
  });
  expect(await night.event('run.held')).toMatchObject({
    by: 'engine',
    kind: 'gpu',
    reason: `The GPU is gone: ${why}`,
    next: expect.stringMatching(/nvidia-smi.*pawl goes on by itself when it answers again/),
  });
  rmSync(lost);
  smi.set(idle);
  expect(await pawl.ended).toMatchObject({ code: 0 });
  expect(held()).toHaveLength(1);
  expect(released()).toMatchObject([{ by: 'engine' }]);
  expect(trials(1).map((t) => t.outcome)).toEqual([
    'void',
    ...trials(1)
      .slice(1)
      .map(() => 'ok'),
  ]);
  expect(stateIn(night.project.directory).experiments[1]).toMatchObject({ verdict: 'kept' });
}, 60_000);

test('another program comes onto the GPU: its trial does not count, and the run waits until it has gone', async () => {
  await open(stays);
  night.stay(1);
  const pawl = night.start('run', '--headless', '-n', '1');
  await night.event('trial.started', (e) => e.n === 1);
  // No child of the engine's, and without the run's cookie.
  const other = spawn('sleep', ['300'], { stdio: 'ignore' });
  try {
    const apps = [{ pid: other.pid!, name: '/usr/bin/python3', memory: 4096 }];
    await becomes({ pattern: 'idle', apps }, ({ processes }) => processes.some((p) => p.pid === other.pid));
    night.letGo(1);
    const words = `python3 (pid ${other.pid}) with 4.0 GiB`;
    expect(await night.event('trial.ended', (e) => e.n === 1)).toMatchObject({
      outcome: 'void',
      contaminated: `another program came onto the GPU: ${words}`,
    });
    expect(await night.event('run.held')).toMatchObject({
      by: 'engine',
      kind: 'busy',
      reason: `Another program is on the GPU: ${words}`,
      next: expect.stringMatching(/pawl goes on when it has ended; p goes on beside it/),
    });
    // A small one is nobody's business.
    smi.set({ ...idle, apps: [{ pid: other.pid!, name: '/usr/bin/python3', memory: 100 }] });
    expect(await pawl.ended).toMatchObject({ code: 0 });
  } finally {
    other.kill('SIGKILL');
  }
  expect(held()).toHaveLength(1);
  expect(released()).toMatchObject([{ by: 'engine' }]);
  expect(stateIn(night.project.directory).experiments[1]).toMatchObject({ verdict: 'kept' });
}, 60_000);

test('the GPU gets too hot: trials do not count, the third in a row holds until it has cooled down', async () => {
  // Ten of its rows: enough to say what share of them was hot.
  await open(`${stays}; sleep 1`);
  night.stay(1);
  const pawl = night.start('run', '--headless', '-n', '1');
  await night.event('trial.started', (e) => e.n === 1);
  const hot: FakeNvidiaSmiOptions = {
    pattern: 'idle',
    apps: [],
    values: { 'clocks_event_reasons.active': '0x0000000000000040' },
  };
  const isHot = ({ gpus }: PulseOf<'gpu'>) =>
    gpus.some((gpu) => gpu.throttle?.includes('thermal (hardware)'));
  await becomes(hot, isHot);
  night.letGo(1);
  const reason = await night.event('run.held');
  expect(reason).toMatchObject({
    by: 'engine',
    kind: 'busy',
    reason: expect.stringMatching(
      /^The machine is too busy to measure, 3 times in a row: GPU 0 was slowed down by heat for \d+ % of the trial$/,
    ),
  });
  expect(trials(1).map((t) => t.outcome)).toEqual(['void', 'void', 'void']);
  smi.set(idle);
  expect(await pawl.ended).toMatchObject({ code: 0 });
  expect(held()).toHaveLength(1);
  expect(released()).toMatchObject([{ by: 'engine' }]);
  expect(stateIn(night.project.directory).experiments[1]).toMatchObject({ verdict: 'kept' });
}, 60_000);

test('other programs take the memory, twice: held, tried again by itself, and no verdict', async () => {
  const needy = `node -e "const b = Buffer.alloc(1 << 28, 1); setTimeout(() => b, 600)"`;
  // The baseline is the largest; later the kernel kills, as it says itself, one that takes less.
  await open(
    `if [ "$PAWL_EXPERIMENT" = 0 ]; then ${needy}; elif [ -e "$HOME/short" ]; then sleep 0.6; echo '{"impatient": true, "oomKills": '$$'}' >"$TEST_MACHINE/machine.json"; kill -9 $$; fi; node train.mjs`,
  );
  const short = join(night.project.home, 'short');
  writeFileSync(short, '');
  const pawl = night.start('run', '--headless', '-n', '1');
  const reason = await night.event('run.held');
  expect(reason).toMatchObject({
    by: 'engine',
    kind: 'trial',
    reason: expect.stringMatching(
      /^The trial of #1 could not be carried out, twice: the kernel killed it for want of memory, although it used no more than the baseline .*other programs took the memory$/,
    ),
    next: expect.stringMatching(
      /release the run \(p\), or skip the experiment \(s\)\. pawl tries again by itself/,
    ),
  });
  rmSync(short);
  expect(await pawl.ended).toMatchObject({ code: 0 });
  expect(released().at(-1)).toMatchObject({ by: 'engine' });
  expect(
    trials(1)
      .slice(0, 2)
      .map((t) => t.outcome),
  ).toEqual(['void', 'void']);
  expect(trials(1).at(-1)).toMatchObject({ outcome: 'ok' });
  expect(stateIn(night.project.directory)).toMatchObject({ counts: { kept: 1, crashed: 0, void: 0 } });
}, 60_000);

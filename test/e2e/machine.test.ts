import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type FakeNvidiaSmi, withFakeNvidiaSmi } from '../harness/fake-nvidia-smi/with-fake-nvidia-smi.ts';
import { type MakeBelieveMachine, makeBelieveMachine } from '../harness/make-believe-machine.ts';
import type { TemporaryProjectOptions } from '../harness/temporary-project.ts';
import { constant, journalFaults, type Night, openNight } from './night.ts';
import { runPawl, stateIn } from './run-pawl.ts';

// What the machine does to trials never becomes a verdict: each cause is really caused.

let night: Night;
let smi: FakeNvidiaSmi | null = null;
let machine: MakeBelieveMachine | null = null;
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
  smi?.dispose();
  smi = null;
  machine?.dispose();
  machine = null;
});

const outcomes = (n: number) =>
  stateIn(night.project.directory).experiments[n]!.trials.map((trial) => trial.outcome);

describe('the data set', () => {
  test('goes away under a trial: not blamed, held with its name, and the run goes on by itself', async () => {
    machine = makeBelieveMachine({ impatient: true });
    night = await openNight({
      project: {
        env: machine.env,
        settings: {
          link: ['data'],
          command:
            'node train.mjs && cat data/corpus.txt >/dev/null && while [ -e "$STAY/$PAWL_EXPERIMENT" ]; do cat data/corpus.txt >/dev/null || exit 1; sleep 0.05; done',
        },
        files: { '.gitignore': 'data\n' },
      },
    });
    const corpus = join(night.project.directory, 'data');
    night.project.write('data/corpus.txt', 'to be or not to be\n');
    night.stay(1);
    const pawl = night.start('run', '--headless', '-n', '1');
    await night.event('trial.started', (e) => e.n === 1);
    rmSync(corpus, { recursive: true });
    const ended = await night.event('trial.ended', (e) => e.n === 1);
    expect(ended).toMatchObject({ outcome: 'void', why: `The input data (${corpus}) is gone` });
    const held = await night.event('run.held');
    expect(held).toMatchObject({ by: 'engine', kind: 'data' });
    expect(held.next).toMatch(/mount its disk again; pawl goes on by itself/);
    expect(held.reason).toBe(`The input data (${corpus}) is gone`);
    night.letGo(1);
    night.project.write('data/corpus.txt', 'to be or not to be\n');
    // Nobody presses a key.
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(night.events().find((e) => e.type === 'run.released')).toMatchObject({ by: 'engine' });
    expect(outcomes(1)[0]).toBe('void');
    expect(stateIn(night.project.directory).experiments[1]).toMatchObject({ verdict: 'kept' });
  }, 60_000);
});

/** A night on a machine with one make-believe GPU. */
async function withGpu(settings: NonNullable<TemporaryProjectOptions['settings']>): Promise<Night> {
  smi = withFakeNvidiaSmi({ pattern: 'idle', apps: [] });
  return openNight({
    project: {
      env: {
        PATH: [smi.dir, process.env.PATH].join(delimiter),
        FAKE_NVIDIA_SMI: smi.env.FAKE_NVIDIA_SMI!,
        FAKE_NVIDIA_SMI_NODE: process.execPath,
      },
      settings,
    },
  });
}

test('GPU memory runs out beside the model: run again without it, and so from then on', async () => {
  // The trial itself looks whether the model is loaded, and dies of it as PyTorch would.
  const command =
    "node train.mjs && node -e \"fetch(process.env.OLLAMA_HOST + '/api/ps').then((r) => r.json()).then((b) => " +
    "{ if (b.models.length) { console.error('torch.OutOfMemoryError: CUDA out of memory.'); process.exit(1); } })\"";
  night = await withGpu({ command, model: { sharing: 'coresident' } });
  const pawl = await night.run('run', '--headless', '-n', '2');
  expect(pawl).toMatchObject({ code: 0 });
  expect(outcomes(1).slice(0, 2)).toEqual(['void', 'ok']);
  expect(outcomes(2)[0]).toBe('ok');
  const { experiments, lease, counts } = stateIn(night.project.directory);
  expect(experiments[1]!.trials[0]!.why).toMatch(
    /^it ran out of GPU memory while the model was loaded beside it/,
  );
  expect(lease).toEqual({ sharing: 'swap', why: 'a trial ran out of GPU memory beside the model' });
  expect(counts).toMatchObject({ kept: 2, crashed: 0, void: 0 });
});

describe('crashes at once, one after another', () => {
  const command =
    'if [ -e "$HOME/broken" ]; then echo "ImportError: libfoo.so is missing"; exit 1; fi; node train.mjs';

  test('the machine is broken: found out by the champion, held, and the run goes on when it is mended', async () => {
    machine = makeBelieveMachine({ impatient: true });
    night = await openNight({ project: { settings: { command }, env: machine.env } });
    const broken = join(night.project.home, 'broken');
    night.ollama.control.setScript((_, index) => {
      // After the baseline: the first question is asked when it is done.
      if (index === 0) writeFileSync(broken, '');
      return constant('LEARNING_RATE', Number((0.03 + 0.001 * index).toFixed(3)));
    });
    const pawl = night.start('run', '--headless', '-n', '6');
    const held = await night.event('run.held');
    expect(held.kind).toBe('crashes');
    expect(held.reason).toMatch(
      /^The last 5 experiments crashed within seconds, and the champion the baseline, which used to run, fails as well: exit 1: ImportError: libfoo\.so is missing$/,
    );
    expect(held.next).toMatch(/mend the machine or the data\. The champion is tried again every minute/);
    rmSync(broken);
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(stateIn(night.project.directory).experiments[6]).toMatchObject({ verdict: 'kept' });
  });

  test('only the ideas are bad: the champion is tried once, and nobody is held up', async () => {
    night = await openNight({
      script: (_, index) => constant('LEARNING_RATE', index < 5 ? -1 - index : 0.05),
    });
    expect(await night.run('run', '--headless', '-n', '6')).toMatchObject({ code: 0 });
    const { experiments } = stateIn(night.project.directory);
    expect(experiments.slice(1).map((e) => e.verdict)).toEqual([...Array(5).fill('crashed'), 'kept']);
    expect(night.events().filter((e) => e.type === 'run.held')).toEqual([]);
    const probes = night.events().filter((e) => e.type === 'trial.started' && e.role === 'champion');
    expect(probes.length).toBeGreaterThanOrEqual(1);
  });
});

test('a git that cannot work is told in one line, without a stack', async () => {
  night = await openNight();
  const bin = join(night.project.home, 'bin');
  mkdirSync(bin);
  const git = join(bin, 'git');
  writeFileSync(git, "#!/bin/sh\necho 'fatal: could not open x: Permission denied' >&2\nexit 128\n", {
    mode: 0o755,
  });
  night.project.env.PATH = [bin, process.env.PATH].join(delimiter);
  const ran = await runPawl(night.project, 'run', '--headless');
  expect(ran).toMatchObject({ code: 3, stdout: '' });
  expect(ran.stderr).toMatch(
    /^pawl: Permission denied: could not open x: Permission denied\. Give yourself[^\n]*\n$/,
  );
});

import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type FakeNvidiaSmi, withFakeNvidiaSmi } from '../harness/fake-nvidia-smi/with-fake-nvidia-smi.ts';
import { journalFaults, type Night, openNight } from './night.ts';
import { stateIn } from './run-pawl.ts';

// The whole product on a make-believe GPU. Each trial writes down which models were loaded while it ran.

let night: Night;
let smi: FakeNvidiaSmi;
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
  expect(smi.living()).toEqual([]);
  smi.dispose();
});

const look =
  "node train.mjs && node -e \"fetch(process.env.OLLAMA_HOST + '/api/ps').then((r) => r.json())" +
  '.then((b) => console.log(b.models.length))" >>"$HOME/loaded"';

async function open(sharing: string) {
  smi = withFakeNvidiaSmi({ pattern: 'idle', apps: [] });
  night = await openNight({
    project: {
      env: {
        PATH: [smi.dir, process.env.PATH].join(delimiter),
        FAKE_NVIDIA_SMI: smi.env.FAKE_NVIDIA_SMI!,
        FAKE_NVIDIA_SMI_NODE: process.execPath,
      },
      settings: { command: look, model: { sharing } },
    },
  });
}

/** Models that were loaded during each trial. */
const loadedDuringTrials = () =>
  readFileSync(join(night.project.home, 'loaded'), 'utf8').trim().split('\n').map(Number);

test('swap: no trial ever runs beside the model', async () => {
  await open('swap');
  const pawl = await night.run('run', '--headless', '-n', '2');
  expect(pawl).toMatchObject({ code: 0 });
  expect(loadedDuringTrials()).toEqual(loadedDuringTrials().map(() => 0));
  expect(night.ollama.chats).toHaveLength(2);
  // Loaded by the first question, then once more ahead of the second.
  expect(night.ollama.loads('scripted:7b')).toBeGreaterThanOrEqual(2);
  expect(stateIn(night.project.directory).lease).toMatchObject({ sharing: 'swap' });
});

test('auto with a trial that needs no GPU: measured, said, and the model stays', async () => {
  await open('auto');
  const pawl = await night.run('run', '--headless', '-n', '2');
  expect(pawl).toMatchObject({ code: 0 });
  expect(pawl.stdout).toMatch(/GPU: coresident \(the trial uses no GPU memory, so the model may stay\)/);
  // The baseline ran before the model was asked for the first time.
  expect(loadedDuringTrials().slice(0, 3)).toEqual([0, 0, 0]);
  expect(
    loadedDuringTrials()
      .slice(3)
      .every((count) => count === 1),
  ).toBe(true);
  expect(night.ollama.loads('scripted:7b')).toBe(1);
  expect(night.ollama.loaded).toEqual([]);
});

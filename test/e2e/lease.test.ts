import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type FakeNvidiaSmi, withFakeNvidiaSmi } from '../harness/fake-nvidia-smi/with-fake-nvidia-smi.ts';
import type { Script } from '../harness/fake-ollama/script.ts';
import { constant, journalFaults, type Night, openNight } from './night.ts';
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

async function open(sharing: string, batch?: number, script?: Script) {
  smi = withFakeNvidiaSmi({ pattern: 'idle', apps: [] });
  night = await openNight({
    ...(script ? { script } : {}),
    project: {
      env: {
        PATH: [smi.dir, process.env.PATH].join(delimiter),
        FAKE_NVIDIA_SMI: smi.env.FAKE_NVIDIA_SMI!,
        FAKE_NVIDIA_SMI_NODE: process.execPath,
      },
      settings: { command: look, model: { sharing, ...(batch ? { batch } : {}) } },
    },
  });
}

/** Models that were loaded during each trial. */
const loadedDuringTrials = () =>
  readFileSync(join(night.project.home, 'loaded'), 'utf8').trim().split('\n').map(Number);

test('swap: no trial ever runs beside the model', async () => {
  await open('swap', 1);
  const pawl = await night.run('run', '--headless', '-n', '2');
  expect(pawl).toMatchObject({ code: 0 });
  expect(loadedDuringTrials()).toEqual(loadedDuringTrials().map(() => 0));
  expect(night.ollama.chats).toHaveLength(2);
  // Loaded by the first question, then once more ahead of the second.
  expect(night.ollama.loads('scripted:7b')).toBeGreaterThanOrEqual(2);
  expect(stateIn(night.project.directory).lease).toMatchObject({ sharing: 'swap' });
});

test('a batch: three proposals for one load, none beside a trial, each applied to the champion as it is by then', async () => {
  // The first is kept; the second was written for the files before it, and touches the same constant.
  const replies = [
    constant('LEARNING_RATE', 0.05, 'a first step'),
    'HYPOTHESIS: half of what it was\nEDIT train.mjs\n<<<<<<< SEARCH\nconst LEARNING_RATE = 0.02;\n=======\nconst LEARNING_RATE = 0.04;\n>>>>>>> REPLACE\n',
    constant('WIDTH', 72, 'a little wider'),
    constant('LEARNING_RATE', 0.03, 'asked again after the refusal'),
    constant('WIDTH', 88, 'wider again'),
    constant('WIDTH', 96, 'and again'),
  ];
  await open('swap', 3, replies);
  const pawl = await night.run('run', '--headless', '-n', '3');
  expect(pawl).toMatchObject({ code: 0 });
  expect(loadedDuringTrials()).toEqual(loadedDuringTrials().map(() => 0));
  const asked = night.ollama.chats.map(({ body }) => body.messages!.at(-1)!.content);
  expect(asked[0]).not.toContain('wait to be tried');
  expect(asked[1]).toContain('wait to be tried already, so propose something else: "a first step"');
  expect(asked[2]).toContain('"a first step"; "half of what it was"');
  const { experiments } = stateIn(night.project.directory);
  expect(experiments[1]).toMatchObject({ verdict: 'kept' });
  expect(experiments[2]!.refusals).toMatchObject([{ attempt: 1, code: 'no-match' }]);
  expect(experiments[2]!.hypothesis).toBe('asked again after the refusal');
  expect(experiments[3]!.hypothesis).toBe('a little wider');
  expect(night.ollama.loads('scripted:7b')).toBe(2);
  // Each answer is charged to the model, also those for experiments that never came.
  const charged = experiments.flatMap((e) => e.asked).map((a) => a.replies);
  expect(charged.reduce((a, b) => a + b)).toBe(night.ollama.chats.length);
  const events = night.events();
  expect(events.filter((e) => e.type === 'proposal.dropped').map((e) => e.why)).toEqual(
    Array(night.ollama.chats.length - 4).fill('the run ended before its turn'),
  );
  expect(events.at(-1)!.type).toBe('run.ended');
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
  // The server answers before it has let go.
  await vi.waitFor(() => expect(night.ollama.loaded).toEqual([]), 10_000);
});

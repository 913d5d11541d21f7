import { delimiter } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type FakeNvidiaSmi, withFakeNvidiaSmi } from '../harness/fake-nvidia-smi/with-fake-nvidia-smi.ts';
import type { ScriptedReply } from '../harness/fake-ollama/script.ts';
import { constant, journalFaults, type Night, openNight } from './night.ts';
import { stateIn, until } from './run-pawl.ts';
import { steer } from './steer.ts';

// Generation beside training on make-believe GPUs: the model on GPU 0, the trial on one of its own, or on the same.

let night: Night;
let smi: FakeNvidiaSmi;
/** The trial that ran when the model was asked, one entry for each question; null = none. */
let during: (number | null)[];
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
  expect(smi.living()).toEqual([]);
  smi.dispose();
});

/** An Ollama runner on the first GPU; the number is of no process here. */
const apps = [{ pid: 4_194_000, name: '/usr/lib/ollama/llama-server', memory: 5700, gpu: 0 }];

function trialNow(): number | null {
  const last = night.events().findLast((e) => e.type === 'trial.started' || e.type === 'trial.ended');
  return last?.type === 'trial.started' ? last.n : null;
}

async function open(gpus: number, model: object, replies: (string | ScriptedReply)[]) {
  smi = withFakeNvidiaSmi({ gpus, pattern: 'idle', apps });
  during = [];
  night = await openNight({
    script: (_, index) => {
      during.push(trialNow());
      return replies[index] ?? constant('WIDTH', 65 + index);
    },
    project: {
      env: {
        PATH: [smi.dir, process.env.PATH].join(delimiter),
        FAKE_NVIDIA_SMI: smi.env.FAKE_NVIDIA_SMI!,
        FAKE_NVIDIA_SMI_NODE: process.execPath,
        CUDA_VISIBLE_DEVICES: String(gpus - 1),
      },
      settings: { strictness: 'greedy', model },
    },
  });
  // The baseline stays until pawl has seen what it does to the GPUs.
  night.stay(0);
}

/** In the first trial the last GPU begins to be used, as seen by pawl; then that trial may end. */
async function trains(gpus: number, pawl: ReturnType<Night['start']>) {
  // A run that cannot begin says why, instead of being waited for.
  const early = pawl.ended.then((ran) => {
    throw new Error(`pawl ended: ${JSON.stringify(ran)}`);
  });
  early.catch(() => {});
  const begun = until(
    'the first trial',
    () => night.events().some((e) => e.type === 'trial.started'),
    25_000,
  );
  await Promise.race([begun, early]);
  const screen = await steer(night.project.directory);
  const memory = () => {
    const seen = screen.pulses.findLast((pulse) => pulse.type === 'gpu');
    return seen?.gpus[gpus - 1]?.memoryUsedMiB ?? null;
  };
  const before = await until('a look at the GPUs', memory);
  smi.set({ gpus, pattern: 'training', busy: [gpus - 1], apps });
  await until('the trial uses its GPU', () => memory()! > before + 1000);
  screen.close();
  night.letGo(0);
}

test('with a GPU of its own the model writes the next proposal while the trial runs', async () => {
  await open(2, {}, [constant('LEARNING_RATE', 0.05, 'one'), constant('WIDTH', 72, 'two')]);
  night.stay(1);
  const pawl = night.start('run', '--headless', '-n', '2');
  await trains(2, pawl);
  // Asked, and answered, while the trial of #1 is held.
  await until('the second question is answered', () => night.ollama.chats[1]?.outcome === 'done');
  expect(trialNow()).toBe(1);
  night.letGo(1);
  const { code, stdout } = await pawl.ended;
  expect(code).toBe(0);
  expect(stdout).toContain('the model is on GPU 0, the trial on GPU 1');
  // What would be written beside the last trial is never asked for.
  expect(during).toEqual([null, 1]);
  const { experiments } = stateIn(night.project.directory);
  expect(experiments[2]).toMatchObject({ hypothesis: 'two', refusals: [] });
  expect(experiments[2]!.proposeSeconds).toBeGreaterThan(0);
});

test('a key ends at once what is being written; the trial goes on', async () => {
  await open(2, {}, [constant('LEARNING_RATE', 0.05), { text: 'never', firstDelayMs: 120_000 }]);
  night.stay(1);
  const pawl = night.start('run', '--headless', '-n', '3');
  await trains(2, pawl);
  await until('the second question', () => night.ollama.chats.length === 2);
  await night.run('stop');
  await until('it is given up', () => night.ollama.chats[1]!.outcome === 'canceled');
  expect(trialNow()).toBe(1);
  night.letGo(1);
  expect((await pawl.ended).code).toBe(0);
  const trial = night.events().find((e) => e.type === 'trial.ended' && e.n === 1);
  expect(trial).toMatchObject({ outcome: 'ok' });
  // What it took is the model's to answer for.
  const dropped = night.events().filter((e) => e.type === 'proposal.dropped');
  expect(dropped).toMatchObject([{ n: 1, by: { model: 'scripted:7b' }, why: 'it was not wanted any more' }]);
  const [asked] = stateIn(night.project.directory).experiments[1]!.asked;
  expect(asked!.replies).toBe(2);
  expect(asked!.seconds).toBeGreaterThanOrEqual(dropped[0]!.seconds);
  expect(dropped[0]!.seconds).toBeGreaterThan(0);
});

test('with one GPU it never does, although the model stays loaded', async () => {
  await open(1, { sharing: 'coresident' }, []);
  const pawl = night.start('run', '--headless', '-n', '2');
  await trains(1, pawl);
  expect((await pawl.ended).code).toBe(0);
  expect(during).toEqual([null, null]);
});

import { afterEach, expect, test } from 'vitest';
import { type FakeOllama, startFakeOllama } from '../harness/fake-ollama/start-fake-ollama.ts';
import { createTemporaryProject, type TemporaryProject } from '../harness/temporary-project.ts';
import { eventsIn, runPawl, stateIn } from './run-pawl.ts';

let ollama: FakeOllama;
let project: TemporaryProject;

afterEach(async () => {
  await ollama?.close();
  project?.remove();
});

test('a model with one idea for ever costs two replies an experiment, then the tuner proposes', async () => {
  const idea = 'HYPOTHESIS: a wider one fits better\nFAMILY: size\nSET WIDTH = 300\n';
  ollama = await startFakeOllama({ models: [{ name: 'parrot:7b' }], script: [idea] });
  project = createTemporaryProject({ trialMs: 20, env: { OLLAMA_HOST: ollama.url } });
  expect(await runPawl(project, 'run', '--headless', '--experiments', '3')).toMatchObject({ code: 0 });
  const { experiments } = stateIn(project.directory);
  expect(experiments.map((e) => e.proposer)).toEqual(['human', 'ollama', 'tuner', 'tuner']);
  expect(experiments.slice(2).map((e) => e.refusals.map((r) => r.code))).toEqual([
    ['duplicate', 'duplicate'],
    ['duplicate', 'duplicate'],
  ]);
  expect(experiments.every((e) => e.sha !== null)).toBe(true);
  const made = eventsIn(project.directory).filter((e) => e.type === 'experiment.proposed' && e.n === 2);
  expect(made.map((e) => (e.type === 'experiment.proposed' ? e.by : null))).toEqual([
    { proposer: 'ollama', model: 'parrot:7b' },
    { proposer: 'ollama', model: 'parrot:7b' },
    { proposer: 'tuner' },
  ]);
  // The second question names what was not tried, and is asked with more warmth.
  const again = ollama.chats[2]!.body;
  expect(again.messages!.at(-1)!.content).toContain(
    'Kinds of change that were not tried yet: learning rate;',
  );
  expect(Number(again.options!.temperature)).toBeGreaterThan(
    Number(ollama.chats[1]!.body.options!.temperature) + 0.25,
  );
});

import { afterEach, expect, test } from 'vitest';
import type { ChatBody } from '../harness/fake-ollama/script.ts';
import { type FakeOllama, startFakeOllama } from '../harness/fake-ollama/start-fake-ollama.ts';
import { createTemporaryProject, type TemporaryProject } from '../harness/temporary-project.ts';
import { eventsIn, runPawl, stateIn } from './run-pawl.ts';

// Each model is asked for what it can write, found out by its replies, over real HTTP; a resumed run goes on with that.

let ollama: FakeOllama;
let project: TemporaryProject;

afterEach(async () => {
  await ollama?.close();
  project?.remove();
});

/** A surface too long to be asked for whole. */
const padding = Array.from({ length: 260 }, (_, i) => `// ${i}`).join('\n');

async function world(parameterSize: string, reply: (form: 'edit' | 'constants', index: number) => string) {
  ollama = await startFakeOllama({
    models: [{ name: 'scripted:x', parameterSize }],
    ...(parameterSize === '1.5B' ? { probes: 'script' as const } : {}),
    script: (body: ChatBody, index: number) => {
      const system = body.messages?.[0]?.content ?? '';
      return reply(system.includes('<<<<<<< SEARCH') ? 'edit' : 'constants', index);
    },
  });
  project = createTemporaryProject({
    trialMs: 20,
    env: { OLLAMA_HOST: ollama.url },
    settings: { instructions: null, early_stop: 'off' },
  });
  project.write('train.mjs', `${project.read('train.mjs')}\n${padding}\n`);
  project.git('commit', '-aqm', 'A longer file');
}

const set = (index: number) =>
  `HYPOTHESIS: width number ${index} may fit better\nFAMILY: size\nSET WIDTH = ${30 + index}\n`;
const lost = `HYPOTHESIS: something else\nEDIT train.mjs\n<<<<<<< SEARCH\nconst MOMENTUM = 0.9;\n=======\nconst MOMENTUM = 0.95;\n>>>>>>> REPLACE\n`;

test('a model that breaks every SEARCH/REPLACE ends up with constants, and its proposals are applied', async () => {
  await world('7B', (form, index) => (form === 'edit' ? lost : set(index)));
  expect(await runPawl(project, 'run', '--headless', '--experiments', '3')).toMatchObject({ code: 0 });
  const { experiments } = stateIn(project.directory);
  expect(experiments[1]!.replies.map((r) => [r.form, r.code])).toEqual([
    ['edit', 'no-match'],
    ['edit', 'no-match'],
    ['constants', null],
  ]);
  expect(experiments.slice(1).map((e) => e.sha !== null)).toEqual([true, true, true]);
  expect(experiments[1]!.replies[2]!.why).toBe('2 of the last 2 replies could not be applied');

  // Ended and taken up again, it does not begin with what cannot work.
  const before = ollama.chats.length;
  expect(await runPawl(project, 'resume', '--headless', '--experiments', '5')).toMatchObject({ code: 0 });
  expect(ollama.chats.slice(before).map((c) => c.body.messages![0]!.content.includes('SEARCH'))).toEqual([
    false,
    false,
  ]);
  expect(
    stateIn(project.directory)
      .experiments.slice(4)
      .map((e) => e.replies[0]!.form),
  ).toEqual(['constants', 'constants']);
});

test('a small model that does well with constants is promoted to edits', async () => {
  const edit = (index: number) =>
    `HYPOTHESIS: decay ${index} should regularise\nEDIT train.mjs\n<<<<<<< SEARCH\nconst DROPOUT = 0.3;\n=======\nconst DROPOUT = 0.${300 + index};\n>>>>>>> REPLACE\n`;
  await world('1.5B', (form, index) => (form === 'edit' ? edit(index) : set(index)));
  expect(await runPawl(project, 'run', '--headless', '--experiments', '9')).toMatchObject({ code: 0 });
  const asked = eventsIn(project.directory).flatMap((e) =>
    e.type === 'experiment.proposed' ? [[e.form, e.formWhy]] : [],
  );
  expect(asked[0]).toEqual([
    'constants',
    expect.stringMatching(/^format probe: SEARCH\/REPLACE edits failed \(.*\); begins with constants only$/),
  ]);
  expect(asked.slice(1, 8)).toEqual(Array(7).fill(['constants', undefined]));
  expect(asked[8]).toEqual(['edit', '8 of the last 8 replies could be applied']);
  expect(stateIn(project.directory).experiments[9]!.sha).not.toBeNull();
});

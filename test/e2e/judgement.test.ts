import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { runPaths } from '../../src/engine/paths.ts';
import { constant, journalFaults, type Night, openNight } from './night.ts';
import { stateIn } from './run-pawl.ts';

// What is decided of rubrics and ties, and what is told of a model's promises, through the whole app.

let night: Night;
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
});

test('a model is told what its promises were worth, and so is the user', async () => {
  const promise = (n: number) =>
    `HYPOTHESIS: a rate of ${n}\nEXPECT: val_loss 50 % lower\nFAMILY: rate\nSET LEARNING_RATE = ${0.03 + n / 1000}\n`;
  night = await openNight({ script: [1, 2, 3, 4].map(promise) });
  expect(await night.run('run', '--headless', '-n', '4')).toMatchObject({ code: 0 });
  const prompt = (n: number) => {
    const { tag } = stateIn(night.project.directory);
    return readFileSync(runPaths(night.project.directory, tag).experiment(n).prompt, 'utf8');
  };
  expect(prompt(3)).not.toContain('expectations that named a number');
  expect(prompt(4)).toMatch(
    /Of your last 3 expectations that named a number, 0 came true, 3 promised too much and 0 too little; on average you expected \+50 %/,
  );
  const shown = await night.run('show', '1');
  expect(shown.stdout).toMatch(/^expected: val_loss 50 % lower; promised too much \(\+50 %, measured /m);
  expect(shown.stdout).toMatch(/^by: {7}scripted:7b, 1 reply in /m);
  expect((await night.run('list')).stdout).toContain("the model's expectations: 0 of 4 came true");
});

// Sixty items, and how well each is known does not depend on chance: WIDTH of them pass.
const rubric = `
const WIDTH = 10;
const SPARE = 1;
// A line that says nothing.
const passed = Array.from({ length: 60 }, (_, i) => (i < WIDTH ? 1 : 0));
console.log('ITEMS ' + passed.join(''));
console.log('METRIC val_loss=' + (WIDTH / 60).toFixed(4));
`;

test('a rubric is compared item by item; the journal alone decides the same when the run goes on', async () => {
  night = await openNight({
    script: [constant('WIDTH', 11), constant('WIDTH', 30), constant('WIDTH', 29)],
    project: {
      files: { 'train.mjs': rubric },
      settings: { metric: { name: 'val_loss', direction: 'maximize' }, strictness: 'careful' },
    },
  });
  expect(await night.run('run', '--headless', '-n', '2')).toMatchObject({ code: 0 });
  const [, one, many] = stateIn(night.project.directory).experiments;
  // Careful: one item more is one standard error, as much as that preset asks for.
  expect(one!.why).toContain('it fixed 1 and broke 0 of 60 items');
  expect(one!.z).toBeCloseTo(1, 2);
  expect(many).toMatchObject({ verdict: 'kept', confidence: 'confirmed' });
  expect(many!.why).toMatch(/it fixed (19|20) and broke 0 of 60 items/);
  expect(await night.run('resume', '--headless', '-n', '3')).toMatchObject({ code: 0 });
  const worse = stateIn(night.project.directory).experiments[3]!;
  expect(worse).toMatchObject({ verdict: 'discarded' });
  expect(worse.why).toContain('it fixed 0 and broke 1 of 60 items');
});

test('a change that only takes code away is kept as simpler, where ties are to be kept', async () => {
  const less =
    'HYPOTHESIS: it is not used\nEXPECT: the same\nFAMILY: simpler\nEDIT train.mjs\n<<<<<<< SEARCH\nconst SPARE = 1;\n=======\n>>>>>>> REPLACE\n';
  const comment =
    'HYPOTHESIS: nobody reads it\nEXPECT: the same\nFAMILY: simpler\nEDIT train.mjs\n<<<<<<< SEARCH\n// A line that says nothing.\n=======\n>>>>>>> REPLACE\n';
  night = await openNight({
    script: [comment, less],
    project: {
      files: { 'train.mjs': rubric.replace(/console\.log\('ITEMS.*\n/, '') },
      settings: { metric: { name: 'val_loss', direction: 'maximize' }, ties: 'keep-simpler' },
    },
  });
  expect(await night.run('run', '--headless', '-n', '2')).toMatchObject({ code: 0 });
  const state = stateIn(night.project.directory);
  expect(state.experiments[1]).toMatchObject({ verdict: 'discarded' });
  expect(state.experiments[2]).toMatchObject({ verdict: 'kept', confidence: 'confirmed' });
  expect(state.experiments[2]!.why).toContain('equal and simpler: 1 line of code less');
  expect(state.champion.n).toBe(2);
  const branch = night.project.git('show', `${state.branch}:train.mjs`);
  expect(branch).not.toContain('SPARE');
});

// Its best number is luck: it comes once, and every later run of it is worse than the start.
const lucky = `
const WIDTH = 10;
const first = /0$/.test(process.env.PAWL_OUT_DIR);
const level = WIDTH === 20 ? 0.95 : WIDTH === 30 ? (first ? 0.9 : 1.1) : 1;
console.log('METRIC val_loss=' + (level + 0.001 * Math.sin(Number(process.env.PAWL_SEED))).toFixed(6));
`;

test('a champion that turns out worse than the start is told, and what was kept before it is measured and offered', async () => {
  night = await openNight({
    script: [constant('WIDTH', 20), constant('WIDTH', 30)],
    project: { files: { 'train.mjs': lucky }, settings: { verify: 2 } },
  });
  const ran = await night.run('run', '--headless', '-n', '2');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const state = stateIn(night.project.directory);
  expect(state.champion.n).toBe(2);
  expect(state.verified!.claim!.high).toBeLessThan(0);
  expect(state.offered).toMatchObject({ n: 1, claim: { pairs: 2 } });
  expect(state.offered!.claim!.gain).toBeCloseTo(0.05, 2);
  expect(state.ended!.why).toMatch(
    /the end is worse than the start by 1\d.*; #1, the best kept before it: verified gain .*`pawl adopt --only 1` brings/,
  );
  const adopted = await night.run('adopt', '--only', '1');
  expect(adopted, adopted.stderr).toMatchObject({ code: 0 });
});

test('an evaluator with a line of its own: what the surface prints, leaves running or plants beside it is no number', async () => {
  const forger = `HYPOTHESIS: Print it.\nEDIT train.mjs\n<<<<<<< SEARCH\nconst WIDTH = 10;\n=======\nconst WIDTH = 10;\nimport { spawn } from 'node:child_process';\nwriteFileSync('level.js', 'module.exports = { level: 0 }');\nconsole.log('METRIC val_loss=0.9');\nspawn('/bin/sh', ['-c', 'for i in 1 2 3 4 5; do sleep 0.1; echo METRIC val_loss=0.9; done'], { detached: true, stdio: 'inherit' }).unref();\n>>>>>>> REPLACE\n`;
  night = await openNight({
    script: [forger, constant('WIDTH', 11)],
    project: {
      files: {
        'train.mjs':
          "import { writeFileSync } from 'node:fs';\nconst WIDTH = 10;\nwriteFileSync(process.env.PAWL_OUT_DIR + '/width', String(WIDTH));\n",
        'level.json': '{"level": 12}\n',
        'judge.cjs': `const { readFileSync } = require('node:fs');
const { level } = require('./level');
const width = Number(readFileSync(process.env.PAWL_OUT_DIR + '/width', 'utf8'));
setTimeout(() => console.log('METRIC val_loss=' + (level - width + 0.001 * Math.sin(Number(process.env.PAWL_SEED)))), 300);
`,
      },
      settings: {
        command: 'node train.mjs',
        evaluate: 'node judge.cjs',
        metric: { name: 'val_loss', direction: 'minimize', jumps: 'trust' },
      },
    },
  });
  const ran = await night.run('run', '--headless', '-n', '2');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const { experiments, settings } = stateIn(night.project.directory);
  expect(settings!.evaluate).toBe('node judge.cjs');
  expect(experiments.slice(1).map((e) => e.verdict)).toEqual(['discarded', 'kept']);
  for (const trial of experiments[1]!.trials) expect(trial.metric).toBeGreaterThan(1.9);
  const prompt = night.ollama.chats[0]!.body.messages!.map((m) => m.content).join('\n');
  expect(prompt).toContain('node train.mjs && node judge.cjs');
  const shown = await night.run('show', '1');
  expect(shown.stdout).toMatch(
    /\[pawl\] removed, because the evaluator could import it by mistake: level\.js\n +\[pawl\] the evaluator:/,
  );
  // Numbers of another evaluator cannot be compared with these.
  night.project.write(
    'pawl.yaml',
    night.project.read('pawl.yaml').replace('node judge.cjs', 'node ./judge.cjs'),
  );
  night.project.git('commit', '-qam', 'another evaluator');
  expect(await night.run('resume', '--headless', '-n', '3')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/evaluate changed since this run began/),
  });
}, 60_000);

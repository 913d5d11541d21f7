import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ChatBody } from '../harness/fake-ollama/script.ts';
import { constant, journalFaults, type Night, openNight } from './night.ts';
import { runFolder, runPawl, stateIn } from './run-pawl.ts';
import { steer } from './steer.ts';

// A panel over HTTP: scripted voices, a scripted chair.

let night: Night;
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
});

const question = (body: ChatBody) => body.messages!.at(-1)!.content;
/** Who is asked now: a persona, the chair, or the one who writes. */
function speaker(body: ChatBody): string {
  const tail = question(body).split('# The panel').at(-1)!;
  if (tail.includes('You are the chair')) return 'chair';
  return /You are the ([\w ]+)\./.exec(tail)?.[1] ?? 'writer';
}

const panel = (more: object = {}, settings: object = {}) => ({
  settings: {
    proposer: 'panel',
    verify: 0,
    ...(Object.keys(more).length > 0 ? { panel: more } : {}),
    ...settings,
  },
});

test('personas argue, the chair chooses, the proposal names its persona; all of it is told and kept', async () => {
  let written = 0;
  night = await openNight({
    project: panel({ rounds: 2 }),
    script: (body) => {
      const who = speaker(body);
      if (who === 'chair') return 'CHOICE: systems';
      if (who === 'writer') return constant('WIDTH', 80 + 8 * written++);
      return { text: `The ${who} would change WIDTH.`, delayMs: 1 };
    },
  });
  night.stay(1);
  const going = night.start('run', '--headless', '-n', '2');
  await night.event('trial.started', (e) => e.n === 1);
  const screen = await steer(night.project.directory);
  const streamed = screen.pulses.flatMap((p) => (p.type === 'model.tokens' ? [p.text] : [])).join('');
  screen.close();
  night.letGo(1);
  expect(await going.ended).toMatchObject({ code: 0 });

  // Five voices twice, the chair, the writer: for each of two experiments.
  const order = ['optimiser', 'architecture', 'data', 'systems', 'simplifier'];
  expect(night.ollama.chats.map(({ body }) => speaker(body)).slice(0, 12)).toEqual([
    ...order,
    ...order,
    'chair',
    'writer',
  ]);
  expect(night.ollama.chats).toHaveLength(24);
  // All begin alike, so the server need not read the files twelve times.
  const starts = night.ollama.chats.slice(0, 12).map(({ body }) => question(body).split('# The panel')[0]!);
  expect(new Set(starts).size).toBe(1);
  // The second round has heard the first.
  expect(question(night.ollama.chats[5]!.body)).toContain('> The simplifier would change WIDTH.');
  const bodies = night.ollama.chats.map(({ body }) => body.options!.num_predict as number);
  expect(bodies.slice(0, 10).every((tokens) => tokens === 160)).toBe(true);

  for (const name of order) expect(streamed).toContain(`── ${name} ──`);
  expect(streamed).toContain('── the proposal: systems ──');
  const { directory } = night.project;
  const reply = readFileSync(join(runFolder(directory), 'experiments/1/reply.md'), 'utf8');
  expect(reply).toMatch(/── data, round 2 ──[\s\S]*── chair ──\n\nCHOICE: systems[\s\S]*SET WIDTH = 80/);
  const prompt = readFileSync(join(runFolder(directory), 'experiments/1/prompt.md'), 'utf8');
  expect(prompt).toContain('You care about steps per second');
  const state = stateIn(directory);
  expect(state.experiments[1]).toMatchObject({
    proposer: 'panel',
    arm: { proposer: 'panel', model: 'scripted:7b', persona: 'systems' },
  });
  const { stdout } = await runPawl(night.project, 'list', '--by', 'persona', '--json');
  expect(stdout).toContain('"systems"');
  expect(JSON.stringify(state.experiments[2]!.asked)).toContain('systems');
});

test("own personas are the project's files, read afresh; one that rambles is cut; an unclear chair is no chair", async () => {
  night = await openNight({
    project: {
      ...panel({ personas: 'voices', tokens: 40, seconds: 600 }),
      files: { 'voices/brief.md': 'You say little.', 'voices/long winded.md': 'You never stop.' },
    },
    script: (body, i) => {
      const who = speaker(body);
      if (who === 'chair') return 'Both are fine ideas.';
      if (who === 'writer') return constant('WIDTH', 80 + i);
      return who === 'brief' ? 'Wider.' : { text: 'and so on, and on. ', times: 400 };
    },
  });
  night.stay(1);
  const going = night.start('run', '--headless', '-n', '2');
  await night.event('trial.started', (e) => e.n === 1);
  night.project.write('voices/brief.md', 'You say even less.');
  night.letGo(1);
  expect(await going.ended).toMatchObject({ code: 0 });
  const { directory } = night.project;
  const reply = readFileSync(join(runFolder(directory), 'experiments/1/reply.md'), 'utf8');
  expect(reply).toContain('── long winded ──\n\nand so on, and on.');
  expect(reply).toContain('[…cut]');
  expect(reply.length).toBeLessThan(2000);
  expect(['brief', 'long winded']).toContain(stateIn(directory).experiments[1]!.arm.persona);
  const heard = night.ollama.chats
    .filter(({ body }) => speaker(body) === 'brief')
    .map(({ body }) => question(body));
  expect(heard[0]).toContain('You say little.');
  expect(heard[1]).toContain('You say even less.');
  expect(night.project.read('voices/brief.md')).toBe('You say even less.');
});

test('a refused reply of a panel names its persona and where it is kept, in the lines, in show, in the state', async () => {
  let written = 0;
  night = await openNight({
    project: panel({ rounds: 1 }),
    script: (body) => {
      const who = speaker(body);
      if (who === 'chair') return 'CHOICE: systems';
      if (who !== 'writer') return `The ${who} would change WIDTH.`;
      return written++ === 0 ? 'I would rather not say.' : constant('WIDTH', 80);
    },
  });
  const { code, stdout } = await night.run('run', '--headless', '-n', '1');
  expect(code).toBe(0);
  const state = stateIn(night.project.directory);
  expect(state.experiments[1]!.refusals).toMatchObject([{ attempt: 1, persona: 'systems' }]);
  const kept = `.pawl/runs/${state.tag}/experiments/1/reply.md`;
  expect(stdout).toMatch(/#001 attempt 1 by systems refused: .+ \(the reply: /);
  expect(stdout).toContain(`(the reply: ${kept})`);
  expect(readFileSync(join(night.project.directory, kept), 'utf8')).toContain('I would rather not say.');
  expect((await runPawl(night.project, 'show', '1')).stdout).toMatch(/refused: +attempt 1 by systems: /);
});

test('the panel as one arm beside the tuner', async () => {
  night = await openNight({
    project: panel({ rounds: 1 }, { proposer: 'hybrid' }),
    script: (body, i) =>
      speaker(body) === 'chair'
        ? 'CHOICE: data'
        : speaker(body) === 'writer'
          ? constant('WIDTH', 80 + i)
          : 'More data.',
  });
  expect(await night.run('run', '--headless', '-n', '2')).toMatchObject({ code: 0 });
  const arms = stateIn(night.project.directory).experiments.slice(1);
  expect(arms.map(({ arm }) => arm)).toEqual([
    { proposer: 'panel', model: 'scripted:7b', persona: 'data' },
    { proposer: 'tuner' },
  ]);
});

test('the weakest persona gets another text, which stays because its ideas survive; the files stay as they are', async () => {
  const better = 'You widen the network step by step, as long as it helps, and leave the dropout alone.';
  let chairs = 0;
  let rates = 0;
  let drops = 0;
  let widths = 0;
  night = await openNight({
    project: {
      ...panel({ personas: 'voices' }, { plateau: 'off', metric: { name: 'val_loss', jumps: 'trust' } }),
      files: { 'voices/bad.md': 'You love dropout.', 'voices/good.md': 'You love learning rates.' },
    },
    script: (body) => {
      const text = question(body);
      if (text.includes('Write a better description of the bad')) return better;
      const who = speaker(body);
      if (who === 'chair') return `CHOICE: ${chairs++ % 2 === 0 ? 'good' : 'bad'}`;
      if (who !== 'writer') return text.includes(better) && who === 'bad' ? 'wider' : `more of the ${who}`;
      if (text.includes('idea of the good')) return constant('LEARNING_RATE', 0.03 + 0.01 * rates++);
      if (text.includes('> wider')) return constant('WIDTH', 28 + 4 * widths++);
      return constant('DROPOUT', 0.5 + 0.01 * drops++);
    },
  });
  expect(await night.run('run', '--headless', '-n', '24')).toMatchObject({ code: 0 });
  expect(await night.run('resume', '--headless', '-n', '34')).toMatchObject({ code: 0 });
  const { directory } = night.project;
  const state = stateIn(directory);
  expect(state.rewrites).toMatchObject([
    { persona: 'bad', n: 21, text: better, file: 'You love dropout.', outcome: 'kept' },
  ]);
  expect(state.personaNews.map((e) => e.text)).toEqual([
    'bad is the weakest voice: 0 of 10 ideas helped; the model writes its text anew, for 6 ideas',
    expect.stringMatching(
      /^bad: with its new text \d of 6 ideas helped, before 0 of 10 .* the new text stays$/,
    ),
  ]);
  // Its own history in git, beside the user's branches and files.
  const ref = `refs/pawl/${state.tag}/personas`;
  const texts = night.project.git('log', '--format=%s', ref).split('\n');
  expect(texts).toHaveLength(3);
  expect(texts.at(-1)).toBe('The personas as the run began with them');
  expect(night.project.git('show', `${ref}:bad.md`)).toBe(better);
  expect(night.project.git('show', `${ref}~2:bad.md`)).toBe('You love dropout.');
  expect(night.project.read('voices/bad.md')).toBe('You love dropout.');
  expect(night.project.git('branch', '--format=%(refname:short)').split('\n').sort()).toEqual(
    ['main', state.branch].sort(),
  );
});

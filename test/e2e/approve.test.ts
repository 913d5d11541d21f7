import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { constant, journalFaults, type Night, openNight } from './night.ts';
import { runFolder, stateIn, until } from './run-pawl.ts';
import { type Steer, steer } from './steer.ts';

// Approve mode on a real run: what waits, what each answer does, and that a kill -9 comes back to the same question.

let night: Night;
let screens: Steer[];
beforeEach(async () => {
  night = await openNight();
  screens = [];
});
afterEach(async () => {
  for (const screen of screens) screen.close();
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
});

const state = () => stateIn(night.project.directory);
const attach = async () => {
  const screen = await steer(night.project.directory);
  screens.push(screen);
  return screen;
};

/** A run in approve mode in which the proposal of #1 waits. */
async function waiting(): Promise<Steer> {
  night.stay(0);
  night.start('run', '--headless', '--seed', '1');
  await night.event('trial.started');
  const screen = await attach();
  expect(await screen.send({ type: 'mode', mode: 'approve' })).toMatchObject({ ok: true });
  night.letGo(0);
  await night.event('approval.asked', (e) => e.n === 1);
  return screen;
}

const tree = (n: number) => {
  const { approval } = state();
  expect(approval?.n).toBe(n);
  return approval!.tree;
};

test('a proposal waits; run runs exactly it, reject keeps its commit and tells the model why', async () => {
  const screen = await waiting();
  await until('the phase says so', () =>
    screen.pulses.some((p) => p.type === 'phase' && p.phase === 'approving' && p.n === 1),
  );
  expect(state().experiments[1]).toMatchObject({ sha: null, trials: [] });
  const seen = tree(1);
  expect(await screen.send({ type: 'answer', n: 1, tree: 'another', answer: 'run' })).toMatchObject({
    ok: false,
    message: '#1 was edited since you looked; look again',
  });
  expect(await screen.send({ type: 'answer', n: 2, tree: seen, answer: 'run' })).toMatchObject({ ok: false });
  expect(await screen.send({ type: 'answer', n: 1, tree: seen, answer: 'run' })).toMatchObject({ ok: true });
  await night.event('experiment.decided', (e) => e.n === 1);
  expect(state().experiments[1]!.tree).toBe(seen);

  await night.event('approval.asked', (e) => e.n === 2);
  const note = 'leave the learning rate alone';
  await screen.send({ type: 'answer', n: 2, tree: tree(2), answer: 'reject', note });
  expect(await night.event('experiment.decided', (e) => e.n === 2)).toMatchObject({
    verdict: 'rejected',
    by: 'user',
    why: 'rejected by you',
  });
  const two = state().experiments[2]!;
  expect(two.trials).toEqual([]);
  expect(night.project.git('rev-parse', `refs/pawl/${state().tag}/2`)).toBe(two.sha);
  await night.event('approval.asked', (e) => e.n === 3);
  expect(
    night.ollama.chats
      .at(-1)!
      .body.messages!.map((m) => m.content)
      .join('\n'),
  ).toContain(note);

  // Undo of the rejection: the same change again, which waits for nobody: the user has just said that it may run.
  expect(await screen.send({ type: 'answer', n: 3, tree: tree(3), answer: 'reject' })).toMatchObject({
    ok: true,
  });
  await night.event('approval.asked', (e) => e.n === 4);
  expect(await screen.send({ type: 'undo' })).toMatchObject({
    ok: true,
    message: 'undid the rejection of #3: #3 runs again next',
  });
  await screen.send({ type: 'answer', n: 4, tree: tree(4), answer: 'reject' });
  const again = await night.event('experiment.committed', (e) => e.n === 5);
  expect(again.tree).toBe(state().experiments[3]!.tree);
});

test('kill -9 while it waits: resume asks for the same change, without asking the model again', async () => {
  await waiting();
  const seen = tree(1);
  const asked = night.ollama.chats.length;
  await night.killEngine();
  night.start('resume', '--headless');
  await night.event('run.resumed');
  const screen = await attach();
  await until('it waits again', () =>
    screen.pulses.find((p) => p.type === 'phase' && p.phase === 'approving' && p.n === 1),
  );
  expect(screen.pulses.findLast((p) => p.type === 'diff')).toMatchObject({
    n: 1,
    text: expect.stringContaining('LEARNING_RATE'),
  });
  expect(tree(1)).toBe(seen);
  expect(state().mode).toBe('approve');
  expect(night.ollama.chats.length).toBe(asked);
  await screen.send({ type: 'answer', n: 1, tree: seen, answer: 'run' });
  await night.event('experiment.decided', (e) => e.n === 1);
  expect(state().experiments[1]!.tree).toBe(seen);
});

test('an edit is looked at and runs as the user’s; one that changes nothing, or would crash, is refused', async () => {
  await night.end();
  night = await openNight({
    project: { settings: { check: 'node --check train.mjs' } },
    script: [constant('LEARNING_RATE', 0.05), constant('LEARNING_RATE', 0.06), constant('DROPOUT', 0.2)],
  });
  const screen = await waiting();
  const models = { proposer: 'ollama', arm: { proposer: 'ollama', model: 'scripted:7b' } };
  const file = join(runFolder(night.project.directory), 'experiments/1/edit/train.mjs');
  const edit = () => screen.send({ type: 'edit', n: 1, tree: tree(1) });
  expect(readFileSync(file, 'utf8')).toContain('0.05');
  expect(await edit()).toMatchObject({ ok: false, message: 'the files are as they were' });
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, `${text}\n(((`);
  expect(await edit()).toMatchObject({
    ok: false,
    message: expect.stringMatching(/not taken: it would crash/),
  });
  const before = tree(1);
  writeFileSync(file, text.replace('0.05', '0.055'));
  expect(await edit()).toMatchObject({ ok: true });
  expect(tree(1)).not.toBe(before);
  // Undo puts the model's form back, and the edit can be made once more.
  expect(await screen.send({ type: 'undo' })).toMatchObject({ ok: true });
  expect(tree(1)).toBe(before);
  expect(state().experiments[1]).toMatchObject({ hypothesis: 'I believe in LEARNING_RATE 0.05', ...models });
  await until('the file is as proposed', () => readFileSync(file, 'utf8') === text);
  writeFileSync(file, text.replace('0.05', '0.055'));
  expect(await edit()).toMatchObject({ ok: true });
  await screen.send({ type: 'answer', n: 1, tree: tree(1), answer: 'run' });
  await night.event('experiment.decided', (e) => e.n === 1);
  const one = state().experiments[1]!;
  // It is the user's idea now: what it says is read from it, and nobody else is credited.
  expect(one).toMatchObject({
    proposer: 'human',
    arm: { proposer: 'human' },
    hypothesis: 'LEARNING_RATE 0.02 -> 0.055 (edited by hand)',
    constants: [{ name: 'LEARNING_RATE', from: 0.02, to: 0.055 }],
    expect: null,
    edited: { hypothesis: 'I believe in LEARNING_RATE 0.05', ...models },
  });
  expect((await night.run('show', '1')).stdout).toMatch(/^by: .*scripted:7b.*; edited by you$/m);
  expect(night.project.git('show', `${one.sha}:train.mjs`)).toContain('0.055');
});

test('AUTO lets it run; hold, skip, revert and stop find it waiting and lose nothing', async () => {
  const screen = await waiting();
  const seen = tree(1);
  await screen.send({ type: 'hold', when: 'now' });
  await night.event('run.held');
  await screen.send({ type: 'release' });
  await until('it waits again', () => state().approval?.n === 1 && !state().held);
  expect(await screen.send({ type: 'skip', n: 1 })).toMatchObject({ ok: true });
  expect(await night.event('experiment.decided', (e) => e.n === 1)).toMatchObject({ verdict: 'skipped' });
  expect(state().experiments[1]!.tree).toBe(seen);
  await night.event('approval.asked', (e) => e.n === 2);
  const second = tree(2);
  await screen.send({ type: 'stop', when: 'now' });
  expect(await night.event('run.ended')).toMatchObject({ outcome: 'stopped' });
  await night.engineGone();
  expect(state().experiments[2]).toMatchObject({ verdict: null, sha: null });
  night.start('resume', '--headless');
  await night.event('run.resumed');
  const back = await attach();
  await until('it waits again', () =>
    back.pulses.some((p) => p.type === 'phase' && p.phase === 'approving' && p.n === 2),
  );
  expect(await back.send({ type: 'mode', mode: 'auto' })).toMatchObject({ ok: true });
  await night.event('experiment.decided', (e) => e.n === 2);
  expect(state().experiments[2]!.tree).toBe(second);
  await night.event('experiment.decided', (e) => e.n === 3);
});

const ranSoFar = () => ({
  checks: existsSync(join(night.project.home, 'checked'))
    ? readFileSync(join(night.project.home, 'checked'), 'utf8').length
    : 0,
  smokes: readdirSync(join(runFolder(night.project.directory), 'experiments/1')).filter((f) =>
    /^smoke/.test(f),
  ).length,
});
const running = {
  check: 'printf x >>"$HOME"/checked && ! grep -q DO_NOT_PASS train.mjs',
  smoke: '10s',
};
const slip =
  'HYPOTHESIS: train with care\nEDIT train.mjs\n<<<<<<< SEARCH\nawait train({\n=======\nawait trian({\n>>>>>>> REPLACE\n';

test('nothing of a proposal runs before the yes: check and smoke come after it, and what is mended is asked again', async () => {
  await night.end();
  night = await openNight({
    project: { settings: running },
    script: [slip, constant('LEARNING_RATE', 0.05), constant('DROPOUT', 0.2)],
  });
  const screen = await waiting();
  const broken = tree(1);
  expect(ranSoFar()).toEqual({ checks: 0, smokes: 0 });
  expect(await screen.send({ type: 'answer', n: 1, tree: broken, answer: 'run' })).toMatchObject({
    ok: true,
  });
  expect(await night.event('experiment.rejected', (e) => e.n === 1)).toMatchObject({
    code: 'smoke',
    attempt: 1,
  });
  await night.event('approval.asked', (e) => e.n === 1 && e.tree !== broken);
  expect(night.ollama.chats[1]!.body.messages!.at(-1)!.content).toContain('trian is not defined');
  expect(ranSoFar()).toEqual({ checks: 1, smokes: 1 });
  expect(state().experiments[1]).toMatchObject({ sha: null, trials: [] });
  await screen.send({ type: 'answer', n: 1, tree: tree(1), answer: 'run' });
  await night.event('experiment.decided', (e) => e.n === 1);
  expect(ranSoFar()).toEqual({ checks: 2, smokes: 2 });
  expect(state().experiments[1]!.trials.length).toBeGreaterThan(0);
});

test('what was approved and killed before its check is checked after the resume; an edit that fails it is kept, and is not the model’s to mend', async () => {
  await night.end();
  night = await openNight({ project: { settings: running } });
  await waiting();
  await night.killEngine();
  night.start('resume', '--headless');
  await night.event('run.resumed');
  const screen = await attach();
  expect(ranSoFar()).toEqual({ checks: 0, smokes: 0 });
  const file = join(runFolder(night.project.directory), 'experiments/1/edit/train.mjs');
  // The folder from before the kill is there too: it is written anew, and then it waits.
  await until('it waits again', () =>
    screen.pulses.find((p) => p.type === 'phase' && p.phase === 'approving' && p.n === 1),
  );
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n// DO_NOT_PASS\n`);
  expect(await screen.send({ type: 'edit', n: 1, tree: tree(1) })).toMatchObject({ ok: true });
  expect(ranSoFar()).toEqual({ checks: 0, smokes: 0 });
  await screen.send({ type: 'answer', n: 1, tree: tree(1), answer: 'run' });
  expect(await night.event('experiment.decided', (e) => e.n === 1)).toMatchObject({
    verdict: 'rejected',
    why: expect.stringMatching(/^check failed/),
  });
  const { sha } = state().experiments[1]!;
  expect(night.project.git('show', `${sha}:train.mjs`)).toContain('DO_NOT_PASS');
  expect(ranSoFar()).toEqual({ checks: 1, smokes: 0 });
  await night.event('approval.asked', (e) => e.n === 2);
});

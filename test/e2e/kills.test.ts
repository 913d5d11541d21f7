import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resultsTsv } from '../../src/journal/results-tsv.ts';
import { constant, journalFaults, type Night, openNight } from './night.ts';
import { runFolder, stateIn, until } from './run-pawl.ts';
import { steer } from './steer.ts';

// kill -9 of the engine loses at most the trial that was running.

let night: Night;
beforeEach(async () => {
  night = await openNight();
});
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
});

/** Resumes the run to its end and looks at what must always hold afterwards. */
async function resumed(...args: string[]) {
  const ran = await night.run('resume', '--headless', ...args);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const state = stateIn(night.project.directory);
  expect(night.trialProcesses()).toEqual([]);
  expect(readFileSync(join(runFolder(night.project.directory), 'results.tsv'), 'utf8')).toBe(
    resultsTsv(state),
  );
  const kept = state.experiments.filter((e) => e.verdict === 'kept' && e.n > 0).map((e) => e.sha);
  const branch = night.project.git('log', '--format=%H', '--reverse', `main..${state.branch}`);
  expect(branch.split('\n').filter(Boolean)).toEqual(kept);
  expect(state.experiments.map((e) => e.verdict)).not.toContain(null);
  return state;
}

test('during a trial: it is swept, and run again with the same number and change', async () => {
  night.stay(2);
  const pawl = night.start('run', '--headless', '-n', '3', '--seed', '3');
  await night.event('trial.started', (e) => e.n === 2);
  const before = stateIn(night.project.directory);
  await night.killEngine();
  const ended = await pawl.ended;
  expect(ended).toMatchObject({ code: 1 });
  expect(ended.stderr).toMatch(/the engine is gone. Nothing decided is lost; go on with: pawl resume/);
  for (const { stdout, stderr } of [await night.run('attach'), await night.run('list')])
    expect(stdout + stderr).toMatch(
      /was cut off after .* in a trial of #2: its engine went .*; pawl resume goes on/,
    );
  night.letGo(2);
  const state = await resumed();
  expect(state.experiments[2]).toMatchObject({ sha: before.experiments[2]!.sha });
  expect(state.experiments[2]!.trials.map((t) => t.outcome)).toEqual(['void', 'ok']);
  expect(state.experiments[1]).toEqual(before.experiments[1]);
  expect(state).toMatchObject({ seed: 3, resumes: 1, champion: { n: 3 } });
});

test('during an evaluator, in the baseline and in an experiment: it is swept, and the trial run again', async () => {
  await night.end();
  night = await openNight({
    project: {
      settings: {
        command: 'true',
        evaluate:
          'touch "$STAY/at-$PAWL_EXPERIMENT"; while [ -e "$STAY/$PAWL_EXPERIMENT" ]; do sleep 0.02; done; node train.mjs',
      },
    },
  });
  for (const n of [0, 1]) {
    night.stay(n);
    night.start(n === 0 ? 'run' : 'resume', '--headless', '-n', '1');
    await until('the evaluator is at work', () => existsSync(join(night.project.home, 'stay', `at-${n}`)));
    await night.killEngine();
    night.letGo(n);
  }
  const state = await resumed('-n', '1');
  for (const n of [0, 1])
    expect(state.experiments[n]!.trials.slice(0, 2).map((t) => t.outcome)).toEqual(['void', 'ok']);
});

test('during the baseline: it goes on with the runs that are missing', async () => {
  night.stay(0);
  night.start('run', '--headless', '-n', '1');
  await night.event('trial.started', (e) => e.n === 0);
  await night.killEngine();
  night.letGo(0);
  const state = await resumed();
  expect(state.experiments[0]!.trials.map((t) => t.outcome)).toEqual(['void', 'ok', 'ok', 'ok']);
  expect(state.experiments[0]).toMatchObject({ verdict: 'kept' });
});

test('while the model thinks: the same number is proposed anew', async () => {
  night.ollama.control.setScript([
    constant('LEARNING_RATE', 0.05),
    { text: constant('WIDTH', 30), firstDelayMs: 60_000 },
    constant('WIDTH', 40),
  ]);
  night.start('run', '--headless', '-n', '2');
  await until('the model is asked for #2', () => night.ollama.chats.length === 2);
  await night.event('experiment.started', (e) => e.n === 2);
  await night.killEngine();
  const state = await resumed();
  expect(state.experiments[2]).toMatchObject({ hypothesis: 'I believe in WIDTH 40', attempts: 1 });
  expect(night.ollama.chats[1]!.outcome).toBe('canceled');
});

test('while held: resume is the release', async () => {
  night.stay(1);
  night.start('run', '--headless', '-n', '2');
  await night.event('trial.started', (e) => e.n === 1);
  const screen = await steer(night.project.directory);
  expect(await screen.send({ type: 'hold', when: 'now' })).toMatchObject({ ok: true });
  await night.event('run.held');
  screen.close();
  await night.killEngine();
  night.letGo(1);
  const state = await resumed();
  expect(state.held).toBeNull();
  expect(state.experiments[1]!.trials.map((t) => t.outcome)).toEqual(['stopped', 'ok']);
});

test('again and again, at any moment: nothing decided is lost and the run ends as if nothing had been', async () => {
  const wanted = 8;
  const seen = new Map<number, string>();
  for (let kill = 0; kill < 4; kill++) {
    // However slowly we look, it does not get away: this trial is not ended before the kill.
    const last = 2 * kill + 2;
    night.stay(last);
    const pawl = night.start(
      ...(kill === 0 ? ['run', '-n', String(wanted), '--seed', '9'] : ['resume']),
      '--headless',
    );
    // Another moment each time: so many lines further into the journal.
    const from = night.events().length;
    await until('the journal has grown', () => night.events().length >= from + 9 + 2 * kill);
    await night.killEngine();
    night.letGo(last);
    pawl.child.kill('SIGKILL');
    for (const e of stateIn(night.project.directory).experiments) {
      if (e.verdict === null) continue;
      const story = JSON.stringify([e.verdict, e.metric, e.sha, e.why]);
      expect(seen.get(e.n) ?? story).toBe(story);
      seen.set(e.n, story);
    }
  }
  const state = await resumed();
  expect(state.experiments).toHaveLength(wanted + 1);
});

test('a torn last line of the journal is dropped; damage in the middle is refused and nothing is changed', async () => {
  night.stay(1);
  night.start('run', '--headless', '-n', '1');
  await night.event('trial.started', (e) => e.n === 1);
  await night.killEngine();
  night.letGo(1);
  const path = join(runFolder(night.project.directory), 'journal.jsonl');
  appendFileSync(path, '{"v":1,"seq":99,"at":"20');
  const state = await resumed();
  expect(state.ended).toMatchObject({ outcome: 'finished' });
  const whole = readFileSync(path, 'utf8');
  const lines = whole.split('\n');
  writeFileSync(path, [lines[0], ...lines.slice(2)].join('\n'));
  const refused = await night.run('resume', '--headless');
  expect(refused).toMatchObject({ code: 3, stdout: '' });
  expect(refused.stderr).toMatch(/journal.jsonl:2: the journal is damaged: seq is 3, expected 2/);
  writeFileSync(path, whole);
});

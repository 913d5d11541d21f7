import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockHolder } from '../../src/engine/lock-holder.ts';
import { parseEvent } from '../../src/protocol/events.ts';
import { constant, journalFaults, lives, type Night, openNight } from './night.ts';
import { runFolder, stateIn, tagsIn, until } from './run-pawl.ts';

let night: Night;
beforeEach(async () => {
  night = await openNight();
});
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
});

describe('one engine', () => {
  test('two that start at once: one engine, one run, and both see its end', async () => {
    night.stay(1);
    const both = [1, 2].map(() => night.start('run', '--headless', '-n', '2', '--seed', '1'));
    await until('one attaches to the other', () => both.some((p) => /attaching to it/.test(p.stderr())));
    night.letGo(1);
    const ended = await Promise.all(both.map((p) => p.ended));
    for (const { code, stdout, stderr } of ended) {
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/finished: 2 experiments are decided/);
    }
    expect(ended.filter((e) => /attaching to it/.test(e.stderr))).toHaveLength(1);
    expect(tagsIn(night.project.directory)).toHaveLength(1);
    expect(night.events().filter((e) => e.type === 'run.started' || e.type === 'run.resumed')).toHaveLength(
      1,
    );
  });

  test('a second run attaches to the first; another tag or resume is refused', async () => {
    night.stay(1);
    const first = night.start('run', '--headless', '-n', '1');
    await night.event('trial.started', (e) => e.n === 1);
    night.project.write('pawl.yaml', `${night.project.read('pawl.yaml')}\nties: keep-simpler\n`);
    const second = night.start('run', '--headless');
    await until('the second watches', () => /#000 baseline/.test(second.stdout()));
    expect(second.stderr()).toMatch(
      /note: pawl.yaml was changed while it goes on \(ties\): it keeps what it has\..*pawl resume/,
    );
    const other = await night.run('run', '--headless', '--tag', 'another');
    expect(other).toMatchObject({ code: 3 });
    expect(other.stderr).toMatch(/is going on in this project. Stop it first: pawl stop/);
    expect(await night.run('resume', '--headless')).toMatchObject({ code: 3 });
    night.letGo(1);
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(await second.ended).toMatchObject({ code: 0 });
    expect(tagsIn(night.project.directory)).toHaveLength(1);
  });

  test('a run that goes on says what pawl.yaml says by now: what holds, and what the command line holds off', async () => {
    expect(await night.run('run', '--headless', '-n', '1')).toMatchObject({ code: 0 });
    const same = await night.run('resume', '--headless', '-n', '1');
    expect(`${same.stderr}${same.stdout}`).not.toMatch(/was changed|pawl\.yaml now/);
    const yaml = night.project.read('pawl.yaml');
    night.project.write('pawl.yaml', `${yaml}\nties: keep-simpler\nstop: {experiments: 9}\n`);
    const { code, stderr, stdout } = await night.run('resume', '--headless', '-n', '2');
    expect(code).toBe(0);
    expect(stderr).toContain(
      'note: ties is keep-simpler in pawl.yaml now, was discard when the run was started: it holds from here on',
    );
    expect(stderr).toMatch(
      /note: stop\.experiments is 9 in pawl\.yaml now.* it does not hold, 2 was said on the command line/,
    );
    expect(stdout).toMatch(
      /resumed.*; pawl\.yaml was changed: ties discard -> keep-simpler; the command line holds, not pawl\.yaml: stop\.experiments not set -> 9/,
    );
    expect(stateIn(night.project.directory).recoveries.at(-1)!.changed).toMatchObject([
      { name: 'ties', holds: true },
      { name: 'stop.experiments', holds: false, instead: '2' },
    ]);
  });

  test('its socket and lock belong to the user alone, and go with it', async () => {
    night.stay(1);
    const pawl = night.start('run', '--headless', '-n', '1');
    await night.event('trial.started', (e) => e.n === 1);
    const folder = runFolder(night.project.directory);
    const socket = readFileSync(join(folder, 'engine.sock'), 'utf8').trim();
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'journal.jsonl')).mode & 0o077).toBe(0);
    night.letGo(1);
    await pawl.ended;
    await night.engineGone();
    expect(existsSync(socket)).toBe(false);
    expect(existsSync(join(night.project.directory, '.pawl', 'lock'))).toBe(false);
  });

  test.skipIf(process.platform !== 'linux')('how it allocates is its own: no trial inherits it', async () => {
    night.stay(1);
    const pawl = night.start('run', '--headless', '-n', '1');
    await night.event('trial.started', (e) => e.n === 1);
    const environment = (pid: number) => readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    expect(environment(night.engine()!)).toContain('MALLOC_ARENA_MAX=1');
    const trial = night.trialProcesses();
    expect(trial.length).toBeGreaterThan(0);
    for (const pid of trial) expect(environment(pid).join('\n')).not.toMatch(/ARENA/);
    night.letGo(1);
    expect(await pawl.ended).toMatchObject({ code: 0 });
  });

  test('it survives the death of the command that started it', async () => {
    night.stay(1);
    const pawl = night.start('run', '--headless', '-n', '2');
    await night.event('trial.started', (e) => e.n === 1);
    pawl.child.kill('SIGKILL');
    await pawl.ended;
    night.letGo(1);
    const ended = await night.event('run.ended');
    expect(ended).toMatchObject({ outcome: 'finished', exitCode: 0 });
  });
});

describe('signals to a headless owner', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s stops the run, and says so with 130', async (signal) => {
    night.stay(1);
    const pawl = night.start('run', '--headless');
    await night.event('trial.started', (e) => e.n === 1);
    pawl.child.kill(signal);
    expect(await pawl.ended).toMatchObject({ code: 130 });
    await night.engineGone();
    expect(stateIn(night.project.directory).ended).toMatchObject({ outcome: 'stopped' });
    expect(night.trialProcesses()).toEqual([]);
  });

  test('SIGINT while the engine still starts stops the run too', async () => {
    const pawl = night.start('run', '--headless');
    await until('the engine has the lock', () => lockHolder(night.project.directory));
    pawl.child.kill('SIGINT');
    expect(await pawl.ended).toMatchObject({ code: 130 });
    await night.engineGone();
    expect(stateIn(night.project.directory).ended).toMatchObject({ outcome: 'stopped' });
  });

  test('SIGHUP leaves it running', async () => {
    night.stay(1);
    const pawl = night.start('run', '--headless', '-n', '1');
    await night.event('trial.started', (e) => e.n === 1);
    const engine = night.engine()!;
    pawl.child.kill('SIGHUP');
    expect(await pawl.ended).toMatchObject({ code: 0 });
    process.kill(engine, 'SIGHUP');
    expect(lives(engine)).toBe(true);
    night.letGo(1);
    await night.event('run.ended', (e) => e.outcome === 'finished');
  });

  test('SIGINT to one who only watches ends the watching', async () => {
    night.stay(1);
    const owner = night.start('run', '--headless', '-n', '1');
    await night.event('trial.started', (e) => e.n === 1);
    const watcher = night.start('attach', '--headless');
    await until('it watches', () => /#000 baseline/.test(watcher.stdout()));
    watcher.child.kill('SIGINT');
    expect(await watcher.ended).toMatchObject({ code: 130 });
    night.letGo(1);
    expect(await owner.ended).toMatchObject({ code: 0 });
  });
});

describe('stop and go on', () => {
  test('stop lets the trial end; run goes on with the same run and state', async () => {
    night.stay(1);
    const pawl = night.start('run', '--headless', '-n', '3', '--seed', '5');
    await night.event('trial.started', (e) => e.n === 1);
    expect(await night.run('stop')).toMatchObject({ code: 0, stdout: 'stops after this trial\n' });
    night.letGo(1);
    expect(await pawl.ended).toMatchObject({ code: 0 });
    await night.engineGone();
    const before = stateIn(night.project.directory);
    expect(before.ended).toMatchObject({ outcome: 'stopped', exitCode: 0 });
    expect(before.experiments[1]!.trials[0]).toMatchObject({ outcome: 'ok' });
    const again = await night.run('run', '--headless');
    expect(again.stderr).toMatch(/going on with run/);
    expect(again).toMatchObject({ code: 0 });
    const after = stateIn(night.project.directory);
    expect(after).toMatchObject({ tag: before.tag, seed: before.seed, base: before.base, resumes: 1 });
    // The limit that the run was started with still holds.
    expect(after.experiments).toHaveLength(4);
    expect(after.experiments[1]!.trials[0]).toEqual(before.experiments[1]!.trials[0]);
    expect(after.ended).toMatchObject({ outcome: 'finished' });
  });

  test('stop --now stops the trial and leaves nothing of it', async () => {
    night.stay(1);
    const pawl = night.start('run', '--headless', '-n', '3');
    await night.event('trial.started', (e) => e.n === 1);
    expect(night.trialProcesses().length).toBeGreaterThan(0);
    expect(await night.run('stop', '--now')).toMatchObject({ code: 0 });
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(night.trialProcesses()).toEqual([]);
    expect(stateIn(night.project.directory).experiments[1]).toMatchObject({ verdict: 'skipped', by: 'user' });
  });

  test('stop while the model thinks does not wait for it', async () => {
    night.ollama.control.setScript([{ text: constant('WIDTH', 30), firstDelayMs: 60_000 }]);
    const pawl = night.start('run', '--headless');
    await until('the model is asked', () => night.ollama.chats.length === 1);
    expect(await night.run('stop')).toMatchObject({ code: 0, stdout: 'stopping\n' });
    expect(await pawl.ended).toMatchObject({ code: 0 });
    await until('the request is cancelled', () => night.ollama.chats[0]!.outcome === 'canceled');
    expect(stateIn(night.project.directory).ended).toMatchObject({ outcome: 'stopped' });
  });

  test('what the command line said at the start still holds on resume; what it says now wins', async () => {
    night.stay(1);
    const pawl = night.start('run', '--headless', '-n', '2', '--budget', '3s', '--proposer', 'tuner');
    await night.event('trial.started', (e) => e.n === 1);
    await night.run('stop', '--now');
    await pawl.ended;
    night.letGo(1);
    expect(await night.run('resume', '--headless', '--proposer', 'ollama')).toMatchObject({ code: 0 });
    const state = stateIn(night.project.directory);
    expect(state.settings).toMatchObject({ budgetMs: 3000, proposer: 'ollama', stop: { experiments: 2 } });
    expect(state.proposer).toMatchObject({ kind: 'ollama' });
    expect(state.experiments).toHaveLength(3);
    // Finished as asked: going on with it means beyond that.
    const over = await night.run('attach');
    expect(over.code).toBe(2);
    expect(over.stderr).toMatch(
      /^pawl: nothing runs in .* now\.\nrun \S+ finished: 2 experiments are decided/,
    );
    for (const command of ['list', 'shot', 'replay', 'resume'])
      expect(over.stderr).toContain(`pawl ${command}`);
    expect(await night.run('resume', '--headless', '-n', '3')).toMatchObject({ code: 0 });
    expect(stateIn(night.project.directory).experiments).toHaveLength(4);
  });

  test('nothing runs: stop, attach and revert say so with exit 2', async () => {
    for (const args of [['stop'], ['attach'], ['revert', '1'], ['show', '1'], ['list']]) {
      const ran = await night.run(...args);
      expect(ran).toMatchObject({ code: 2, stdout: '' });
      expect(ran.stderr).toMatch(/^pawl: (nothing runs in|no run in) .*pawl run/);
    }
  });
});

describe('what a script reads', () => {
  test('--json prints the journal, line by line; list and show print what happened', async () => {
    const ran = await night.run('run', '--headless', '--json', '-n', '2');
    expect(ran).toMatchObject({ code: 0 });
    const lines = ran.stdout.trim().split('\n');
    expect(lines.map((line) => parseEvent(JSON.parse(line)))).toEqual(night.events());
    const { tag, experiments } = stateIn(night.project.directory);
    const listed = await night.run('list', '--json');
    expect(
      listed.stdout
        .trim()
        .split('\n')
        .map((l) => JSON.parse(l).n),
    ).toEqual([0, 1, 2]);
    expect((await night.run('list')).stdout).toMatch(/run .* on pawl\//);
    const arms = await night.run('list', '--by', 'proposer', '--json');
    expect(JSON.parse(arms.stdout)).toMatchObject({
      by: 'proposer',
      name: 'model',
      experiments: 2,
      tried: 2,
    });
    expect(JSON.parse(arms.stdout).trainSeconds).toBeGreaterThan(0);
    expect((await night.run('list', '--by', 'model')).stdout).toMatch(/^model +asked +applied/);
    expect(await night.run('list', '--by', 'luck')).toMatchObject({ code: 2 });
    const runs = await night.run('list', '--runs', '--json');
    expect(JSON.parse(runs.stdout)).toMatchObject({ tag, state: 'finished' });
    const shown = await night.run('show', '#1', '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ n: 1, sha: experiments[1]!.sha });
    expect(await night.run('show', '9')).toMatchObject({ code: 2 });
    expect(await night.run('show', 'one')).toMatchObject({ code: 2 });
    expect(await night.run('list', '--tag', 'nothere')).toMatchObject({ code: 2 });
  });

  test('revert from the command line moves the champion of the running engine', async () => {
    night.ollama.control.setScript([constant('LEARNING_RATE', 0.09), constant('WIDTH', 30)]);
    night.stay(2);
    const pawl = night.start('run', '--headless', '-n', '2');
    await night.event('trial.started', (e) => e.n === 2);
    expect(await night.run('revert', '7')).toMatchObject({ code: 1 });
    expect(await night.run('revert', 'x')).toMatchObject({ code: 2 });
    expect(await night.run('revert', '0')).toMatchObject({
      code: 0,
      stdout: 'the champion is the baseline; it is measured again\n',
    });
    night.letGo(2);
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(stateIn(night.project.directory)).toMatchObject({ champion: { n: 0 } });
  });
});

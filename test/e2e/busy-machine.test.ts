import { afterEach, expect, test } from 'vitest';
import { type MakeBelieveMachine, makeBelieveMachine } from '../harness/make-believe-machine.ts';
import { ever, journalFaults, type Night, openNight } from './night.ts';
import { stateIn } from './run-pawl.ts';
import { steer } from './steer.ts';

// Other programs take the machine while a trial runs. The load is make-believe, all else is real.

let night: Night;
let machine: MakeBelieveMachine;
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
  machine.dispose();
});

const quiet = { busy: 0, waited: 0 };
const busy = { busy: 100, waited: 0.5 };

/**
 * The first experiment comes upon a busy machine. Trials are long enough to be judged, and no longer; they show no curve,
 * whose pace would be this machine's own. @param then what a trial does when it was looked at
 */
async function open(then = 'true'): Promise<void> {
  machine = makeBelieveMachine(quiet);
  night = await openNight({
    script: (_, index) => {
      if (index === 0) machine.is(busy);
      return ever(_, index);
    },
    project: {
      env: machine.env,
      settings: {
        command: `node train.mjs | grep METRIC && ${machine.untilLookedAt} && ${then}`,
        contaminated: 'rerun',
        contaminated_after: '200ms',
      },
    },
  });
}

const trials = (n: number) => stateIn(night.project.directory).experiments[n]?.trials ?? [];
const marks = (n: number) => trials(n).map((t) => [t.outcome, t.contaminated !== null]);
const spoilt = ['void', true];

test('a busy machine spoils a trial: marked, run again, not counted; the third in a row holds until it is quiet', async () => {
  await open();
  const pawl = night.start('run', '--headless', '-n', '1');
  const first = await night.event('trial.ended', (e) => e.n === 1);
  expect(first).toMatchObject({ outcome: 'void', metric: null, why: first.contaminated });
  expect(first.contaminated).toMatch(
    /^other programs took \d+\.\d of \d+ cores, and it waited for a core \d+ % of its time$/,
  );
  expect(first.conditions!.foreignCores).toBeGreaterThan(0);
  const held = await night.event('run.held');
  expect(held).toMatchObject({ by: 'engine', kind: 'busy' });
  expect(held.reason).toMatch(/^The machine is too busy to measure, 3 times in a row: other programs took /);
  expect(held.next).toMatch(/goes on when the machine is quiet\. p counts trials as they are .*, s skips/);
  expect(marks(1)).toEqual([spoilt, spoilt, spoilt]);

  const list = await night.run('list');
  expect(list.stdout).toMatch(/^held since .*: The machine is too busy to measure, 3 times in a row/m);
  expect(list.stdout).toMatch(/Stop the other programs: pawl goes on when the machine is quiet/);
  expect(list.stdout).toMatch(/^3 trials were spoilt by the machine .* run again; they count for nothing$/m);
  expect((await night.run('list', '--runs')).stdout).toMatch(/^\S+ +held /);
  expect((await night.run('show', '1')).stdout).toMatch(
    /^ {2}0 {2}candidate {2}void .* contaminated: other programs took /m,
  );

  machine.is(quiet);
  expect(await pawl.ended).toMatchObject({ code: 0 });
  expect(pawl.stdout()).toMatch(/HELD The machine is too busy/);
  const released = night.events().filter((e) => e.type === 'run.released');
  expect(released).toMatchObject([{ by: 'engine' }]);
  expect(night.events().filter((e) => e.type === 'run.held')).toHaveLength(1);
  const { experiments, counts } = stateIn(night.project.directory);
  const good = experiments[1]!.trials.filter((t) => t.outcome === 'ok');
  expect(marks(1).slice(0, 4)).toEqual([spoilt, spoilt, spoilt, ['ok', false]]);
  expect(experiments[1]).toMatchObject({ verdict: 'kept' });
  expect(good.map((t) => t.metric)).toContain(experiments[1]!.metric);
  expect(counts).toMatchObject({ kept: 1, crashed: 0, void: 0 });
  expect((await night.run('list')).stdout).not.toMatch(/^held/m);
}, 60_000);

test('spoilt once: run again without a word', async () => {
  // The load ends with the first trial that has suffered from it.
  const machineIs = `"$TEST_MACHINE"/machine.json`;
  await open(`if [ "$PAWL_EXPERIMENT" = 1 ]; then echo '{}' >${machineIs}; fi`);
  expect(await night.run('run', '--headless', '-n', '1')).toMatchObject({ code: 0 });
  expect(marks(1).filter(([, contaminated]) => contaminated)).toEqual([spoilt]);
  expect(marks(1)[0]).toEqual(spoilt);
  expect(night.events().filter((e) => e.type === 'run.held')).toEqual([]);
  expect(stateIn(night.project.directory).experiments[1]).toMatchObject({ verdict: 'kept' });
}, 60_000);

test('p counts trials as they are from then on: no further hold, on the same busy machine', async () => {
  await open();
  const pawl = night.start('run', '--headless', '-n', '2');
  await night.event('run.held');
  const screen = await steer(night.project.directory);
  expect(await screen.send({ type: 'release' })).toMatchObject({ ok: true });
  screen.close();
  expect(await pawl.ended).toMatchObject({ code: 0 });
  expect(night.events().filter((e) => e.type === 'run.held')).toHaveLength(1);
  expect(marks(1).filter(([, contaminated]) => contaminated)).toHaveLength(3);
  expect(marks(2).filter(([, contaminated]) => contaminated)).toEqual([]);
}, 60_000);

const baselines = () => trials(0).filter((t) => t.role === 'baseline');
const beginsBusy = async (then = 'true', atFirstIdea = busy) => {
  machine = makeBelieveMachine(busy);
  night = await openNight({
    script: (_, index) => {
      if (index === 0) machine.is(atFirstIdea);
      return ever(_, index);
    },
    project: {
      env: machine.env,
      settings: {
        command: `node train.mjs | grep METRIC && ${machine.untilLookedAt} && ${then}`,
        contaminated: 'rerun',
        contaminated_after: '200ms',
      },
    },
  });
};

test('a baseline that came upon a busy machine is measured again and said to be, and never held', async () => {
  // The load ends with the first run.
  await beginsBusy(`echo '{}' >"$TEST_MACHINE"/machine.json`, quiet);
  const ran = await night.run('run', '--headless', '-n', '1');
  expect(ran).toMatchObject({ code: 0 });
  expect(baselines().map((t) => [t.outcome, t.contaminated !== null])).toEqual([
    spoilt,
    ...Array(3).fill(['ok', false]),
  ]);
  expect(ran.stdout).toMatch(
    /note: A run of the baseline does not count: other programs took \d.* a core \d+ % of its time\. It is measured again/,
  );
  expect(night.events().filter((e) => e.type === 'run.held')).toEqual([]);
  expect((await night.run('list')).stdout).toMatch(
    /^warned at \d\d:\d\d: A run of the baseline does not count: /m,
  );
}, 60_000);

test('a machine that stays busy gets its baseline; when it is quiet the champion is measured again before anything is kept', async () => {
  await beginsBusy('true', quiet);
  expect(await night.run('run', '--headless', '-n', '1')).toMatchObject({ code: 0 });
  expect(baselines().map((t) => [t.outcome, t.contaminated !== null])).toEqual([
    spoilt,
    spoilt,
    ...Array(3).fill(['ok', false]),
  ]);
  const warned = night.events().flatMap((e) => (e.type === 'run.warned' ? [e.text] : []));
  expect(warned.some((text) => text.startsWith('The machine stays busy (other programs took '))).toBe(true);
  expect(night.events().filter((e) => e.type === 'run.held')).toEqual([]);
  const order = night.events().flatMap((e) => (e.type === 'trial.ended' ? [`${e.n} ${e.role}`] : []));
  const idea = order.indexOf('1 candidate');
  expect(order.slice(idea, idea + 3)).toEqual(['1 candidate', '0 champion', '0 champion']);
}, 60_000);

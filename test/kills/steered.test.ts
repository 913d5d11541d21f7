import { existsSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunState } from '../../src/journal/state.ts';
import type { Command } from '../../src/protocol/commands.ts';
import { stateIn, until } from '../e2e/run-pawl.ts';
import { steer } from '../e2e/steer.ts';
import { type KillPlan, openSmallRun, type SmallRun } from './small-run.ts';
import { faultsAfter, lookBefore, orphansOf } from './whole.ts';

// The user moves the champion, or says yes, and the engine dies between what git does and what the journal says.

let run: SmallRun;
beforeAll(async () => {
  run = await openSmallRun();
  const ran = await run.run('run', '--headless', '-n', '4', '--seed', '5');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  await run.engineGone();
}, 60_000);
afterAll(() => run.end());

const state = () => stateIn(run.project.directory);
const moved = 'write run/journal.jsonl champion.moved';
const refs = 'tell git update refs/pawl/T/champion, update refs/heads/pawl/T, prepare';

/** Latest experiment that was measured and not kept. */
const refused = (s: RunState) =>
  s.experiments.findLast((e) => e.verdict === 'discarded' && e.metric !== null)!.n;

const acts: Record<string, (s: RunState) => Command> = {
  revert: (s) => ({ type: 'revert', target: { to: 'before', n: s.champion.n } }),
  keep: (s) => ({ type: 'keep', n: refused(s) }),
};

/** Resumes with a plan to die, steers while the next trial runs, and resumes once more to the end. */
async function killedWhile(plan: KillPlan, act: (n: number) => Promise<void>): Promise<string[]> {
  const n = state().experiments.length;
  const { user } = lookBefore(run);
  const died = `${run.effectsPath}.died`;
  rmSync(died, { force: true });
  run.stay(n);
  const pawl = run.startWith(run.armed(plan), 'resume', '--headless', '-n', String(n));
  await act(n);
  await until('the engine was killed where it should', () => existsSync(died));
  run.letGo(n);
  await pawl.ended;
  await until('it is gone', () => run.engine() === null && orphansOf(run).length === 0);
  const before = { ...lookBefore(run), user };
  const again = await run.run('resume', '--headless', '-n', String(n));
  expect(again, again.stderr).toMatchObject({ code: 0 });
  await until('it has tidied up', () => run.engine() === null && orphansOf(run).length === 0);
  return faultsAfter(run, before);
}

const plans: KillPlan[] = [
  { name: refs, count: 1, when: 'after', all: true },
  { name: moved, count: 1, when: 'before', all: false },
];

test.each(
  Object.keys(acts).flatMap((act) => plans.map((plan) => [act, `${plan.when} ${plan.name}`, plan] as const)),
)(
  'a %s, killed %s',
  async (act, _, plan) => {
    let wanted: Command | null = null;
    const faults = await killedWhile(plan, async (n) => {
      await run.event('trial.started', (e) => e.n === n);
      const screen = await steer(run.project.directory);
      wanted = acts[act]!(screen.state);
      void screen.send(wanted).catch(() => {});
      await run.engineGone();
      screen.close();
    });
    expect(faults).toEqual([]);
    // Either it has happened, or it has not; with its line written it has.
    const { moves } = state();
    const cause = act === 'revert' ? 'reverted' : 'forced';
    if (plan.name === moved) expect(moves.map((m) => m.cause)).toContain(cause);
  },
  60_000,
);

test.each([
  ['write run/journal.jsonl approval.answered', 'after'],
  ['write run/journal.jsonl experiment.committed', 'before'],
] as const)(
  'a yes to a proposal, killed at %s (%s): the yes counts',
  async (name, when) => {
    const faults = await killedWhile({ name, count: 1, when, all: false }, async (n) => {
      await run.event('experiment.started', (e) => e.n === n);
      const screen = await steer(run.project.directory);
      await screen.send({ type: 'mode', mode: 'approve' });
      const asked = await run.event('approval.asked', (e) => e.n === n);
      void screen.send({ type: 'answer', n, tree: asked.tree, answer: 'run' }).catch(() => {});
      await run.engineGone();
      screen.close();
      run.letGo(n);
    });
    expect(faults).toEqual([]);
  },
  60_000,
);

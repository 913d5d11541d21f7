import { nameOf } from '../protocol/words.ts';
import type { HandlerSide, Handlers } from './command-handlers.ts';
import { done, refused } from './reply.ts';
import { planRevert } from './revert-plan.ts';
import { undoOfMove } from './undo-move.ts';

/** What the user may say of a decided experiment: keep it anyway, measure it once more, pin it. */
export function verdictHandlers(side: HandlerSide): Handlers<'keep' | 'rerun' | 'pin'> {
  const { session, mover, undos, schedule, acted, wakeUp } = side;
  return {
    async keep({ n }) {
      // The run waits for just this: no force is needed.
      if (session.state.held?.asks === n) {
        session.append({ type: 'run.released', by: 'user', decision: 'keep' });
        wakeUp();
        return done(`#${n} is kept`);
      }
      const target = { to: 'experiment', n } as const;
      const plan = planRevert(session.state, target, true);
      if ('refused' in plan) return refused(plan.refused);
      return schedule(async () => {
        const now = planRevert(session.state, target, true);
        if ('refused' in now) throw new Error(now.refused);
        const before = session.state.champion;
        // Said before it is done: if the engine dies in between, this explains the branch.
        acted('keep', `#${n}`);
        await mover.move(now, 'forced');
        undos.remember(undoOfMove(side, { what: `the forced keep of #${n}`, from: before.n, to: n }));
        const dropped =
          now.reverted.length > 0 ? `; ${now.reverted.map(nameOf).join(' ')} no longer kept` : '';
        return `#${n} is the champion${dropped}; what comes is compared with it`;
      });
    },
    async rerun({ n }) {
      const e = session.state.experiments[n];
      if (!e) return refused(`there is no experiment #${n}`);
      if (e.verdict === null) return refused(`#${n} is not decided yet`);
      if (e.sha === null) return refused(`#${n} never had a commit (${e.verdict}), there is nothing to run`);
      if (session.state.reruns.includes(n)) return refused(`${nameOf(n)} is queued already`);
      session.append({ type: 'rerun.asked', n });
      undos.remember({
        what: `the re-run of ${nameOf(n)}`,
        effect: () => 'it is taken out of the queue',
        gone: () => {
          if (!session.state.reruns.includes(n)) return 'it has run already';
          return session.state.experiments[n]!.trials.some((t) => t.outcome === null)
            ? 'it runs already'
            : null;
        },
        undo: () => {
          session.append({ type: 'rerun.withdrawn', n });
          return done('it is not run again');
        },
      });
      wakeUp();
      const before = session.state.reruns.length - 1;
      return done(
        `${nameOf(n)} runs once more ${before > 0 ? `after ${before} other${before > 1 ? 's' : ''}` : 'before the next proposal'}`,
      );
    },
    async pin({ n, pinned }) {
      const e = session.state.experiments[n];
      if (!e) return refused(`there is no experiment #${n}`);
      if (e.pinned === pinned) return refused(`${nameOf(n)} is ${pinned ? 'pinned already' : 'not pinned'}`);
      const set = (to: boolean) =>
        session.append({ type: to ? 'experiment.pinned' : 'experiment.unpinned', n });
      set(pinned);
      undos.remember({
        what: `the ${pinned ? 'pin on' : 'unpinning of'} ${nameOf(n)}`,
        effect: () => `${nameOf(n)} is ${pinned ? 'not pinned' : 'pinned'} again`,
        gone: () => (session.state.experiments[n]?.pinned === pinned ? null : 'it was changed since'),
        undo: () => {
          set(!pinned);
          return done(`${nameOf(n)} is ${pinned ? 'not pinned' : 'pinned'}`);
        },
      });
      return done(
        pinned ? `${nameOf(n)} is pinned: cleaning up leaves it` : `${nameOf(n)} is not pinned any more`,
      );
    },
  };
}

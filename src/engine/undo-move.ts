import { nameOf } from '../protocol/words.ts';
import type { HandlerSide } from './command-handlers.ts';
import { planRevert } from './revert-plan.ts';
import type { Undoable } from './undo-stack.ts';

/**
 * How a move of the champion to `to` is taken back: to `from`, where it was before. It cannot be any more once the champion
 * has moved on; `hint` then says what else there is.
 */
export function undoOfMove(
  { session, mover, schedule, moveCost }: HandlerSide,
  { what, from, to, hint = '' }: { what: string; from: number; to: number; hint?: string },
): Undoable {
  const champion = () => session.state.champion.n;
  return {
    what,
    effect: () => `the champion is ${nameOf(from)} again${moveCost()}`,
    gone: () => (champion() === to ? null : `${nameOf(champion())} is the champion since${hint}`),
    undo: () =>
      schedule(async () => {
        const back = planRevert(session.state, { to: 'experiment', n: from });
        if ('refused' in back) throw new Error(back.refused);
        await mover.move(back, 'undone');
        return `the champion is ${nameOf(from)} again`;
      }),
  };
}

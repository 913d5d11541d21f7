import type { Approval } from '../journal/state.ts';
import type { Command } from '../protocol/commands.ts';
import { nameOf } from '../protocol/words.ts';
import { approvalHandlers } from './approval-handlers.ts';
import { noteHandlers } from './note-handlers.ts';
import { done, type Reply, refused } from './reply.ts';
import { planRevert } from './revert-plan.ts';
import type { Session } from './session.ts';
import { undoOfMove } from './undo-move.ts';
import { createUndoStack, type UndoStack } from './undo-stack.ts';
import { verdictHandlers } from './verdict-handlers.ts';

/** What the user asked for and the loop has not come to yet. Commands write it, the loop's boundary reads it. */
export interface Wishes {
  hold: 'after-trial' | 'now' | null;
  stop: 'after-trial' | 'now' | null;
  /** The experiment to skip: its number, so that a late key never hits the next one. */
  skip: number | null;
  /** Skipped experiments to run again, oldest first. */
  requeue: number[];
  /** Champion moves, to be run one by one while nothing else runs. */
  moves: { run(): Promise<void> }[];
}

export interface Mover {
  /** Moves branch and champion; the running experiment has been stopped before. */
  move(
    plan: { to: string; n: number; reverted: number[]; restored: number[] },
    cause: 'reverted' | 'undone' | 'forced',
  ): Promise<void>;
  /**
   * Checks what the user made of the waiting proposal, and puts it in its place.
   * @throws Error saying why it cannot be run; the proposal stands as it was then
   */
  edit(n: number): Promise<void>;
  /** Puts an earlier form of the waiting proposal back. */
  unedit(before: Approval): Promise<void>;
}

/** What handlers in other files work with. */
export interface HandlerSide {
  session: Session;
  mover: Mover;
  undos: UndoStack;
  /** Runs something at the next boundary, at once when nothing runs; resolves when it is done. */
  schedule(run: () => Promise<string>): Promise<Reply>;
  acted(act: string, detail: string): void;
  wakeUp(): void;
  /** What a champion move would cost now, to be said after what it does: the trial that runs. */
  moveCost(): string;
}

/** One function for each of some commands. */
export type Handlers<T extends Command['type']> = {
  [K in T]: (command: Extract<Command, { type: K }>) => Promise<Reply>;
};

/** The loop, as far as commands may touch it. */
export interface LoopSide {
  /** What runs now, and for which experiment. */
  activity(): { kind: 'proposing' | 'trial'; n: number } | null;
  /** Stops what runs now when a wish cannot wait for it. */
  interrupt(): void;
  /** Ends a wait at the boundary. */
  wakeUp(): void;
}

/** One function a command: what it asks of the loop, and what the user is told. */
export function createCommandHandlers(
  session: Session,
  mover: Mover,
  wishes: Wishes,
  loop: LoopSide,
): { handle(command: Command): Promise<Reply>; undos: Pick<UndoStack, 'refresh'> } {
  const acted = (act: string, detail: string) => session.append({ type: 'human.acted', act, detail });
  const undos = createUndoStack(
    (what) => acted('undo', what),
    (acts) => session.pulse({ type: 'undos', acts }),
  );
  const moveCost = () => {
    const running = loop.activity();
    return running?.kind === 'trial'
      ? `; the trial of ${nameOf(running.n)} is stopped, its result is lost`
      : '';
  };

  /** Runs a champion move at the next boundary, at once when nothing runs; resolves when it is done. */
  function schedule(run: () => Promise<string>): Promise<Reply> {
    return new Promise((resolve) => {
      wishes.moves.push({
        run: () =>
          run().then(
            (m) => resolve(done(m)),
            (error: Error) => resolve(refused(error.message)),
          ),
      });
      loop.interrupt();
      loop.wakeUp();
    });
  }

  /** Why the change of `n` cannot run once more; null = it can. */
  function whyNotAgain(n: number): string | null {
    const e = session.state.experiments[n];
    if (!e || e.sha === null) return `#${n} had no change yet that could run again`;
    return e.parent === session.state.champion.sha
      ? null
      : `the champion has moved since #${n}; its change no longer stands on it`;
  }

  /** Queues a skipped or rejected change to run once more. */
  function runAgain(n: number): Reply {
    const why = whyNotAgain(n);
    if (why !== null) return refused(why);
    wishes.requeue.push(n);
    loop.wakeUp();
    return done(`#${n} runs again next`);
  }

  const side: HandlerSide = { session, mover, undos, schedule, acted, wakeUp: loop.wakeUp, moveCost };
  const handlers: {
    [T in Command['type']]: (c: Extract<Command, { type: T }>) => Promise<Reply>;
  } = {
    async hold({ when }) {
      if (session.state.held?.by === 'user') return refused('held already; p releases');
      if (wishes.stop) return refused('the run is stopping');
      wishes.hold = when;
      loop.interrupt();
      loop.wakeUp();
      undos.remember({
        what: 'the hold',
        effect: () => 'the run goes on',
        gone: () => (wishes.hold === null && session.state.held?.by !== 'user' ? 'it is over already' : null),
        undo: () => {
          const held = session.state.held?.by === 'user';
          wishes.hold = null;
          if (held) session.append({ type: 'run.released', by: 'user' });
          loop.wakeUp();
          return done('released');
        },
      });
      return done(
        when === 'now'
          ? 'holding now'
          : loop.activity()?.kind === 'trial'
            ? 'holds after this trial'
            : 'holds before the next trial',
      );
    },
    async release({ decision }) {
      const asks = session.state.held?.asks ?? null;
      if (asks !== null && !decision)
        return refused(`the run asks whether to keep #${asks}: answer keep or discard (v)`);
      if (asks === null && decision) return refused('nothing is asked');
      if (decision) {
        session.append({ type: 'run.released', by: 'user', decision });
        loop.wakeUp();
        return done(decision === 'keep' ? `#${asks} is kept` : `#${asks} is discarded`);
      }
      if (wishes.hold !== null && !session.state.held) {
        wishes.hold = null;
        return done('the hold is cancelled');
      }
      if (!session.state.held) return refused('nothing is held');
      wishes.hold = null;
      session.append({ type: 'run.released', by: 'user' });
      loop.wakeUp();
      return done('released');
    },
    async skip({ n }) {
      const current = session.state.current;
      if (current === null || n !== current) return refused('skip: nothing is running');
      if (n === 0) return refused('skip: the baseline cannot be skipped; everything is compared with it');
      acted('skip', `#${n}`);
      wishes.skip = n;
      loop.interrupt();
      loop.wakeUp();
      undos.remember({
        what: `the skip of #${n}`,
        effect: () => `#${n} runs again next`,
        gone: () => {
          const e = session.state.experiments[n];
          // Its trial may still be on its way out: null becomes `skipped` in a moment.
          if (!e || (e.verdict !== 'skipped' && e.verdict !== null))
            return `#${n} was not skipped in the end (${e?.verdict})`;
          return whyNotAgain(n);
        },
        undo: () => runAgain(n),
      });
      return done(`#${n} skipped`);
    },
    async revert({ target }) {
      const plan = planRevert(session.state, target);
      if ('refused' in plan) return refused(plan.refused);
      return schedule(async () => {
        // Between the key and the boundary an experiment may have been kept: plan again on what is true now.
        const now = planRevert(
          session.state,
          target.to === 'last-kept' ? { to: 'experiment', n: plan.n } : target,
        );
        if ('refused' in now) throw new Error(now.refused);
        const before = session.state.champion;
        acted('revert', `to #${now.n}`);
        await mover.move(now, 'reverted');
        const what = `the revert to ${nameOf(now.n)}`;
        const hint = '; use r to move it';
        undos.remember(undoOfMove(side, { what, from: before.n, to: now.n, hint }));
        return `the champion is ${nameOf(now.n)}; it is measured again${session.state.held ? ' on release' : ''}`;
      });
    },
    undo: ({ id }) => undos.undoLast(id),
    ...noteHandlers(side),
    ...verdictHandlers(side),
    ...approvalHandlers({ ...side, runAgain, whyNotAgain }),
    async stop({ when }) {
      const waits = when === 'after-trial' && loop.activity()?.kind === 'trial';
      wishes.stop = when;
      acted('stop', when);
      loop.interrupt();
      loop.wakeUp();
      if (!waits) return done('stopping');
      undos.remember({
        what: 'the stop after this trial',
        effect: () => 'the run goes on after it',
        // Once the trial is over the run ends, and nothing here is asked any more.
        gone: () => (wishes.stop === 'after-trial' ? null : 'it is no longer asked for'),
        undo: () => {
          wishes.stop = null;
          return done('the run goes on');
        },
      });
      return done('stops after this trial');
    },
  };
  return { handle: (command) => handlers[command.type](command as never), undos };
}

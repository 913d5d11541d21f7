import type { Command } from '../protocol/commands.ts';
import { planRevert } from './revert-plan.ts';
import type { Session } from './session.ts';

/** Why the running activity was cut short. */
export type Interruption = 'skip' | 'hold' | 'move' | 'stop' | 'stop-after';

/** Thrown out of a step when the user wants something that the step cannot go on with. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  readonly reason: Interruption;
  constructor(reason: Interruption) {
    super(reason);
    this.reason = reason;
  }
}

interface Activity {
  n: number;
  kind: 'proposing' | 'trial';
  interrupt(cause: Interruption): void;
}

export interface Controls {
  command(command: Command): Promise<{ ok: boolean; message: string }>;
  /** Registers what runs now, so that keys can stop it; call the returned function when it has ended. */
  begin(activity: Activity): () => void;
  /** Why the last activity was interrupted; reading clears it. */
  interruption(): Interruption | null;
  /**
   * The boundary between trials: carries out reverts, holds until released.
   * @param standing the undecided experiment, if any: a moved champion takes the ground from under it.
   * @throws Interrupted `stop` (now) or `stop-after` (the standing experiment goes on when the run is resumed),
   * or `move` when there was a standing experiment.
   */
  gate(standing: number | null): Promise<void>;
  /** Holds for the environment; resolves when the user releases, or after retryMs. */
  holdForEnvironment(reason: string, next: string, retryMs: number | null): Promise<void>;
  /** The oldest skipped experiment that the user wants to run again, or null. */
  nextRequeued(): number | null;
}

interface Undoable {
  what: string;
  undo(): Promise<{ ok: boolean; message: string }> | { ok: boolean; message: string };
}

export interface Mover {
  /** Moves branch and champion; the running experiment has been stopped before. */
  move(
    plan: { to: string; n: number; reverted: number[]; restored: number[] },
    cause: 'reverted' | 'undone',
  ): Promise<void>;
}

const undoDepth = 10;

/** What the user asked for, and when the loop may act on it. */
export function createControls(session: Session, mover: Mover): Controls {
  let activity: Activity | null = null;
  let interruption: Interruption | null = null;
  let holdWish: 'after-trial' | 'now' | null = null;
  let stopWish: 'after-trial' | 'now' | null = null;
  /** The experiment to skip: its number, so that a late key never hits the next one. */
  let skipWish: number | null = null;
  let requeue: number[] = [];
  const moves: { run(): Promise<void> }[] = [];
  const undos: Undoable[] = [];
  let wake: (() => void) | null = null;

  /** Why what runs now (or is about to) should end at once, by weight; null when it may go on. */
  const urgent = ({ n, kind }: Activity): Interruption | null => {
    if (stopWish === 'now') return 'stop';
    // There is no trial to wait for: nothing is lost by not waiting for the model.
    if (stopWish !== null && kind === 'proposing') return 'stop-after';
    if (skipWish === n) return 'skip';
    if (moves.length > 0) return 'move';
    return holdWish === 'now' && session.state.held === null ? 'hold' : null;
  };
  /** Tells what runs now of a wish. Between activities the gate, or the next `begin`, sees it. */
  const interrupt = () => {
    const cause = activity && urgent(activity);
    if (!activity || !cause) return;
    interruption = cause;
    activity.interrupt(cause);
  };
  const wakeUp = () => wake?.();
  const tellWishes = () => session.pulse({ type: 'wishes', hold: holdWish, stop: stopWish });
  const done = (message: string) => ({ ok: true, message });
  const refused = (message: string) => ({ ok: false, message });
  const remember = (undoable: Undoable) => {
    undos.push(undoable);
    if (undos.length > undoDepth) undos.shift();
  };
  const acted = (act: string, detail: string) => session.append({ type: 'human.acted', act, detail });

  /** Runs a champion move at the next boundary, at once when nothing runs; resolves when it is done. */
  function schedule(run: () => Promise<string>): Promise<{ ok: boolean; message: string }> {
    return new Promise((resolve) => {
      moves.push({
        run: () =>
          run().then(
            (m) => resolve(done(m)),
            (error: Error) => resolve(refused(error.message)),
          ),
      });
      interrupt();
      wakeUp();
    });
  }

  const handlers: {
    [T in Command['type']]: (c: Extract<Command, { type: T }>) => Promise<{ ok: boolean; message: string }>;
  } = {
    async hold({ when }) {
      if (session.state.held?.by === 'user') return refused('held already; p releases');
      if (stopWish) return refused('the run is stopping');
      holdWish = when;
      interrupt();
      wakeUp();
      remember({
        what: 'the hold',
        undo: () => {
          const held = session.state.held?.by === 'user';
          if (holdWish === null && !held) return refused('it is over already');
          holdWish = null;
          if (held) session.append({ type: 'run.released', by: 'user' });
          wakeUp();
          return done('released');
        },
      });
      return done(
        when === 'now'
          ? 'holding now'
          : activity?.kind === 'trial'
            ? 'holds after this trial'
            : 'holds before the next trial',
      );
    },
    async release() {
      if (holdWish !== null && !session.state.held) {
        holdWish = null;
        return done('the hold is cancelled');
      }
      if (!session.state.held) return refused('nothing is held');
      holdWish = null;
      session.append({ type: 'run.released', by: 'user' });
      wakeUp();
      return done('released');
    },
    async skip({ n }) {
      const current = session.state.current;
      if (current === null || n !== current) return refused('skip: nothing is running');
      if (n === 0) return refused('skip: the baseline cannot be skipped; everything is compared with it');
      acted('skip', `#${n}`);
      skipWish = n;
      interrupt();
      wakeUp();
      remember({
        what: `the skip of #${n}`,
        undo: () => {
          const e = session.state.experiments[n];
          // Its trial may still be on its way out: null becomes `skipped` in a moment.
          if (!e || (e.verdict !== 'skipped' && e.verdict !== null))
            return refused(`#${n} was not skipped in the end (${e?.verdict})`);
          if (e.sha === null) return refused(`#${n} had no change yet that could run again`);
          if (e.parent !== session.state.champion.sha)
            return refused(`the champion has moved since #${n}; its change no longer stands on it`);
          requeue.push(n);
          return done(`#${n} runs again next`);
        },
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
        remember({
          what: `the revert to #${now.n}`,
          undo: () => {
            if (session.state.champion.n !== now.n)
              return refused(`#${session.state.champion.n} is the champion since; use r to move it`);
            return schedule(async () => {
              const back = planRevert(session.state, { to: 'experiment', n: before.n });
              if ('refused' in back) throw new Error(back.refused);
              await mover.move(back, 'undone');
              return `the champion is #${before.n} again`;
            });
          },
        });
        return `the champion is ${now.n === 0 ? 'the baseline' : `#${now.n}`}; it is measured again`;
      });
    },
    async note({ text, sticky }) {
      const id = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
      session.append({ type: 'human.noted', id, text, sticky });
      remember({
        what: `the note "${text.length > 40 ? `${text.slice(0, 39)}…` : text}"`,
        undo: () => {
          const note = session.state.notes.find((x) => x.id === id);
          if (!note || note.withdrawn) return refused('the note is gone already');
          if (note.usedBy !== null && !note.sticky)
            return refused(`#${note.usedBy} has read the note already`);
          session.append({ type: 'human.withdrew', id });
          return done('the note is withdrawn');
        },
      });
      return done(`note for ${sticky ? 'every proposal from now on' : 'the next proposal'}`);
    },
    async undo() {
      const last = undos.pop();
      if (!last) return refused('nothing to undo');
      const result = await last.undo();
      if (result.ok) acted('undo', last.what);
      return {
        ok: result.ok,
        message: result.ok
          ? `undid ${last.what}: ${result.message}`
          : `cannot undo ${last.what}: ${result.message}`,
      };
    },
    async stop({ when }) {
      stopWish = when;
      acted('stop', when);
      interrupt();
      wakeUp();
      return done(when === 'now' || activity?.kind !== 'trial' ? 'stopping' : 'stops after this trial');
    },
  };

  /** Waits until wakeUp() or ms; the loop's only sleep. */
  function sleep(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === null ? null : setTimeout(() => wakeUp(), ms);
      wake = () => {
        if (timer) clearTimeout(timer);
        wake = null;
        resolve();
      };
    });
  }

  async function runMoves(): Promise<boolean> {
    let moved = false;
    for (let next = moves.shift(); next; next = moves.shift()) {
      const before = session.state.champion.sha;
      await next.run();
      moved ||= session.state.champion.sha !== before;
    }
    return moved;
  }

  return {
    command(command) {
      const reply = handlers[command.type](command as never);
      tellWishes();
      return reply;
    },
    begin(next) {
      activity = next;
      interruption = null;
      // What was asked for since the last gate (a checkout takes a moment) counts for what begins now.
      interrupt();
      return () => {
        if (activity === next) activity = null;
      };
    },
    interruption() {
      const cause = interruption;
      interruption = null;
      if (cause === 'skip') skipWish = null;
      return cause;
    },
    async gate(standing) {
      let moved = false;
      for (;;) {
        moved = (await runMoves()) || moved;
        if (stopWish) throw new Interrupted(stopWish === 'now' ? 'stop' : 'stop-after');
        const skipped = skipWish !== null && skipWish === standing;
        skipWish = null;
        if (skipped) throw new Interrupted('skip');
        if (holdWish && !session.state.held) {
          session.append({
            type: 'run.held',
            by: 'user',
            reason: 'by you',
            next: 'p releases',
            when: holdWish,
          });
          session.phase('held', session.state.current ?? session.state.experiments.length, 'by you');
          holdWish = null;
          tellWishes();
        }
        if (session.state.held?.by !== 'user') break;
        await sleep(null);
      }
      if (moved && standing !== null) throw new Interrupted('move');
    },
    async holdForEnvironment(reason, next, retryMs) {
      // Another reason than before is news: the user should not mend what works again.
      if (session.state.held?.reason !== reason) {
        session.append({ type: 'run.held', by: 'engine', reason, next, when: 'after-trial' });
        session.phase('held', session.state.current ?? session.state.experiments.length, reason);
      }
      // Asked for while the environment was failing: the gate comes next, there is nothing to wait for.
      if (stopWish === null && skipWish === null && moves.length === 0) await sleep(retryMs);
    },
    nextRequeued() {
      const champion = session.state.champion.sha;
      requeue = requeue.filter((n) => {
        const e = session.state.experiments[n];
        return e?.verdict === 'skipped' && e.sha !== null && e.parent === champion;
      });
      return requeue.shift() ?? null;
    },
  };
}

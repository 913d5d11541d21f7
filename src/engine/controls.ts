import type { Command } from '../protocol/commands.ts';
import type { EventBody } from '../protocol/events.ts';
import type { FailureKind } from '../protocol/failure.ts';
import { createCommandHandlers, type Mover, type Wishes } from './command-handlers.ts';
import type { Reply } from './reply.ts';
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

/** What a step ends with that failed: the interruption, where that is why it was aborted; reading clears it. */
export function endOf(
  controls: Pick<Controls, 'interruption'>,
  error: unknown,
  { aborted }: AbortSignal,
): unknown {
  const cause = controls.interruption();
  return aborted && cause ? new Interrupted(cause) : error;
}

interface Activity {
  n: number;
  kind: 'proposing' | 'trial';
  interrupt(cause: Interruption): void;
}

export interface Controls {
  command(command: Command): Promise<Reply>;
  /** Registers what runs now, so that keys can stop it; call the returned function when it has ended. */
  begin(activity: Activity): () => void;
  /**
   * Registers what goes on beside a trial for the sake of a later experiment: whatever the user wants ends it at once.
   * @returns what to call when it has ended; null when it must not begin, because something is wanted already
   */
  aside(end: () => void): (() => void) | null;
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
  holdForEnvironment(reason: string, next: string, retryMs: number | null, kind: FailureKind): Promise<void>;
  /** Waits so long, or until the user wants something; a gate comes next. */
  pause(ms: number | null): Promise<void>;
  /** Ends the loop as soon as it can, by nobody's wish: the run cannot go on. */
  endNow(): void;
  /**
   * Waits for the user's answer to the proposal of `n`; everything that a gate does happens meanwhile.
   * @throws Interrupted; never `stop`: nothing runs that could be lost, so the proposal waits on until the run is resumed
   */
  approval(n: number): Promise<void>;
  /**
   * Holds with a question about the measured experiment `n` and waits for the user's answer.
   * @throws Interrupted; never `stop`: what was measured must not be lost, so it is asked again when the run is resumed
   */
  question(n: number, reason: string, next: string): Promise<'keep' | 'discard'>;
  /** The oldest skipped experiment that the user wants to run again, or null. */
  nextRequeued(): number | null;
}

/** After these nothing goes on as it was, or the next proposal has to know more. */
const endsAside: ReadonlySet<Command['type']> = new Set([
  'hold',
  'skip',
  'stop',
  'revert',
  'undo',
  'keep',
  'note',
  'withdraw',
  'mode',
]);

/** What the user asked for, and when the loop may act on it. */
export function createControls(session: Session, mover: Mover): Controls {
  let activity: Activity | null = null;
  let interruption: Interruption | null = null;
  let aside: (() => void) | null = null;
  const wishes: Wishes = { hold: null, stop: null, skip: null, requeue: [], moves: [] };
  let wake: (() => void) | null = null;

  /** Why what runs now (or is about to) should end at once, by weight; null when it may go on. */
  const urgent = ({ n, kind }: Activity): Interruption | null => {
    if (wishes.stop === 'now') return 'stop';
    // There is no trial to wait for: nothing is lost by not waiting for the model.
    if (wishes.stop !== null && kind === 'proposing') return 'stop-after';
    if (wishes.skip === n) return 'skip';
    if (wishes.moves.length > 0) return 'move';
    return wishes.hold === 'now' && session.state.held === null ? 'hold' : null;
  };
  /** Tells what runs now of a wish. Between activities the gate, or the next `begin`, sees it. */
  const interrupt = () => {
    const cause = activity && urgent(activity);
    if (!activity || !cause) return;
    interruption = cause;
    activity.interrupt(cause);
  };
  const wakeUp = () => wake?.();
  const tellWishes = () =>
    session.pulse({
      type: 'wishes',
      hold: wishes.hold,
      stop: wishes.stop,
      requeue: [...wishes.requeue],
    });
  const { handle, undos } = createCommandHandlers(session, mover, wishes, {
    activity: () => activity,
    interrupt,
    wakeUp,
  });

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
    for (let next = wishes.moves.shift(); next; next = wishes.moves.shift()) {
      const before = session.state.champion.sha;
      await next.run();
      moved ||= session.state.champion.sha !== before;
    }
    return moved;
  }

  /** The experiment that stands, or would come next. */
  const standsNow = () => session.state.current ?? session.state.experiments.length;
  const holdOn = (n: number, event: Omit<EventBody<'run.held'>, 'type'>) => {
    session.append({ type: 'run.held', ...event });
    session.phase('held', n, event.reason);
  };

  async function gate(standing: number | null): Promise<void> {
    let moved = false;
    for (;;) {
      moved = (await runMoves()) || moved;
      if (wishes.stop) throw new Interrupted(wishes.stop === 'now' ? 'stop' : 'stop-after');
      const skipped = wishes.skip !== null && wishes.skip === standing;
      wishes.skip = null;
      if (skipped) throw new Interrupted('skip');
      if (wishes.hold && !session.state.held) {
        holdOn(standsNow(), { by: 'user', reason: 'by you', next: 'p releases', when: wishes.hold });
        wishes.hold = null;
        tellWishes();
      }
      if (session.state.held?.by !== 'user') break;
      await sleep(null);
    }
    if (moved && standing !== null) throw new Interrupted('move');
  }

  /** A gate at which nothing runs that a stop could end: what waits there waits on until the run is resumed. */
  const losingNothing = (n: number): Promise<void> =>
    gate(n).catch((error: unknown) => {
      throw error instanceof Interrupted && error.reason === 'stop' ? new Interrupted('stop-after') : error;
    });

  // Asked for while something else was done: the gate comes next, there is nothing to wait for.
  const pause = async (ms: number | null): Promise<void> => {
    if (wishes.stop === null && wishes.skip === null && wishes.moves.length === 0) await sleep(ms);
  };

  return {
    command(command) {
      if (endsAside.has(command.type)) aside?.();
      const reply = handle(command);
      tellWishes();
      undos.refresh();
      return reply;
    },
    begin(next) {
      activity = next;
      interruption = null;
      undos.refresh();
      // What was asked for since the last gate (a checkout takes a moment) counts for what begins now.
      interrupt();
      return () => {
        if (activity !== next) return;
        activity = null;
        undos.refresh();
      };
    },
    aside(end) {
      const wanted = wishes.hold ?? wishes.stop ?? wishes.skip ?? wishes.moves[0] ?? session.state.held;
      if (wanted != null) return null;
      aside = end;
      return () => {
        if (aside === end) aside = null;
      };
    },
    interruption() {
      const cause = interruption;
      interruption = null;
      if (cause === 'skip') wishes.skip = null;
      return cause;
    },
    gate,
    async approval(n) {
      for (;;) {
        await losingNothing(n);
        const { approval, mode } = session.state;
        if (approval?.n !== n || approval.answer !== null) return;
        if (mode === 'auto') {
          session.append({ type: 'approval.answered', n, tree: approval.tree, answer: 'run', by: 'engine' });
          return;
        }
        session.phase('approving', n);
        await sleep(null);
      }
    },
    async question(n, reason, next) {
      for (;;) {
        await losingNothing(n);
        const { answered, held } = session.state;
        if (answered?.n === n) return answered.decision;
        if (held?.asks !== n) {
          holdOn(n, { by: 'engine', reason, next, when: 'after-trial', asks: n, kind: 'too-good' });
        }
        await sleep(null);
      }
    },
    async holdForEnvironment(reason, next, retryMs, kind) {
      // Another reason than before is news: the user should not mend what works again.
      if (session.state.held?.reason !== reason) {
        holdOn(standsNow(), { by: 'engine', reason, next, when: 'after-trial', kind });
      }
      await pause(retryMs);
    },
    pause,
    endNow() {
      wishes.stop = 'now';
      aside?.();
      interrupt();
      wakeUp();
    },
    nextRequeued() {
      const champion = session.state.champion.sha;
      const before = wishes.requeue.length;
      wishes.requeue = wishes.requeue.filter((n) => {
        const e = session.state.experiments[n];
        const stands =
          (e?.verdict === 'skipped' || e?.verdict === 'rejected') && e.sha !== null && e.parent === champion;
        if (!stands) session.notice('warn', `#${n} cannot run again: the champion has moved since`);
        return stands;
      });
      const next = wishes.requeue.shift() ?? null;
      if (wishes.requeue.length < before) tellWishes();
      return next;
    },
  };
}

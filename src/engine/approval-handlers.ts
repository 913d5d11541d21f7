import type { RunState } from '../journal/state.ts';
import type { HandlerSide, Handlers } from './command-handlers.ts';
import { done, type Reply, refused } from './reply.ts';

/** Who reads why it was rejected. */
const readerOf = ({ proposer }: RunState) =>
  proposer?.kind === 'tuner' ? 'the tuner reads no notes' : 'the next proposal reads why';

/** Approve mode: turning it on and off, and the answers to a proposal that waits. */
export function approvalHandlers(
  side: HandlerSide & { runAgain(n: number): Reply; whyNotAgain(n: number): string | null },
): Handlers<'mode' | 'answer' | 'edit'> {
  const { session, mover, undos, schedule, acted, wakeUp, runAgain, whyNotAgain } = side;

  /** The waiting proposal, as the user has seen it; or why the answer comes too late. */
  const waiting = (n: number, tree: string) => {
    const { approval } = session.state;
    if (approval?.n !== n || approval.answer !== null) return `#${n} waits for no answer`;
    return approval.tree === tree ? approval : `#${n} was edited since you looked; look again`;
  };

  return {
    async mode({ mode }) {
      const before = session.state.mode;
      if (before === mode) return refused(`the mode is ${mode.toUpperCase()} already`);
      const waits = () => {
        const { approval } = session.state;
        return approval && approval.answer === null ? approval.n : null;
      };
      const set = (to: typeof mode) => {
        session.append({ type: 'mode.changed', mode: to, by: 'user' });
        wakeUp();
      };
      set(mode);
      undos.remember({
        what: `the switch to ${mode.toUpperCase()}`,
        effect: () => {
          const n = before === 'auto' ? waits() : null;
          return `the mode is ${before.toUpperCase()} again${n === null ? '' : `, and #${n} runs`}`;
        },
        gone: () => (session.state.mode === mode ? null : 'it was switched since'),
        undo: () => {
          set(before);
          return done(`the mode is ${before.toUpperCase()}`);
        },
      });
      if (mode === 'approve') return done('APPROVE: each proposal waits for your yes');
      const n = waits();
      return done(`AUTO: proposals run by themselves${n === null ? '' : `, #${n} now`}`);
    },
    async answer({ n, tree, answer, note }) {
      const proposal = waiting(n, tree);
      if (typeof proposal === 'string') return refused(proposal);
      session.append({ type: 'approval.answered', n, tree, answer, by: 'user' });
      const id = `answer-${n}-${session.state.seq}`;
      if (note !== undefined) session.append({ type: 'human.noted', id, text: note, sticky: false });
      if (answer === 'reject')
        undos.remember({
          what: `the rejection of #${n}`,
          effect: () =>
            `#${n} runs next${note === undefined ? '' : ', and its note is withdrawn if nobody has read it'}`,
          gone: () => {
            const verdict = session.state.experiments[n]?.verdict ?? null;
            // Its answer may still be on its way: null becomes `rejected` in a moment.
            if (verdict !== null && verdict !== 'rejected') return `#${n} was not rejected in the end`;
            return verdict === null ? null : whyNotAgain(n);
          },
          undo: () => {
            if (session.state.experiments[n]?.verdict !== 'rejected')
              return refused(`#${n} is being rejected; once more in a moment`);
            const said = session.state.notes.find((x) => x.id === id);
            const reply = runAgain(n);
            if (reply.ok && said && !said.withdrawn && said.usedBy === null)
              session.append({ type: 'human.withdrew', id });
            return reply;
          },
        });
      wakeUp();
      return done(
        answer === 'run'
          ? `#${n} runs`
          : `#${n} rejected${note === undefined ? '' : `; ${readerOf(session.state)}`}`,
      );
    },
    async edit({ n, tree }) {
      const before = waiting(n, tree);
      if (typeof before === 'string') return refused(before);
      return schedule(async () => {
        const now = waiting(n, tree);
        if (typeof now === 'string') throw new Error(now);
        await mover.edit(n);
        acted('edit', `the proposal of #${n}`);
        undos.remember({
          what: `your edit of #${n}`,
          effect: () => 'the proposal is what it was before',
          gone: () => {
            const { approval } = session.state;
            return approval?.n === n && approval.answer === null ? null : `#${n} does not wait any more`;
          },
          undo: () =>
            schedule(async () => {
              await mover.unedit(before);
              return `#${n} is what it was before your edit`;
            }),
        });
        return `#${n} is what you made of it; y runs it`;
      });
    },
  };
}

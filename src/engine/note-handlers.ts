import type { HandlerSide, Handlers } from './command-handlers.ts';
import { done, type Reply, refused } from './reply.ts';

/** Notes to the proposer, and their withdrawal. */
export function noteHandlers({ session, undos }: HandlerSide): Handlers<'note' | 'withdraw'> {
  /** @returns the new note's id */
  function noted(text: string, sticky: boolean): string {
    const id = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
    session.append({ type: 'human.noted', id, text, sticky });
    return id;
  }

  /** Why a note cannot be withdrawn; null = it can. */
  function readAlready(id: string): string | null {
    const note = session.state.notes.find((x) => x.id === id);
    if (!note || note.withdrawn) return 'the note is gone already';
    return note.usedBy !== null && !note.sticky ? `#${note.usedBy} has read the note already` : null;
  }

  function withdraw(id: string): Reply {
    const why = readAlready(id);
    if (why !== null) return refused(why);
    session.append({ type: 'human.withdrew', id });
    return done('the note is withdrawn');
  }

  return {
    async note({ text, sticky }) {
      const id = noted(text, sticky);
      undos.remember({
        what: `the note ${quoted(text)}`,
        effect: () => 'the note is withdrawn',
        gone: () => readAlready(id),
        undo: () => withdraw(id),
      });
      if (session.state.proposer?.kind === 'tuner')
        return done('noted; but the tuner reads no notes, a model would');
      return done(`note for ${sticky ? 'every proposal from now on' : 'the next proposal'}`);
    },
    async withdraw({ id }) {
      const note = session.state.notes.find((x) => x.id === id);
      const reply = withdraw(id);
      if (note && reply.ok) {
        const { text, sticky } = note;
        undos.remember({
          what: `the withdrawal of ${quoted(text)}`,
          effect: () => `${sticky ? 'every proposal from now on' : 'the next proposal'} reads the note again`,
          gone: () => null,
          undo: () => {
            noted(text, sticky);
            return done('the note is in force again');
          },
        });
      }
      return reply;
    },
  };
}

function quoted(text: string): string {
  return `"${text.length > 40 ? `${text.slice(0, 39)}…` : text}"`;
}

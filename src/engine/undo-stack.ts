import type { PulseOf } from '../protocol/pulse.ts';
import { type Reply, refused } from './reply.ts';

/** An act of the user that can be taken back. */
export interface Undoable {
  /** What it was, for "undid ...". */
  what: string;
  /** What undoing it does, for the question before it. */
  effect: string;
  undo(): Promise<Reply> | Reply;
}

/** Acts that can be taken back; older ones are forgotten. */
const depth = 10;

export interface UndoStack {
  remember(undoable: Undoable): void;
  /** Takes the latest act back, or says why that cannot be. `id`: the act that was on top when the user looked. */
  undoLast(id?: number): Promise<Reply>;
  /** The latest act first. */
  list(): PulseOf<'undos'>['acts'];
}

/**
 * @param undone told what was taken back
 * @param changed told whenever the list is another one
 */
export function createUndoStack(undone: (what: string) => void, changed: () => void = () => {}): UndoStack {
  const undos: (Undoable & { id: number })[] = [];
  let lastId = 0;
  return {
    remember(undoable) {
      lastId += 1;
      undos.push({ ...undoable, id: lastId });
      if (undos.length > depth) undos.shift();
      changed();
    },
    async undoLast(id) {
      const last = undos.at(-1);
      if (!last) return refused('nothing to undo');
      if (id !== undefined && last.id !== id)
        return refused(`${last.what} came after what you saw; look again before you undo it`);
      undos.pop();
      changed();
      const { ok, message } = await last.undo();
      if (ok) undone(last.what);
      return { ok, message: `${ok ? 'undid' : 'cannot undo'} ${last.what}: ${message}` };
    },
    list: () => undos.map(({ id, what, effect }) => ({ id, what, effect })).reverse(),
  };
}

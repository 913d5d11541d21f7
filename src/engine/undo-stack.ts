import { type Reply, refused } from './reply.ts';

/** An act of the user that can be taken back. */
export interface Undoable {
  /** What it was, for "undid ...". */
  what: string;
  undo(): Promise<Reply> | Reply;
}

/** Acts that can be taken back; older ones are forgotten. */
const depth = 10;

export interface UndoStack {
  remember(undoable: Undoable): void;
  /** Takes the latest act back, or says why that cannot be. */
  undoLast(): Promise<Reply>;
}

/** @param undone told what was taken back */
export function createUndoStack(undone: (what: string) => void): UndoStack {
  const undos: Undoable[] = [];
  return {
    remember(undoable) {
      undos.push(undoable);
      if (undos.length > depth) undos.shift();
    },
    async undoLast() {
      const last = undos.pop();
      if (!last) return refused('nothing to undo');
      const { ok, message } = await last.undo();
      if (ok) undone(last.what);
      return { ok, message: `${ok ? 'undid' : 'cannot undo'} ${last.what}: ${message}` };
    },
  };
}

import type { PulseOf } from '../protocol/pulse.ts';
import { type Reply, refused } from './reply.ts';

/** An act of the user that can be taken back. */
export interface Undoable {
  /** What it was, for "undid ...". */
  what: string;
  /** What undoing it would do now, and what it would cost, for the question before it. */
  effect(): string;
  /** Why it cannot be taken back any more; null while it can. */
  gone(): string | null;
  undo(): Promise<Reply> | Reply;
}

/** Acts that can be taken back; older ones are forgotten. */
const depth = 10;

export interface UndoStack {
  remember(undoable: Undoable): void;
  /**
   * Takes an act back, or says why that cannot be. `id`: the act that the user has seen on top, the latest one that
   * could be taken back then; without it the latest of all. What could not be taken back this time stays.
   */
  undoLast(id?: number): Promise<Reply>;
  /** The latest act first. */
  list(): PulseOf<'undos'>['acts'];
  /** Looks again: what has happened since may have changed what undoing would do. */
  refresh(): void;
}

/**
 * @param undone told what was taken back
 * @param changed told whenever the list is another one
 */
export function createUndoStack(
  undone: (what: string) => void,
  changed: (acts: PulseOf<'undos'>['acts']) => void = () => {},
): UndoStack {
  let undos: (Undoable & { id: number })[] = [];
  let lastId = 0;
  let told = '[]';

  const list = () =>
    undos
      .map(({ id, what, effect, gone }) => {
        const why = gone();
        return { id, what, effect: why === null ? effect() : '', ...(why === null ? {} : { gone: why }) };
      })
      .reverse();
  const refresh = () => {
    const acts = list();
    const text = JSON.stringify(acts);
    if (text === told) return;
    told = text;
    changed(acts);
  };
  const forget = (id: number) => {
    undos = undos.filter((act) => act.id !== id);
    refresh();
  };

  return {
    remember(undoable) {
      lastId += 1;
      undos = [...undos, { ...undoable, id: lastId }].slice(-depth);
      refresh();
    },
    async undoLast(id) {
      const last = id === undefined ? undos.at(-1) : undos.findLast((act) => act.gone() === null);
      if (!last) return refused('nothing to undo');
      if (id !== undefined && last.id !== id) {
        const seen = undos.find((act) => act.id === id);
        const why = seen?.gone() ?? null;
        return seen && why !== null
          ? refused(`cannot undo ${seen.what}: ${why}`)
          : refused(`${last.what} came after what you saw; look again before you undo it`);
      }
      const why = last.gone();
      if (why !== null) {
        // Asked for without a look at the list: said once, then the one before it is the latest.
        forget(last.id);
        return refused(`cannot undo ${last.what}: ${why}`);
      }
      const { ok, message } = await last.undo();
      if (ok) {
        undone(last.what);
        forget(last.id);
      }
      return { ok, message: `${ok ? 'undid' : 'cannot undo'} ${last.what}: ${message}` };
    },
    list,
    refresh,
  };
}

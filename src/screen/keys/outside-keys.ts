import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { activePane } from '../layout.ts';
import { shownExperiment, waitingProposal } from '../selectors.ts';
import type { ScreenStore, Snapshot } from '../store.ts';
import type { Outside } from '../terminal/outside.ts';
import type { NoteEdit } from '../view.ts';
import { noteLimit } from './note-editor.ts';
import type { Orders } from './steering.ts';

/** Keys that leave the screen for another program, or for the clipboard. */
export interface OutsideKeys {
  open(program: 'editor' | 'pager'): Promise<void>;
  editProposal(): Promise<void>;
  writeNote(note: NoteEdit): Promise<void>;
  copy(label: string, text: string): void;
  suspend(): Promise<void>;
}

/** @param runDir the run's folder; null where there is none (a replay): then nothing can be opened */
export function createOutsideKeys(
  store: ScreenStore,
  outside: Outside | null,
  runDir: string | null,
  { order }: Pick<Orders, 'order'>,
): OutsideKeys {
  /** Says what went wrong instead of throwing: a missing editor is no fault of the screen. */
  const guarded = async (work: (there: Outside, dir: string) => Promise<void>) => {
    if (!outside || !runDir) return store.say('not possible here', 'warn');
    try {
      await work(outside, runDir);
    } catch (error) {
      store.say((error as Error).message, 'error');
    }
  };
  return {
    open: (program) =>
      guarded(async (there, dir) => {
        const file = fileOf(store.current(), dir);
        if (file === null) return store.say('this pane shows no file', 'warn');
        if (!existsSync(file.path)) return store.say(`${file.what} is not written yet`, 'warn');
        await (program === 'editor' ? there.look(file.path, file.line) : there.page(file.path, file.line));
      }),
    editProposal: () =>
      guarded(async (there, dir) => {
        const proposal = waitingProposal(store.current());
        if (!proposal) return;
        const { n, tree, files } = proposal;
        const at = (path: string) => join(dir, 'experiments', String(n), 'edit', path);
        const texts = await there.edit(files.map((name) => ({ name, text: readFileSync(at(name), 'utf8') })));
        if (texts === null) return store.say('nothing was changed');
        for (const [i, path] of files.entries()) {
          mkdirSync(dirname(at(path)), { recursive: true });
          writeFileSync(at(path), texts[i]!);
        }
        store.say('checking your edit…');
        await order({ type: 'edit', n, tree }, 'edited');
      }),
    writeNote: (note) =>
      guarded(async (there) => {
        const texts = await there.edit([{ name: 'note.md', text: note.text }]);
        if (texts === null) return;
        const text = texts[0]!.trim().slice(0, noteLimit);
        store.look({ overlay: { ...note, text, cursor: text.length } });
      }),
    copy: (label, text) =>
      void guarded(async (there) => {
        const left = there.copy(text);
        store.say(
          left > 0 ? `${label} copied, but its last ${left} characters do not fit` : `${label} copied`,
          left > 0 ? 'warn' : 'info',
        );
      }),
    suspend: () => guarded((there) => there.suspend()),
  };
}

/** The file behind the focused pane, and the line that is in sight. */
function fileOf(snapshot: Snapshot, runDir: string): { path: string; line: number; what: string } | null {
  const { view, live } = snapshot;
  const e = shownExperiment(snapshot);
  if (!e) return null;
  const dir = join(runDir, 'experiments', String(e.n));
  switch (activePane(snapshot)) {
    case 'log': {
      const chosen = view.log.trial ?? (view.selected === null ? live.trial : null);
      const n = chosen?.n ?? e.n;
      const k = chosen?.k ?? Math.max(0, e.trials.length - 1);
      const path = join(runDir, 'experiments', String(n), `trial-${k}.log`);
      return { path, line: (view.log.at ?? view.log.top ?? 0) + 1, what: 'the log' };
    }
    case 'model':
      return { path: join(dir, 'reply.md'), line: 1, what: 'the reply' };
    case 'diff':
    case 'experiments':
      return { path: join(dir, 'edit.diff'), line: 1, what: 'the diff' };
    default:
      return null;
  }
}

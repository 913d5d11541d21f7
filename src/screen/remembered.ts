import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import type { SizeClass } from './layout.ts';
import type { ScreenStore } from './store.ts';
import { type PaneId, paneIds, type View } from './view.ts';

// How the user has arranged the screen: sizes of panes and the pane picked last, for each size of terminal. Zoom is
// left out: a screen that opens with six panes hidden looks broken.

const sizeClasses = ['compact', 'tall', 'normal', 'wide'] as const;
const steps = z.number().int().min(-200).max(200);
const schema = z.object({
  v: z.literal(1),
  sizes: z.partialRecord(z.enum(sizeClasses), z.partialRecord(z.enum(paneIds), steps)).default({}),
  focus: z.enum(paneIds).nullable().default(null),
});
interface Recalled {
  view: Partial<View>;
  /** A pane that was not picked now, to be remembered all the same unless another one is picked. */
  keep: PaneId | null;
  problem: string | null;
}
const nothing: Recalled = { view: {}, keep: null, problem: null };
type Remembered = z.infer<typeof schema>;

/** Where it is kept: $XDG_STATE_HOME/pawl/screen.json, or under ~/.local/state. */
export function rememberedPath(env: NodeJS.ProcessEnv = process.env): string {
  const xdg = env.XDG_STATE_HOME;
  const base = xdg && isAbsolute(xdg) ? xdg : join(env.HOME || homedir(), '.local/state');
  return join(base, 'pawl', 'screen.json');
}

/**
 * What was remembered, as a change of the view. On a small screen the pane picked last would hide the list and the
 * chart, so that it is only kept for the next larger one. `problem` says why a file that is there was of no use. Never throws.
 */
export function recall(path: string, size: SizeClass): Recalled {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { ...nothing, problem: missing ? null : `${path}: cannot be read; panes are as they were made` };
  }
  const parsed = schema.safeParse(json(text));
  if (!parsed.success) return { ...nothing, problem: `${path}: not understood; panes are as they were made` };
  const { sizes, focus } = parsed.data;
  const small = size === 'compact' || size === 'too-small';
  return {
    view: { sizes: sizes as View['sizes'], ...(focus && !small ? { focus, picked: true } : {}) },
    keep: small ? focus : null,
    problem: null,
  };
}

/** Remembers each change as it is made, and the picked pane on `close`. What cannot be written is not remembered. */
export function remember(store: ScreenStore, path: string, keep: PaneId | null = null): { close(): void } {
  let written = store.published.getState().view.sizes;
  const write = ({ sizes, focus, picked }: View) => {
    written = sizes;
    const content: Remembered = {
      v: 1,
      sizes: sizes as Remembered['sizes'],
      focus: picked ? focus : keep,
    };
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      // Whole or not at all: two screens may write at once.
      writeFileSync(`${path}.${process.pid}`, `${JSON.stringify(content)}\n`, { mode: 0o600 });
      renameSync(`${path}.${process.pid}`, path);
    } catch {
      // A full disk or a read-only home must not end a screen.
    }
  };
  const unwatch = store.published.subscribe(({ view }) => {
    if (view.sizes !== written) write(view);
  });
  return {
    close() {
      unwatch();
      write(store.current().view);
    },
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

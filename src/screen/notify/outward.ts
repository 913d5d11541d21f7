import { writeSync } from 'node:fs';
import { createTeller, type Teller } from '../../notify/teller.ts';
import { messageOf, runUserCommand } from '../../notify/user-command.ts';
import type { UserSettings } from '../../protocol/user-settings.ts';
import type { ScreenStore, Snapshot } from '../store.ts';
import { focusOff, type TerminalInput } from '../terminal/terminal-input.ts';
import { toAscii } from '../text/ascii.ts';
import type { LookStore } from '../theme/look.ts';
import { noticeCodes } from './notice-codes.ts';
import {
  noProgress,
  progressCodes,
  progressOf,
  restoreTitle,
  saveTitle,
  titleCodes,
  titleOf,
} from './window-title.ts';

/** What the screen says outside of itself: title, progress, notifications. */
export interface Outward {
  /** The window has got or lost the focus. */
  focus(focused: boolean): void;
  /** Takes everything back. */
  end(): void;
}

export interface OutwardOptions {
  store: ScreenStore;
  look: LookStore;
  input: TerminalInput;
  settings: UserSettings['notifications'];
  env: NodeJS.ProcessEnv;
  write(codes: string): void;
  /** True while the terminal takes nothing: title and progress wait. */
  blocked(): boolean;
  /** The terminal's descriptor, for the very last words of a process that fails. */
  fd?: number | undefined;
}

/** A terminal that never speaks of focus has nobody before it when no key came for so long, ms. */
const idleMs = 5 * 60_000;

/** Starts to keep the title and to notify. */
export function startOutward(options: OutwardOptions): Outward {
  const { store, settings, write, input } = options;
  const tells = settings.channel !== 'off';
  let focused: boolean | null = null;
  let teller: Teller | null = null;
  let title = '';
  let progress = '';
  let ended = false;

  const away = () => focused === false || (focused === null && Date.now() - input.lastKeyAt() > idleMs);
  const start = (snapshot: Snapshot) =>
    createTeller({
      wanted: settings.events,
      away,
      start: snapshot.run,
      tell(news, run) {
        write(noticeCodes(news, settings.channel, options.env));
        if (settings.command === null) return;
        void runUserCommand(settings.command, messageOf(news, run)).then((wrong) => {
          if (wrong !== null && !ended) store.say(wrong, 'warn');
        });
      },
    });
  const show = (snapshot: Snapshot) => {
    if (snapshot.link === 'connecting' || options.blocked()) return;
    // What happened before this screen came is no news.
    if (tells && !snapshot.replay) {
      teller ??= start(snapshot);
      teller.saw(snapshot.run);
    }
    if (settings.title) {
      const text = titleOf(snapshot);
      const next = options.look.getState().ascii ? toAscii(text) : text;
      if (next !== title) write(titleCodes(next));
      title = next;
    }
    if (settings.progress) {
      const next = progressCodes(progressOf(snapshot));
      if (next !== progress) write(next);
      progress = next;
    }
  };
  const last = () => (settings.title ? restoreTitle : '') + (settings.progress ? noProgress : '');
  // A process that fails says nothing by its streams any more.
  const onExit = () => {
    if (ended || options.fd === undefined) return;
    try {
      writeSync(options.fd, focusOff + last());
    } catch {
      // The terminal is gone.
    }
  };
  process.on('exit', onExit);
  if (settings.title) write(saveTitle);
  if (tells) input.reportFocus(true);
  const unwatch = store.published.subscribe(show);
  show(store.published.getState());
  return {
    focus(now) {
      focused = now;
    },
    end() {
      ended = true;
      process.off('exit', onExit);
      unwatch();
      teller?.close();
      input.reportFocus(false);
      write(last());
    },
  };
}

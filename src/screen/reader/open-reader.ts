import type { WriteStream } from 'node:tty';
import { clean } from '../../protocol/clean.ts';
import { happenings } from '../events.ts';
import type { Controller } from '../keys/controller.ts';
import type { Screen } from '../screen-context.ts';
import type { Snapshot } from '../store.ts';
import { helpPiece } from './help-pages.ts';
import { overlaySentences } from './overlay-sentences.ts';
import { panePiece } from './pane-sentences.ts';
import { readKeys } from './read-keys.ts';
import { chartSentence, experimentSentence, nowSentence, statusSentence, wordsOf } from './sentences.ts';

/** What stands in the place of Ink for who listens: lines, one after the other. */
export interface Reader {
  /** Says again how things are. */
  clear(): void;
  unmount(): void;
  waitUntilExit(): Promise<unknown>;
}

const asked = {
  note: 'Note (Enter sends, Escape cancels): ',
  find: 'Show experiments with (Enter goes on, Escape cancels): ',
  filter: 'Show log lines with (Enter goes on, Escape cancels): ',
  search: 'Search (Enter searches, Escape cancels): ',
};
/** What was said lately is not said again as news. */
const remembered = 12;
const pasteOn = '\x1b[?2004h';
const pasteOff = '\x1b[?2004l';

/**
 * The screen as text for a screen reader: nothing is drawn over, no frames, no charts. What changes is said once, what
 * happens is a sentence, a question is a line that y or n answers; keys are those of the screen, and a pane's number
 * reads the latest of it out, pressed again what is older.
 */
export function openReader(
  screen: Screen,
  controller: Controller,
  streams: { keys: NodeJS.ReadStream; stdout: WriteStream },
): Reader {
  const { store } = screen;
  const { keys, stdout } = streams;
  let before = store.published.getState();
  let told = new Set<string>();
  let status = '';
  let champion = '';
  /** The experiment whose idea was told. */
  let idea = -1;
  let heard: string[] = [];
  /** Where the piece of a pane stopped that was read last. */
  let reading: { pane: string; next: number | null } | null = null;
  let openLines: string[] = [];
  let typed = '';

  const say = (lines: string | string[]) => {
    const text = (typeof lines === 'string' ? [lines] : lines).filter((line) => line !== '').map(clean);
    heard = [...heard, ...text].slice(-remembered);
    if (text.length > 0) stdout.write(`${typed === '' ? '' : '\n'}${text.join('\n')}\n`);
    if (typed !== '') typed = '';
  };
  const statusOf = (s: Snapshot) => {
    const { phase, n } = s.live.phase;
    return [s.link, phase, n, s.run.ended?.at, s.run.held?.at, s.run.approval?.tree].join();
  };
  /** What happened since it was last said, oldest first. */
  const tellEvents = (snapshot: Snapshot, silently: boolean) => {
    const fresh: string[] = [];
    const now = new Set<string>();
    for (const { at, row } of happenings(snapshot.run).slice(0, 50)) {
      const words = wordsOf(row);
      const id = `${at} ${words}`;
      now.add(id);
      if (!silently && !told.has(id)) fresh.push(words);
    }
    told = now;
    say(fresh.reverse());
  };
  const tellOverlay = (snapshot: Snapshot, last: Snapshot['view']['overlay']) => {
    const { overlay } = snapshot.view;
    if (!overlay) {
      if (openLines.length > 0) say('Closed.');
      openLines = [];
      return;
    }
    if (overlay.kind === 'help') {
      const { lines, extent } = helpPiece(overlay, last?.kind === 'help' ? last : null, snapshot);
      screen.extents.help = extent;
      openLines = lines;
      return say(lines);
    }
    if (overlay.kind === 'note') return tellTyping('note', overlay.text);
    openLines = overlaySentences(overlay, last?.kind === overlay.kind ? last : null, snapshot);
    say(openLines);
  };
  /** What is typed is echoed, as any line of a terminal. */
  const tellTyping = (kind: keyof typeof asked, text: string) => {
    const prompt = asked[kind];
    if (typed === '') {
      say('');
      stdout.write(prompt + clean(text));
    } else {
      const old = typed.slice(prompt.length);
      if (text.startsWith(old)) stdout.write(clean(text.slice(old.length)));
      else if (old.startsWith(text)) stdout.write('\b \b'.repeat(old.length - text.length));
      else stdout.write(`\n${prompt}${clean(text)}`);
    }
    typed = prompt + text;
    openLines = [prompt];
  };
  const show = (snapshot: Snapshot) => {
    const was = before;
    before = snapshot;
    if (snapshot.link === 'connecting') return;
    const caughtUp = was.link === 'connecting' || status === '';
    tellEvents(snapshot, caughtUp);
    const next = statusOf(snapshot);
    if (next !== status) {
      const { n } = snapshot.live.phase;
      say(nowSentence(snapshot, n !== idea));
      if (snapshot.run.experiments[n]?.hypothesis) idea = n;
    }
    status = next;
    // How it goes only when it goes differently: what became of each experiment was told as it happened.
    const best = `${snapshot.run.champion.n} ${snapshot.run.experiments[snapshot.run.champion.n]?.metric}`;
    if (best !== champion) say(chartSentence(snapshot.run));
    champion = best;
    const { view } = snapshot;
    if (caughtUp)
      say(
        'Keys: question mark for help, 1 to 7 read a pane, again what is older, q leaves, the run goes on.',
      );
    if (view.selected !== was.view.selected) {
      const e = view.selected === null ? null : snapshot.run.experiments[view.selected];
      say(e ? experimentSentence(e, snapshot.run) : 'Live again.');
    }
    if (view.confirm && view.confirm !== was.view.confirm)
      say(`${view.confirm.question} Press y for yes, n for no.`);
    if (view.prompt !== was.view.prompt) {
      if (view.prompt) tellTyping(view.prompt.kind, view.prompt.text);
      else if (typed !== '') say('Closed.');
    }
    if (view.overlay !== was.view.overlay) tellOverlay(snapshot, was.view.overlay);
    if (view.toast && view.toast !== was.view.toast)
      say(view.toast.level === 'info' ? view.toast.text : `${view.toast.level}: ${view.toast.text}`);
    const notice = snapshot.live.notice;
    if (notice && notice !== was.live.notice && !heard.some((line) => line.includes(clean(notice.text))))
      say(notice.text);
  };
  const read = (chunk: string) => {
    for (const piece of readKeys(chunk)) {
      if (piece.kind === 'paste') {
        controller.paste(piece.text);
        continue;
      }
      const { view } = store.current();
      const free = view.overlay === null && view.confirm === null && view.prompt === null;
      controller.key(piece.input, piece.key);
      // The number of a pane reads it out, also when it was the focused one before.
      if (!free || !/^[1-7]$/.test(piece.input)) {
        reading = null;
        continue;
      }
      const now = store.current();
      const pane = now.view.focus;
      const from = reading?.pane === pane ? reading.next : null;
      const { lines, next } = panePiece(pane, now, from);
      reading = { pane, next };
      say(from === null ? [`${title(pane)}:`, ...lines] : lines);
    }
  };

  const listen = () => {
    keys.setRawMode(true);
    stdout.write(pasteOn);
    keys.on('data', read);
    keys.resume();
  };
  const rest = () => {
    keys.off('data', read);
    stdout.write(pasteOff);
    keys.setRawMode(false);
  };
  keys.setEncoding('utf8');
  listen();
  if (screen.suspend)
    screen.suspend.terminal = async (work) => {
      rest();
      try {
        await work();
      } finally {
        listen();
      }
    };
  const unwatch = store.published.subscribe(show);
  show(before);
  let left = () => {};
  const exit = new Promise<void>((resolve) => {
    left = resolve;
  });
  return {
    clear: () => say(statusSentence(store.current())),
    unmount() {
      unwatch();
      rest();
      left();
    },
    waitUntilExit: () => exit,
  };
}

function title(pane: string): string {
  return pane === 'gpu' ? 'GPU' : pane[0]!.toUpperCase() + pane.slice(1);
}

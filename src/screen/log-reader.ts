import { join } from 'node:path';
import { FilteredLines, type LogPages } from './log-doc.ts';
import { LogFile } from './log-file.ts';
import { filterTest } from './log-match.ts';
import { shownTrial } from './selectors.ts';
import type { ScreenStore, Snapshot } from './store.ts';

/** The file behind the log that is shown. Replaced whenever something about it has changed. */
export interface OpenLog {
  n: number;
  k: number;
  path: string;
  pages: LogPages;
  /** Lines that pass the filter `of`; null = no filter. `reading`: not all of the file was looked at. */
  filtered: { of: string; lines: FilteredLines; reading: boolean } | null;
}

export interface LogReader {
  /** The nearest line that passes, from `from` on; null = none, or something else was asked meanwhile. */
  find(test: (text: string) => boolean, from: number, by: 1 | -1): Promise<number | null>;
  close(): void;
}

/** Opens, follows, filters and searches the file of the log that is shown, as far as it is needed. */
export function createLogReader(store: ScreenStore, runDir: string): LogReader {
  let file: LogFile | null = null;
  let open: OpenLog | null = null;
  let version = -1;
  let filling: { filter: string; next: number; running: boolean } | null = null;
  let asked = 0;

  const tell = () => {
    if (!open) return store.set({ logFile: null });
    open = { ...open };
    store.set({ logFile: open });
  };
  const shut = () => {
    file?.close();
    file = null;
    open = null;
    filling = null;
  };
  const openShown = (snapshot: Snapshot) => {
    const shown = shownTrial(snapshot);
    if (!shown) return false;
    if (file && open?.n === shown.n && open.k === shown.k) return true;
    shut();
    const path = join(runDir, 'experiments', String(shown.n), `trial-${shown.k}.log`);
    const mine = new LogFile(path, !shown.live, () => {
      if (file === mine) tell();
    });
    file = mine;
    open = { n: shown.n, k: shown.k, path, pages: mine, filtered: null };
    void mine.refresh();
    return true;
  };
  const fill = async () => {
    const mine = file;
    const work = filling;
    if (!mine || !work || work.running) return;
    const test = filterTest(work.filter)!;
    const { lines } = open!.filtered!;
    work.running = true;
    const stop = () => file !== mine || filling !== work;
    work.next = await mine
      .each(work.next, (text, no) => void (test(text) && lines.push(no, text)), stop)
      .catch(() => work.next);
    work.running = false;
    if (stop()) return;
    open!.filtered = { of: work.filter, lines, reading: false };
    tell();
  };

  const look = (snapshot: Snapshot) => {
    const { view, live } = snapshot;
    const shown = shownTrial(snapshot);
    const { filter } = view.log;
    const needed = shown !== null && (!shown.live || view.log.top !== null || filter !== '');
    const other = open !== null && (shown?.n !== open.n || shown.k !== open.k);
    if (!needed) {
      if (other) {
        shut();
        tell();
      }
      return;
    }
    const before = file;
    openShown(snapshot);
    const grown = shown.live && live.log.version !== version;
    version = live.log.version;
    if (filter !== (filling?.filter ?? '')) {
      filling = filter === '' ? null : { filter, next: 0, running: false };
      open!.filtered = filling ? { of: filter, lines: new FilteredLines(), reading: true } : null;
      void fill();
      tell();
    } else if (grown && filling) void fill();
    else if (grown && before === file) void file!.refresh();
    else if (before !== file) tell();
  };
  const unsubscribe = store.published.subscribe(look);

  return {
    async find(test, from, by) {
      if (!openShown(store.current())) return null;
      const mine = ++asked;
      return file!.find(test, from, by, () => mine !== asked);
    },
    close() {
      unsubscribe();
      shut();
    },
  };
}

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { EventType } from '../protocol/events.ts';
import { resultsRow, resultsTsv } from './results-tsv.ts';
import type { RunState } from './state.ts';

/** Keeps results.tsv what the state says. */
export interface ResultsFile {
  /** Call it with every next state. Never throws: the file is a copy for other tools, the journal is the truth. */
  follow(state: RunState): void;
}

/** What can change a row, or bring one: to look at all of ten thousand rows for every other event is for nothing. */
export const changeRows: ReadonlySet<EventType> = new Set([
  'run.started',
  'run.resumed',
  'trial.ended',
  'experiment.decided',
  'experiment.remeasured',
  'champion.moved',
]);

/**
 * A new row is appended. The file is written anew (beside, then renamed: a reader never sees half of one) only when a
 * row that is in it has changed, or when it is not what was left there: at the start, deleted, cut by a full disk.
 */
export function openResultsFile(path: string): ResultsFile {
  let shown: RunState | null = null;
  /** Bytes that the file must have; null when that is not known. */
  let size: number | null = null;

  function rewrite(state: RunState): void {
    // A rename would put a file in the place of a device or a folder, which are not ours to replace.
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there && !there.isFile() && !there.isSymbolicLink()) throw new Error(`${path} is no file`);
    const text = resultsTsv(state);
    const draft = `${path}.new`;
    rmSync(draft, { force: true });
    writeFileSync(draft, text, { flag: 'wx' });
    renameSync(draft, path);
    size = Buffer.byteLength(text);
  }

  /** @returns false when the file is not the one that was left there */
  function append(rows: string): boolean {
    let fd: number;
    try {
      // Without O_CREAT: a file that was deleted needs all its rows.
      fd = openSync(
        path,
        constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      );
    } catch {
      return false;
    }
    try {
      if (fstatSync(fd).size !== size) return false;
      writeFileSync(fd, rows);
      size += Buffer.byteLength(rows);
      return true;
    } finally {
      closeSync(fd);
    }
  }

  return {
    follow(state) {
      const before = shown;
      shown = state;
      if (state.seq === 0 || (before !== null && size !== null && before.experiments === state.experiments))
        return;
      try {
        const rows = before && size !== null ? newRows(before, state) : null;
        if (rows === '') return;
        if (rows === null || !append(rows)) rewrite(state);
      } catch {
        size = null;
      }
    },
  };
}

/** What has to be appended; null when a row that is not the last one came, went or changed. */
function newRows(before: RunState, state: RunState): string | null {
  if (before.settings?.metric.name !== state.settings?.metric.name) return null;
  const metric = state.settings?.metric.name;
  let rows = '';
  for (let n = 0; n < state.experiments.length; n++) {
    const e = state.experiments[n]!;
    const was = before.experiments[n];
    // The same object, or nothing to show before and after: usual, and cheap for ten thousand of them.
    if (was === e) {
      if (rows !== '' && resultsRow(e, metric) !== null) return null;
      continue;
    }
    const old = was ? resultsRow(was, metric) : null;
    const row = resultsRow(e, metric);
    if (old === row && rows === '') continue;
    if (old !== null) return null;
    rows += row ?? '';
  }
  return rows;
}

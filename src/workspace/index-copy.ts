import {
  constants,
  copyFileSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  utimesSync,
} from 'node:fs';

// The copy of the worktree's index that is believed (see RunWorktree).

/** Copies the index to where only we look. */
export function keepIndex(index: string, copy: string): void {
  const found = statSync(index, { throwIfNoEntry: false });
  if (!found) {
    rmSync(copy, { force: true });
    return;
  }
  // Not beside and renamed: ext4 flushes the disk at that, and after a crash both files are made afresh anyway.
  copyFileSync(index, copy);
  setTimeBefore(copy, found);
}

/** Puts the copy in the index's place; without a copy, the index goes too: git then reads every file. */
export function bringBackIndex(copy: string, index: string): void {
  const found = statSync(copy, { throwIfNoEntry: false });
  if (!found) {
    rmSync(index, { recursive: true, force: true });
    return;
  }
  const now = lstatSync(index, { throwIfNoEntry: false });
  if (!now?.isFile() || now.size !== found.size || !readFileSync(index).equals(readFileSync(copy))) {
    if (now?.isDirectory()) rmSync(index, { recursive: true });
    // In one go: the user's `git gc` reads the index of every worktree, and gives up over half of one.
    rmSync(`${index}.pawl`, { recursive: true, force: true });
    // Exclusive: whatever is put there meanwhile is not written through.
    copyFileSync(copy, `${index}.pawl`, constants.COPYFILE_EXCL);
    renameSync(`${index}.pawl`, index);
  }
  // Also when nothing else was changed: a trial may have set it ahead.
  setTimeBefore(index, found);
}

/**
 * git distrusts entries that are not older than the index file. A copy must not look younger than what it copies, and
 * fs times are rounded on the way: 2 ms older is on the safe side.
 */
function setTimeBefore(path: string, { atime, mtimeMs }: Stats): void {
  utimesSync(path, atime, new Date(mtimeMs - 2));
}

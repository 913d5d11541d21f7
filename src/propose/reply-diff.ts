// Unified diffs in replies. Models get the line numbers of hunks wrong, so only the lines count: context and removed
// lines are what to find, context and added lines are what to put there.

export interface DiffHunk {
  path: string | null;
  search: string[];
  replace: string[];
  /** `--- /dev/null`: the file is new. */
  created: boolean;
}

const oldFile = /^--- (\S.*?)(?:\t.*)?$/;
const newFile = /^\+\+\+ (\S.*?)(?:\t.*)?$/;

/** True when line i starts a raw diff: a pair of file lines, or a hunk head. */
export function startsDiff(lines: readonly string[], i: number): boolean {
  const line = lines[i] ?? '';
  return /^@@( |$)/.test(line) || (oldFile.test(line) && newFile.test(lines[i + 1] ?? ''));
}

/** How many lines from i on belong to the raw diff that starts there; it ends with its last marked line. */
export function diffLength(lines: readonly string[], i: number): number {
  let end = i;
  let inHunk = false;
  for (let k = i; k < lines.length; k++) {
    const line = lines[k]!;
    if (startsDiff(lines, k) || newFile.test(line)) inHunk = line.startsWith('@@');
    else if (/^(diff --git|index |new file mode|similarity)/.test(line)) inHunk = false;
    else if (!inHunk || /^\s*(?:`{3}|<{5}|HYPOTHESIS|EDIT |WHOLE )/.test(line)) break;
    // A context line may have lost its leading space; text after the last marked line is not the diff's.
    else if (!/^[-+ \\]/.test(line)) continue;
    end = k + 1;
  }
  return end - i;
}

/** The hunks of a diff's lines; hunks that change nothing are left out. */
export function parseDiff(lines: readonly string[]): DiffHunk[] {
  const hunks: DiffHunk[] = [];
  let path: string | null = null;
  let created = false;
  let hunk: DiffHunk | null = null;
  const open = () => {
    hunk = { path, search: [], replace: [], created };
    hunks.push(hunk);
  };
  lines.forEach((line, i) => {
    const from = oldFile.exec(line);
    if (from && newFile.test(lines[i + 1] ?? '')) {
      created = from[1] === '/dev/null';
      path = created ? null : withoutSide(from[1]!);
      hunk = null;
      return;
    }
    const to = newFile.exec(line);
    if (to && hunk === null) {
      if (to[1] !== '/dev/null') path = withoutSide(to[1]!);
      return;
    }
    if (/^@@/.test(line)) {
      open();
      return;
    }
    if (/^(diff --git|index |new file mode|\\ )/.test(line)) return;
    if (hunk === null) {
      if (!/^[-+]/.test(line)) return;
      open();
    }
    const h = hunk as DiffHunk | null;
    if (h === null) return;
    if (line.startsWith('-')) h.search.push(line.slice(1));
    else if (line.startsWith('+')) h.replace.push(line.slice(1));
    else {
      // A context line; models often drop the leading space of it.
      const text = line.startsWith(' ') ? line.slice(1) : line;
      h.search.push(text);
      h.replace.push(text);
    }
  });
  return hunks.filter((h) => h.search.join('\n') !== h.replace.join('\n'));
}

function withoutSide(path: string): string {
  return path.replace(/^[ab]\//, '');
}

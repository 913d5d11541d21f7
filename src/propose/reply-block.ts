import { dropLineNumbers, elidedLine, isElision, unwrapBlock } from './block-text.ts';
import type { Edit } from './proposer.ts';
import { barePath, markOf } from './reply-marks.ts';

// One SEARCH/REPLACE block. Texts of an edit are whole lines, each with its newline: '' is no line, '\n' an empty one.

export type BlockResult = { ok: true; edit: Edit; next: number } | { ok: false; why: string; next: number };

interface BlockContext {
  path: string | null;
  base: string;
  known: (path: string) => boolean;
  /** A fence was open when the block began: its closing line ends an unfinished block. */
  fenced: boolean;
  loose: boolean;
  /** The reply is complete, so that a missing last marker is only sloppy. */
  complete: boolean;
}

/** Reads the block whose SEARCH marker is line i - 1. `next` is the first line after it. */
export function readBlock(lines: readonly string[], i: number, context: BlockContext): BlockResult {
  const search: string[] = [];
  let k = i;
  for (; k < lines.length; k++) {
    const mark = markOf(lines[k]!, context.known);
    if (mark?.kind === 'divider' || mark?.kind === 'replace-open') break;
    const looseEnd = context.loose && /^\s*>{3,}\s*$/.test(lines[k]!);
    if (looseEnd || mark?.kind === 'end') {
      const after = lines.slice(k + 1).findIndex((l) => l.trim() !== '');
      const opener = after < 0 ? null : markOf(lines[k + 1 + after]!, context.known);
      if (opener?.kind !== 'replace-open') {
        return { ok: false, why: 'a block has no ======= line between SEARCH and REPLACE', next: k + 1 };
      }
      k += 1 + after;
      break;
    }
    if (mark?.kind === 'search') {
      return { ok: false, why: 'a SEARCH part is never closed by =======', next: k };
    }
    search.push(lines[k]!);
  }
  if (k >= lines.length) return { ok: false, why: 'a SEARCH part is never closed by =======', next: k };
  const rest = readReplace(lines, k + 1, context);
  if (!rest.ok) return rest;
  return finish(search, rest.lines, rest.next, context);
}

type ReplaceResult = { ok: true; lines: string[]; next: number } | { ok: false; why: string; next: number };

function readReplace(lines: readonly string[], i: number, context: BlockContext): ReplaceResult {
  const out: string[] = [];
  const first = lines.slice(i).find((l) => l.trim() !== '');
  // With its own fence inside, a closing fence line belongs to the part, not to the fence around the block.
  let inner = first !== undefined && markOf(first, context.known)?.kind === 'fence';
  for (let k = i; k < lines.length; k++) {
    const line = lines[k]!;
    const mark = markOf(line, context.known);
    if (mark?.kind === 'end' || mark?.kind === 'replace-open') return { ok: true, lines: out, next: k + 1 };
    if (context.loose && /^\s*>{3,}\s*$/.test(line)) return { ok: true, lines: out, next: k + 1 };
    // qwen3 drops the `>>>>>>>`: a lone REPLACE counts when nothing of the block can follow it.
    if (/^\s*REPLACE\s*$/.test(line) && endsHere(lines, k + 1, context)) {
      return { ok: true, lines: out, next: k + 1 };
    }
    // The next block or file proves that this block was complete; only its last marker is missing. A comment such as
    // `# File: x.py` looks like the next file too: it is code when the end marker is still to come.
    const nextFile = (mark?.kind === 'edit' || mark?.kind === 'whole') && endsHere(lines, k + 1, context);
    const nextBlock = mark?.kind === 'search' || (nextFile && out.length > 0);
    if (nextBlock) return { ok: true, lines: withoutTail(out, context), next: k };
    if (mark?.kind === 'fence' && mark.info === '') {
      if (inner && out.length > 0 && k !== i) {
        const opener = out.findIndex((l) => l.trim() !== '');
        if (opener >= 0 && out[opener] !== line) inner = false;
      } else if (context.fenced && !inner && endsHere(lines, k + 1, context)) {
        if (!context.complete) break;
        return { ok: true, lines: out, next: k + 1 };
      }
    }
    out.push(line);
  }
  if (!context.complete) return { ok: false, why: 'the last block is cut off', next: lines.length };
  return { ok: true, lines: withoutTail(out, context), next: lines.length };
}

/** The block is not closed further down: no end marker comes before the next block. */
function endsHere(lines: readonly string[], i: number, context: BlockContext): boolean {
  for (let k = i; k < lines.length; k++) {
    const mark = markOf(lines[k]!, context.known);
    if (mark?.kind === 'end' || (context.loose && /^\s*>{3,}\s*$/.test(lines[k]!))) return false;
    if (mark?.kind === 'search') return true;
  }
  return true;
}

function withoutTail(lines: string[], context: BlockContext): string[] {
  const out = [...lines];
  while (out.length > 0) {
    const last = out.at(-1)!;
    if (last.trim() !== '' && !barePath(last, context.known)) break;
    out.pop();
  }
  return out;
}

function finish(search: string[], replace: string[], next: number, context: BlockContext): BlockResult {
  const split = settleDividers(search, replace, context);
  if (!split) {
    return {
      ok: false,
      why: 'a block has more than one ======= line; give that file by WHOLE instead, or choose other lines',
      next,
    };
  }
  const plain = {
    search: unwrapBlock(split.search, context.path, context.base),
    replace: unwrapBlock(split.replace, context.path, context.base),
  };
  const { search: s, replace: r } = dropLineNumbers(plain.search, plain.replace, context.base);
  // Elisions in pairs say "keep what is there"; the matcher knows what to do with them.
  const paired = s.filter(isElision).length === r.filter(isElision).length && s.some(isElision);
  const gap = paired ? null : elidedLine(r, context.base);
  if (gap !== null) {
    return { ok: false, why: `the REPLACE part leaves code out ("${gap.trim()}"); write every line`, next };
  }
  const edit: Edit = { kind: 'replace', path: context.path ?? '', search: text(s), replace: text(r) };
  return { ok: true, edit, next };
}

/** When code itself has ======= lines, the split whose SEARCH really is in the file; null when that is not clear. */
function settleDividers(search: string[], replace: string[], context: BlockContext) {
  const isDivider = (l: string) => markOf(l, context.known)?.kind === 'divider';
  const last = replace.findLastIndex((l) => l.trim() !== '');
  if (replace.filter(isDivider).length === 1 && last >= 0 && isDivider(replace[last]!)) {
    // A second ======= directly before the end marker is only a slip.
    return { search, replace: replace.slice(0, last) };
  }
  if (!replace.some(isDivider)) return { search, replace };
  const all = [...search, '=======', ...replace];
  const splits = all
    .map((line, at) => ({ line, at }))
    .filter(({ line }) => isDivider(line))
    .map(({ at }) => ({ search: all.slice(0, at), replace: all.slice(at + 1) }))
    .filter((s) => s.search.length > 0 && `\n${context.base}\n`.includes(`\n${s.search.join('\n')}\n`));
  return splits.length === 1 ? splits[0]! : null;
}

/** Lines as the text of an edit. */
export function text(lines: readonly string[]): string {
  return lines.map((l) => `${l}\n`).join('');
}

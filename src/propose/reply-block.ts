import { dropLineNumbers, dropSigns, elidedLine, isElision, unwrapBlock } from './block-text.ts';
import type { Edit } from './proposer.ts';
import { parseSetLine } from './reply-constants.ts';
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
  const rest = readReplace(lines, k + 1, { ...context, search });
  if (!rest.ok) return rest;
  return finish(search, rest.lines, rest.next, context);
}

type ReplaceResult = { ok: true; lines: string[]; next: number } | { ok: false; why: string; next: number };

function readReplace(
  lines: readonly string[],
  i: number,
  context: BlockContext & { search: readonly string[] },
): ReplaceResult {
  const out: string[] = [];
  const first = lines.slice(i).find((l) => l.trim() !== '');
  // With its own fence inside, a closing fence line belongs to the part, not to the fence around the block.
  let inner = first !== undefined && markOf(first, context.known)?.kind === 'fence';
  for (let k = i; k < lines.length; k++) {
    const line = lines[k]!;
    const mark = markOf(line, context.known);
    if (mark?.kind === 'end' || mark?.kind === 'replace-open') {
      return { ok: true, lines: context.fenced ? withoutClosingFence(out, context) : out, next: k + 1 };
    }
    if (context.loose && /^\s*>{3,}\s*$/.test(line)) return { ok: true, lines: out, next: k + 1 };
    // qwen3 drops the `>>>>>>>`: a lone REPLACE counts when nothing of the block can follow it.
    if (/^\s*REPLACE\s*$/.test(line) && endsHere(lines, k + 1, context)) {
      return { ok: true, lines: out, next: k + 1 };
    }
    // The next block or file proves that this block was complete; only its last marker is missing. A comment such as
    // `# File: x.py` looks like the next file too: it is code when the end marker is still to come.
    const nextFile = (mark?.kind === 'edit' || mark?.kind === 'whole') && endsHere(lines, k + 1, context);
    if (mark?.kind === 'field' && endsHere(lines, k + 1, context)) {
      return { ok: true, lines: withoutTail(out, context), next: k };
    }
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
  if (talks(out, context)) {
    return {
      ok: false,
      why: 'the last block has no >>>>>>> REPLACE line, and text follows it',
      next: lines.length,
    };
  }
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

/**
 * True when the lines of a block without end marker may go on with talk: then where it ends is not sure. A sentence, a
 * list, a heading, a SET line, or, after an empty line, less indentation than all of SEARCH has.
 */
function talks(lines: readonly string[], context: { base: string; search: readonly string[] }): boolean {
  const there = new Set(context.base.split('\n'));
  const indent = (l: string) => /^\s*/.exec(l)![0].length;
  const code = context.search.filter((l) => l.trim() !== '');
  const depth = code.length === 0 ? 0 : Math.min(...code.map(indent));
  const first = lines.findIndex((l) => l.trim() !== '');
  return lines.some((line, i) => {
    if (line.trim() === '' || there.has(line)) return false;
    const paragraph = i > first && lines[i - 1]!.trim() === '';
    return (
      prose.test(line.slice(0, 1000)) || (paragraph && indent(line) < depth) || parseSetLine(line) !== null
    );
  });
}

const prose =
  /^(?:[*_]*[A-Z][\w']*[:,]? \S+(?: \S+){2,}[.!?:]?$|\*\*|#{2,6} |[-*•] \p{L}+ \p{L}|\d+[.)] \p{L}|[^\x00-\x7f])/u;

/** The fence around the block was closed before its end marker: that line is no code. */
function withoutClosingFence(lines: string[], context: BlockContext): string[] {
  if (/\.(md|mdx|markdown|rst)$/i.test(context.path ?? '')) return lines;
  const last = lines.findLastIndex((l) => l.trim() !== '');
  const fences = lines.filter((l) => markOf(l, context.known)?.kind === 'fence').length;
  const mark = last < 0 ? null : markOf(lines[last]!, context.known);
  return mark?.kind === 'fence' && mark.info === '' && fences === 1 ? lines.slice(0, last) : lines;
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
  const made = blockEdit(search, replace, context);
  return made.ok ? { ...made, next } : { ...made, next };
}

type EditResult = { ok: true; edit: Edit } | { ok: false; why: string };

/** The edit that the two parts of a block make, without what models wrap around code. */
export function blockEdit(
  search: string[],
  replace: string[],
  context: Pick<BlockContext, 'path' | 'base'>,
): EditResult {
  const split = settleDividers(search, replace, context);
  if (!split) {
    return {
      ok: false,
      why: 'a block has more than one ======= line; give that file by WHOLE instead, or choose other lines',
    };
  }
  const plain = {
    search: unwrapBlock(split.search, context.path, context.base),
    replace: unwrapBlock(split.replace, context.path, context.base),
  };
  const bare = dropLineNumbers(plain.search, plain.replace, context.base);
  const unsigned = dropSigns(bare.search, bare.replace, context.base);
  if (unsigned === null) {
    return {
      ok: false,
      why: 'the lines of the REPLACE part begin with +; write them as they are to stand in the file',
    };
  }
  const { search: s, replace: r } = unsigned;
  // Elisions in pairs say "keep what is there"; the matcher knows what to do with them.
  const paired = s.filter(isElision).length === r.filter(isElision).length && s.some(isElision);
  const gap = paired ? null : elidedLine(r, context.base);
  if (gap !== null) {
    return { ok: false, why: `the REPLACE part leaves code out ("${gap.trim()}"); write every line` };
  }
  const edit: Edit = { kind: 'replace', path: context.path ?? '', search: text(s), replace: text(r) };
  return { ok: true, edit };
}

/** When code itself has ======= lines, the split whose SEARCH really is in the file; null when that is not clear. */
function settleDividers(search: string[], replace: string[], context: { base: string }) {
  const isDivider = (l: string) => markOf(l, () => false)?.kind === 'divider';
  const last = replace.findLastIndex((l) => l.trim() !== '');
  if (replace.filter(isDivider).length === 1 && last >= 0 && isDivider(replace[last]!)) {
    // A second ======= directly before the end marker is only a slip.
    return { search, replace: replace.slice(0, last) };
  }
  if (!replace.some(isDivider)) return { search, replace };
  // A third part is another version of the code, unless such lines are in the file anyway.
  if (!context.base.split('\n').some(isDivider)) return null;
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

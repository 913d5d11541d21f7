import { findConstants } from './constants.ts';
import type { Edit } from './proposer.ts';
import { readBlock, text } from './reply-block.ts';
import { parseBareConstant, parseSetLine, staleValue, unreadSetLine } from './reply-constants.ts';
import { diffLength, parseDiff, startsDiff } from './reply-diff.ts';
import { barePath, markOf } from './reply-marks.ts';
import type { ParsedReply, ReplyContext } from './reply-parser.ts';
import { optionOf, type ProposalStart, plainWords, severalProposals } from './reply-proposals.ts';
import { endsLike, isNewVersion, wholeFault } from './reply-whole.ts';
import { resolveSurfacePath } from './surface-path.ts';

/** Goes once through the lines of an answer and collects its fields and edits. */
export class ReplyReader {
  readonly edits: Edit[] = [];
  /** The first thing that cannot be read; everything or nothing is taken from a reply. */
  problem: string | null = null;
  private readonly lines: string[];
  private readonly context: ReplyContext;
  private readonly complete: boolean;
  private readonly fields = { hypothesis: '', expect: '', family: '' };
  private readonly constants: Set<string>;
  private path: string | null;
  private named = false;
  private prose = '';
  /** The reply has edits, but they change nothing. */
  idle = false;
  private readonly starts: ProposalStart[] = [];
  private readonly marks = new Map<number, ReturnType<typeof markOf>>();
  private looseFences: { path: string | null; lines: string[] }[] = [];

  constructor(lines: string[], context: ReplyContext) {
    this.lines = lines;
    this.context = context;
    this.complete = context.doneReason === 'stop';
    const paths = [...context.surface.keys()];
    this.path = paths.length === 1 ? paths[0]! : null;
    this.constants = new Set(
      [...context.surface].flatMap(([path, code]) =>
        findConstants(code.replace(/\r\n/g, '\n'), path).map((c) => c.name),
      ),
    );
  }

  private readonly known = (path: string): boolean => resolveSurfacePath(path, this.context.surface) !== null;

  /** The text of a surface file, '' for any other. */
  readonly base = (path: string | null): string => {
    const real = path === null ? null : resolveSurfacePath(path, this.context.surface);
    return real === null ? '' : this.context.surface.get(real)!.replace(/\r\n/g, '\n');
  };

  /** Reads all lines, up to the first problem. */
  read(): void {
    let openField: keyof typeof this.fields | null = null;
    let i = 0;
    let fenced = false;
    while (i < this.lines.length && this.problem === null) {
      const line = this.lines[i]!;
      const mark = markOf(line, this.known);
      const continues: boolean = mark === null && line.trim() !== '';
      if (!continues) openField = null;
      if (mark?.kind === 'field') {
        if (mark.field === 'hypothesis') this.proposal(plainWords(mark.rest));
        if (this.fields[mark.field] === '') this.fields[mark.field] = mark.rest;
        openField = mark.field;
        i++;
      } else if (mark?.kind === 'edit') {
        this.name(mark.path);
        i++;
      } else if (mark?.kind === 'whole') {
        this.name(mark.path);
        i = this.readWhole(i + 1, mark.path);
      } else if (mark?.kind === 'search') {
        if (mark.path !== null && this.known(mark.path)) this.name(mark.path);
        i = this.readSearch(i + 1, mark.loose, fenced);
      } else if (mark?.kind === 'fence') {
        const end = this.closing(i, mark.marks);
        const info = mark.info.split(/\s+/);
        const titled = info.find((word) => word !== '' && this.known(word));
        if (titled) this.name(titled);
        if (!fenced && end !== null && this.readFence(this.lines.slice(i + 1, end), info[0] ?? ''))
          i = end + 1;
        else {
          fenced = !fenced;
          i++;
        }
      } else if (startsDiff(this.lines, i)) {
        const length = diffLength(this.lines, i);
        this.addDiff(this.lines.slice(i, i + length));
        i += Math.max(1, length);
      } else if (!this.readConstant(line)) {
        const bare = barePath(line, this.known);
        if (bare !== null) this.name(bare);
        const label = optionOf(line);
        if (label !== null) this.proposal(label);
        else if (openField !== null && continues) this.fields[openField] += ` ${line.trim()}`;
        else if (this.prose === '' && continues) this.prose = line.trim();
        i++;
      } else i++;
    }
    if (this.problem === null && this.edits.length === 0) this.takeWholeFence();
    if (this.problem === null && severalProposals(this.edits, this.starts))
      this.problem = 'it has several proposals; give exactly one hypothesis with its edit';
  }

  /** What was read; what it does not say is taken from `other`. */
  parts(other?: ParsedReply): ParsedReply {
    const clean = (s: string) => s.replace(/\s+/g, ' ').trim();
    const edits = other?.edits ?? this.edits;
    const fallback = (other ? '' : this.prose) || describe(edits[0]!);
    return {
      hypothesis: cut(clean(this.fields.hypothesis || other?.hypothesis || fallback), 200),
      expect: cut(clean(this.fields.expect || (other?.expect ?? '')), 300) || null,
      family: cut(clean(this.fields.family || (other?.family ?? '')).toLowerCase(), 40) || null,
      edits,
    };
  }

  /** A hypothesis or `Option B` begins: edits under more than one are several proposals, unless they are the same. */
  private proposal(label: string): void {
    this.starts.push({ label, at: this.edits.length });
  }

  private name(path: string): void {
    this.path = path;
    this.named = true;
  }

  private readSearch(i: number, loose: boolean, fenced: boolean): number {
    const { path, known, complete } = this;
    const block = readBlock(this.lines, i, { path, base: this.base(path), known, fenced, loose, complete });
    if (!block.ok) this.problem = block.why;
    else if (path === null)
      this.problem = 'no EDIT <path> line before the SEARCH block says which file it is for';
    else this.edits.push(block.edit);
    return Math.max(block.next, i);
  }

  private readWhole(i: number, path: string): number {
    let k = i;
    while (k < this.lines.length && this.lines[k]!.trim() === '') k++;
    const mark = k < this.lines.length ? markOf(this.lines[k]!, this.known) : null;
    if (mark?.kind !== 'fence') {
      const bare = this.lines.slice(k);
      while (bare.at(-1)?.trim() === '') bare.pop();
      if (this.complete && endsLike(this.base(path), bare)) {
        this.addWhole(path, bare);
        return this.lines.length;
      }
      this.problem = `WHOLE ${path} is not followed by the file between \`\`\` lines`;
      return this.lines.length;
    }
    const end = this.closing(k, mark.marks);
    if (end === null && !this.complete) {
      this.problem = `the file given by WHOLE ${path} is cut off`;
      return this.lines.length;
    }
    const lines = this.lines.slice(k + 1, end ?? this.lines.length);
    while (end === null && lines.at(-1)?.trim() === '') lines.pop();
    if (end === null && !endsLike(this.base(path), lines)) {
      this.problem = `the file given by WHOLE ${path} is not closed by \`\`\`, so that it may be cut off`;
      return this.lines.length;
    }
    this.addWhole(path, lines);
    return end === null ? this.lines.length : end + 1;
  }

  private addWhole(path: string, lines: string[]): void {
    const fault = wholeFault(path, lines, this.base(path));
    if (fault !== null) this.problem = fault;
    else this.edits.push({ kind: 'whole', path, content: text(lines) });
  }

  private fence(k: number): ReturnType<typeof markOf> {
    if (!this.marks.has(k)) this.marks.set(k, markOf(this.lines[k]!, this.known));
    return this.marks.get(k)!;
  }

  /** The line that closes the fence opened at line i. Fences with an info word inside nest. */
  private closing(i: number, marks: string): number | null {
    let depth = 0;
    for (let k = i + 1; k < this.lines.length; k++) {
      // Cheaply first: a loop of fences would otherwise read every line once for each of them.
      if (!/^\s*[`~]/.test(this.lines[k]!)) continue;
      const mark = this.fence(k);
      if (mark?.kind !== 'fence' || mark.marks[0] !== marks[0] || mark.marks.length < marks.length) continue;
      if (mark.info !== '') depth++;
      else if (depth === 0) return k;
      else depth--;
    }
    return null;
  }

  /** True when the fenced lines were understood as a whole; else they are read like unfenced ones. */
  private readFence(lines: string[], info: string): boolean {
    if (lines.some((l) => /^(search|edit|whole|field)$/.test(markOf(l, this.known)?.kind ?? '')))
      return false;
    const body = lines.filter((l) => l.trim() !== '');
    if (body.length === 0) return true;
    if (/^(diff|patch)$/i.test(info) || startsDiff(body, 0)) {
      this.addDiff(lines);
      return true;
    }
    const code = body.filter((l) => !/^\s*(#|\/\/)/.test(l));
    if (code.length > 0 && code.every((l) => parseSetLine(l) ?? parseBareConstant(l))) {
      for (const line of code) this.readConstant(line);
      if (this.edits.length > 0) return true;
    }
    this.looseFences.push({ path: this.path, lines });
    return true;
  }

  private addDiff(lines: string[]): void {
    const hunks = parseDiff(lines);
    if (hunks.length === 0 && lines.some((l) => /^[-+](?![-+])/.test(l))) this.idle = true;
    for (const hunk of hunks) {
      const path = hunk.path ?? this.path;
      if (path === null) this.problem = 'the diff does not say which file it is for';
      else if (hunk.search.length === 0 && !hunk.created && this.base(path).trim() !== '') {
        this.problem = 'a diff hunk only adds lines and does not show between which lines they go';
      } else {
        this.edits.push({ kind: 'replace', path, search: text(hunk.search), replace: text(hunk.replace) });
      }
    }
  }

  private readConstant(line: string): boolean {
    const set = parseSetLine(line);
    if (set) {
      const path = set.path ?? (this.named ? this.path : null);
      this.checkFrom(set, path);
      this.edits.push({ kind: 'constant', path, name: set.name, value: set.value });
      return true;
    }
    const unread = unreadSetLine(line);
    if (unread !== null && unread !== 'NAME') {
      this.problem = `the line "${cut(line.trim(), 80)}" does not say one plain value for ${unread}`;
      return true;
    }
    const bare = parseBareConstant(line);
    // Without SET it must be a constant that exists, or stand under an EDIT line and look like one.
    const meant =
      bare && (this.constants.has(bare.name) || (this.named && /^[A-Z][A-Z\d_]+$/.test(bare.name)));
    if (!bare || !meant) return false;
    this.checkFrom(bare, this.named ? this.path : null);
    this.edits.push({
      kind: 'constant',
      path: this.named ? this.path : null,
      name: bare.name,
      value: bare.value,
    });
    return true;
  }

  private checkFrom(line: { name: string; from: string | null }, path: string | null): void {
    const { surface } = this.context;
    const files = [...surface].filter(
      ([file]) => path === null || resolveSurfacePath(path, surface) === file,
    );
    this.problem = staleValue(line, files) ?? this.problem;
  }

  /** No marks at all, but exactly one fence that holds a whole new version of a file. */
  private takeWholeFence(): void {
    const [only, more] = this.looseFences;
    if (!only || more || only.path === null || !this.complete) return;
    if (isNewVersion(this.base(only.path), only.lines)) this.addWhole(only.path, only.lines);
    else this.problem = 'code without SEARCH and REPLACE markers does not say what it replaces';
  }
}

function describe(edit: Edit): string {
  return edit.kind === 'constant' ? `Set ${edit.name} to ${edit.value}` : `Change ${edit.path}`;
}

function cut(s: string, length: number): string {
  return s.length <= length ? s : `${s.slice(0, length - 1)}…`;
}

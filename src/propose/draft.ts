import { applyEdits } from './apply-edits.ts';
import { unifiedDiff } from './line-diff.ts';
import type { Edit } from './proposer.ts';
import { ReplyReader } from './reply-reader.ts';
import { resolveSurfacePath } from './surface-path.ts';

/** Lines that may end something that can be read: a block, a fence, a constant. */
const ending = /^\s*(?:>{3,}|`{3,}|REPLACE\b|SET\b|[A-Za-z_]\w*\s*[:=])/;
/** A file that is written out whole is shown as far as it came, this often, ms. */
const wholeEveryMs = 500;

/**
 * Reads a reply while it is written: what can be applied already, as a unified diff. The work is done at the ends of
 * blocks only; how good the reply is at last is for the real parser to say.
 */
export class DraftReader {
  readonly #surface: ReadonlyMap<string, string>;
  readonly #clock: () => number;
  #text = '';
  #line = '';
  #shown = '';
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(surface: ReadonlyMap<string, string>, clock: () => number = () => performance.now()) {
    this.#surface = surface;
    this.#clock = clock;
  }

  /** Takes the next piece of the answer. @returns the diff so far where it has changed, else null */
  push(piece: string): string | null {
    this.#text += piece;
    const lines = (this.#line + piece).split('\n');
    this.#line = lines.pop()!;
    if (lines.length === 0) return null;
    const whole = this.#openWhole();
    const due = whole !== null && this.#clock() - this.#lookedAt >= wholeEveryMs;
    if (!due && (whole !== null || !lines.some((line) => ending.test(line)))) return null;
    this.#lookedAt = this.#clock();
    const diff = this.#diff(whole);
    if (diff === this.#shown) return null;
    this.#shown = diff;
    return diff;
  }

  #diff(whole: { path: string; content: string } | null): string {
    const complete = this.#text.slice(0, this.#text.length - this.#line.length);
    const reader = new ReplyReader(complete.replace(/\r\n?/g, '\n').split('\n'), {
      surface: this.#surface,
      doneReason: null,
    });
    reader.read();
    const files = appliedSoFar(this.#surface, reader.edits);
    const parts = [...files].map(([path, text]) => unifiedDiff(path, this.#surface.get(path) ?? '', text));
    if (whole && !files.has(whole.path))
      parts.push(unifiedDiff(whole.path, this.#surface.get(whole.path) ?? '', whole.content, { open: true }));
    return parts.join('');
  }

  /** The file that is being written out whole right now. */
  #openWhole(): { path: string; content: string } | null {
    const at = this.#text.search(/^WHOLE\s+\S+\s*\n+`{3,}[^\n]*\n(?![\s\S]*^WHOLE\s)/m);
    if (at < 0) return null;
    const [head, fence, ...rest] = this.#text.slice(at).replace(/\n+/, '\n').split('\n');
    const path = resolveSurfacePath(
      head!
        .replace(/^WHOLE\s+/, '')
        .replace(/[`'"]/g, '')
        .trim(),
      this.#surface,
    );
    const marks = /^`+/.exec(fence!)![0];
    if (path === null || rest.some((line) => line.trim() === marks)) return null;
    // The last line may not be whole yet.
    return { path, content: rest.slice(0, -1).join('\n') };
  }
}

/** The files with all edits that can be applied together; one that cannot is left out. */
function appliedSoFar(surface: ReadonlyMap<string, string>, edits: readonly Edit[]): Map<string, string> {
  const everywhere = () => true;
  const all = applyEdits(surface, edits, everywhere);
  if (all.ok) return all.files;
  let good: Edit[] = [];
  let files = new Map<string, string>();
  for (const edit of edits) {
    const tried = applyEdits(surface, [...good, edit], everywhere);
    if (!tried.ok) continue;
    good = [...good, edit];
    files = tried.files;
  }
  return files;
}

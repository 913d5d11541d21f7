/** Some lines of something longer. */
export interface Piece {
  lines: string[];
  /** What the next piece begins with, by a name that lasts; null = that was all. */
  next: number | null;
}

/** A list that is told from its end: the latest few, then those before them. */
export interface LongList {
  /** What it is and how much of it there is, without a full stop. */
  head: string;
  size: number;
  /** Place of what has that name, or of the next older one; -1 = nothing is older. */
  placeOf(name: number): number;
  nameOf(place: number): number;
  line(place: number): string;
  most: number;
  /** Where the piece before stopped; null = from the latest on. */
  from: number | null;
  /** The key that goes on. */
  key: number;
}

/** The latest of a list with how many there are, or the next ones after `from`; the last line says what is left. */
export function pieceOf({ head, size, placeOf, nameOf, line, most, from, key }: LongList): Piece {
  const start = from === null ? size - 1 : placeOf(from);
  const stop = Math.max(-1, start - most);
  const lines: string[] = [];
  for (let place = start; place > stop; place--) lines.push(line(place));
  const left = stop + 1;
  const latest = left > 0 ? `the latest ${lines.length}` : 'the latest first';
  if (from === null) lines.unshift(size < 2 ? `${head}:` : `${head}, ${latest}:`);
  if (left > 0) lines.push(`${left.toLocaleString('en-US')} earlier: ${key} goes on.`);
  else if (from !== null) lines.push('That is all.');
  return { lines, next: left > 0 ? nameOf(stop) : null };
}

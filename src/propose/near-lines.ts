// What a model is shown when its SEARCH did not match: real lines, verbatim. Never used to apply anything.

/** The lines that look most like `search`, with `around` lines of context on both sides; null when nothing is alike. */
export function nearestLines(
  lines: readonly string[],
  search: readonly string[],
  around = 5,
): { first: number; lines: string[] } | null {
  const wanted = search.filter((l) => l.trim() !== '').slice(0, 60);
  if (wanted.length === 0 || lines.length === 0) return null;
  const grams = new Map<string, Set<string>>();
  const pairsOf = (line: string) => {
    let set = grams.get(line);
    if (!set) {
      set = bigrams(line.trim().slice(0, 200));
      grams.set(line, set);
    }
    return set;
  };
  let best = { start: 0, score: 0 };
  for (let i = 0; i < lines.length; i++) {
    let score = 0;
    // Blank lines on either side do not shift the comparison.
    let k = i;
    for (const line of wanted) {
      while (k < lines.length && lines[k]!.trim() === '') k++;
      if (k >= lines.length) break;
      score += dice(pairsOf(line), pairsOf(lines[k]!));
      k++;
    }
    if (score > best.score) best = { start: i, score };
  }
  if (best.score / wanted.length < 0.2) return null;
  const first = Math.max(0, best.start - around);
  return { first, lines: lines.slice(first, best.start + Math.min(search.length, 60) + around) };
}

/** A place and its surroundings, verbatim. */
export function linesAround(lines: readonly string[], start: number, length: number, around = 3): string[] {
  return lines.slice(Math.max(0, start - around), start + length + around);
}

function bigrams(line: string): Set<string> {
  const out = new Set<string>();
  for (let i = 0; i + 1 < line.length; i++) out.add(line.slice(i, i + 2));
  return out;
}

function dice(a: Set<string>, b: Set<string>): number {
  if (a.size + b.size === 0) return 0;
  let common = 0;
  for (const gram of a) if (b.has(gram)) common++;
  return (2 * common) / (a.size + b.size);
}

/** A part of a text, from and to a character. */
export type Mark = [number, number];

const mostTokens = 240;
/** Lines that share less are other lines: stress on nearly everything would say nothing. */
const leastShared = 0.35;

/** Words, numbers (with their point and exponent), blanks, and single signs. */
export function tokensOf(text: string): string[] {
  return text.match(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[\p{L}_][\p{L}\p{N}\p{M}_]*|\s+|[^\s]/gu) ?? [];
}

/** What two versions of a line do not share, token by token. Empty where they have too little in common. */
export function stress(before: string, after: string): { before: Mark[]; after: Mark[] } {
  const a = tokensOf(before);
  const b = tokensOf(after);
  const none = { before: [], after: [] };
  if (a.length === 0 || b.length === 0 || a.length > mostTokens || b.length > mostTokens) return none;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [keptA, keptB] = common(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const sharedA = a.map((_, i) => i < start || i >= a.length - end || keptA.has(i - start));
  const sharedB = b.map((_, i) => i < start || i >= b.length - end || keptB.has(i - start));
  if (weight(a, sharedA) + weight(b, sharedB) < leastShared * 2) return none;
  return { before: marksOf(a, sharedA), after: marksOf(b, sharedB) };
}

/** Which tokens belong to the longest common sequence. */
function common(a: string[], b: string[]): [Set<number>, Set<number>] {
  const columns = b.length + 1;
  const best = new Uint16Array((a.length + 1) * columns);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i * columns + j] =
        a[i] === b[j]
          ? best[(i + 1) * columns + j + 1]! + 1
          : Math.max(best[(i + 1) * columns + j]!, best[i * columns + j + 1]!);
  const inA = new Set<number>();
  const inB = new Set<number>();
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      inA.add(i++);
      inB.add(j++);
    } else if (best[(i + 1) * columns + j]! >= best[i * columns + j + 1]!) i++;
    else j++;
  }
  return [inA, inB];
}

/** Share of the characters other than blanks that are shared. */
function weight(tokens: string[], shared: boolean[]): number {
  let all = 0;
  let kept = 0;
  tokens.forEach((token, i) => {
    if (token.trim() === '') return;
    all += token.length;
    if (shared[i]) kept += token.length;
  });
  return all === 0 ? 1 : kept / all;
}

function marksOf(tokens: string[], shared: boolean[]): Mark[] {
  const marks: Mark[] = [];
  let at = 0;
  tokens.forEach((token, i) => {
    // A blank between two changed words is part of the change; one at its edge is not.
    const blank = token.trim() === '';
    const inside = blank && i > 0 && i < tokens.length - 1 && !shared[i - 1] && !shared[i + 1];
    if ((!shared[i] && !blank) || inside) {
      const last = marks.at(-1);
      if (last && last[1] === at) last[1] = at + token.length;
      else marks.push([at, at + token.length]);
    }
    at += token.length;
  });
  return marks;
}

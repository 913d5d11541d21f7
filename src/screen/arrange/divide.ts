/** A part of a length: what it takes by itself (null = what is left), its least, and how far a user has resized it. */
export interface Part {
  base: number | null;
  least: number;
  /** Added to the base, in cells; negative makes it smaller. */
  extra: number;
}

/**
 * Divides `total` cells so that they are used up exactly. No part gets less than its least, as long as the leasts fit
 * together; where they do not, the later parts lose. Parts that a user has resized give way last.
 */
export function divide(total: number, parts: readonly Part[]): number[] {
  const fixed = parts.reduce((sum, { base }) => sum + (base ?? 0), 0);
  const open = parts.filter(({ base }) => base === null).length;
  const sizes = parts.map(({ base, least, extra }) =>
    Math.max(least, Math.round((base ?? (total - fixed) / open) + extra)),
  );
  let over = sizes.reduce((sum, size) => sum + size, 0) - total;
  const grown = parts.map(({ extra }) => Math.max(0, extra));
  const shrunk = parts.map(({ extra }) => Math.max(0, -extra));
  for (; over < 0; over++) sizes[largest(sizes, shrunk, () => true)]! += 1;
  for (; over > 0; over--) {
    const roomy = largest(sizes, grown, (i) => sizes[i]! > parts[i]!.least);
    const at = roomy >= 0 ? roomy : sizes.findLastIndex((size) => size > 0);
    if (at < 0) break;
    sizes[at]! -= 1;
  }
  return sizes;
}

/** Among the allowed parts that were resized least: the largest one; -1 for none. */
function largest(sizes: number[], resized: readonly number[], allowed: (i: number) => boolean): number {
  let best = -1;
  sizes.forEach((size, i) => {
    if (!allowed(i)) return;
    const [own, other] = [resized[i]!, resized[best] ?? Number.POSITIVE_INFINITY];
    if (own < other || (own === other && size > sizes[best]!)) best = i;
  });
  return best;
}

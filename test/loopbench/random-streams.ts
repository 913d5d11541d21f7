// Random numbers that are looked up, not drawn: what idea i of night m is, and how its run k comes out, is the same
// for every policy that asks. Only then are differences between policies differences of policy (common random numbers).

/** A uniform number in [0, 1) for these coordinates: mixed by the 32-bit finaliser of MurmurHash3 (Austin Appleby, public domain). */
export function uniformAt(...at: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const x of at) h = mix(h ^ Math.imul(x + 1, 0x85ebca6b));
  return (mix(h ^ 0xc2b2ae35) >>> 0) / 4294967296;
}

/** A standard normal number for these coordinates (Box and Muller). */
export function normalAt(...at: readonly number[]): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(...at, 1)));
  return radius * Math.cos(2 * Math.PI * uniformAt(...at, 2));
}

function mix(x: number): number {
  let h = Math.trunc(x) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

// Seeds are derived, never drawn: a resumed or repeated run gets the same ones.

/**
 * PAWL_SEED of a trial. It depends on the index alone, not on the commit, so candidate and champion can be
 * compared on the same seed, which can halve the variance of their difference where a script uses it.
 * @returns an integer in 0..2^31-1, which every language's generator takes
 */
export function trialSeed(runSeed: number, seedIndex: number): number {
  return mix(mix(runSeed) ^ Math.imul(seedIndex + 1, 0x9e3779b1)) >>> 1;
}

/** Seed of an experiment's proposer: differs for every experiment of a run, the same when the run is repeated. */
export function experimentSeed(runSeed: number, n: number): number {
  return mix(mix(runSeed ^ 0x5bf03635) ^ Math.imul(n + 1, 0x85ebca6b)) >>> 1;
}

// The 32-bit finaliser of MurmurHash3 (Austin Appleby, public domain): every input bit reaches every output bit.
function mix(x: number): number {
  let h = Math.trunc(x) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

import type { Estimate } from './estimate.ts';
import type { Ledger } from './ledger.ts';

// Equal and simpler: a change that makes the code shorter without making it worse may be kept, where the user wants so.

/** Worse than this, in sigmas, is not equal. */
const leastZ = -0.5;

/**
 * What a candidate that would be discarded still has a claim to, because its code is shorter: `keep`, another run to see
 * whether it is equal indeed (`confirm`), or nothing (null).
 * @param most runs of a candidate
 */
export function tieOf(ledger: Ledger, n: number, q: Estimate, most: number): 'keep' | 'confirm' | null {
  const lines = ledger.open?.n === n ? ledger.open.lines : null;
  if (ledger.rules?.ties !== 'keep-simpler' || lines === null || lines >= 0) return null;
  if (q.exact) return q.gain === 0 ? 'keep' : null;
  if (q.wild || q.z < leastZ) return null;
  return q.runs < Math.max(2, most) ? 'confirm' : 'keep';
}

import type { FuzzTarget } from '../target.ts';
import { borderTargets } from './borders.ts';
import { outputTargets } from './outputs.ts';
import { proposalTargets } from './proposals.ts';
import { recordTargets } from './records.ts';

export const targets: readonly FuzzTarget[] = [
  ...proposalTargets,
  ...outputTargets,
  ...recordTargets,
  ...borderTargets,
];

/** How many cases each target gets of a whole, by its share. */
export function casesOf(target: FuzzTarget, whole: number): number {
  const sum = targets.reduce((total, { share }) => total + share, 0);
  return Math.ceil((whole * target.share) / sum);
}

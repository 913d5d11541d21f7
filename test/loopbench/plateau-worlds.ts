import type { StuckWorld } from './stuck-night.ts';
import { worlds } from './worlds.ts';

const base = worlds[0]!;
const usual = { ...base, r: 0.5, hit: 0.1 };

/** Worlds in which one gets stuck: each turn is what helps in one of them, and nothing does in the last. */
export const plateauWorlds: readonly StuckWorld[] = [
  {
    ...usual,
    name: 'P1',
    about: 'the usual ideas run dry, changes of structure go on',
    cap: 6,
    kinds: { structural: { hit: 0.08, crash: 0.25, cap: 40 } },
  },
  {
    ...usual,
    name: 'P2',
    about: 'the usual ideas run dry, another way of asking goes on',
    cap: 6,
    kinds: { 'other-way': { hit: 0.08, cap: 40 } },
  },
  {
    ...usual,
    name: 'P3',
    about: 'a corner: from older code larger gains',
    cap: 6,
    kinds: { fork: { hit: 0.2, g: 0.02, cap: 40 } },
  },
  { ...usual, name: 'P4', about: 'small gains in much noise: near misses', r: 1.5, hit: 0.15, gsd: 0.4 },
  { ...usual, name: 'P5', about: 'the usual ideas run dry, and there are no others', cap: 6 },
];

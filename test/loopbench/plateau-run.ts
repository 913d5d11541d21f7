import { pawlOnPlateaus } from './plateau-policy.ts';
import { plateauWorlds } from './plateau-worlds.ts';
import { pairedDifference, playAll } from './score.ts';
import { worlds } from './worlds.ts';

/** Prints what turning on a plateau of 25 brings against never turning, world by world. */
export function playPlateaus(nights: number, seed: number): void {
  console.log(
    '| worlds | never turns | turns at 25 | difference (95 %), points of the oracle |\n|---|---|---|---|',
  );
  const compare = (name: string, list: typeof worlds) => {
    const oracles = new Map<string, number>();
    const never = playAll('never', pawlOnPlateaus(null), list, nights, seed, oracles);
    const turns = playAll('turns', pawlOnPlateaus(25), list, nights, seed, oracles);
    const { points, halfWidth } = pairedDifference(turns, never);
    console.log(
      `| ${name} | ${never.score.toFixed(1)} | ${turns.score.toFixed(1)} | ${points >= 0 ? '+' : ''}${points.toFixed(1)} +-${halfWidth.toFixed(1)} |`,
    );
  };
  compare('W1 to W10', worlds);
  for (const world of [...plateauWorlds, ...worlds]) compare(`${world.name} ${world.about}`, [world]);
}

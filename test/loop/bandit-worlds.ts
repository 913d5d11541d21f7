import { type ArmTry, type BanditSettings, chooseArm, usualBandit } from '../../src/loop/bandit.ts';
import { seededRandom } from '../../src/propose/tuner/random.ts';

// Little worlds of two proposers, to see whether the choice between them finds the better one and at what price.
//   node test/loop/bandit-worlds.ts [nights]

export interface World {
  name: string;
  /** One try of an arm at a moment. @param hits how many real gains this arm has had already */
  try(arm: string, hits: number, random: () => number): { seconds: number; gain: number };
}

const exponential = (mean: number, random: () => number) => -mean * Math.log(1 - random());
const pareto = (least: number, random: () => number) => Math.min(30, least * (1 - random()) ** (-1 / 1.3));
const steady =
  (p: Record<string, number>, seconds: Record<string, number>): World['try'] =>
  (arm, _hits, random) => ({
    seconds: seconds[arm]!,
    gain: random() < p[arm]! ? exponential(1, random) : 0,
  });
const usual = { tuner: 60, model: 85 };

export const worlds: World[] = [
  { name: 'the tuner is better', try: steady({ tuner: 0.15, model: 0.05 }, usual) },
  { name: 'the model is better', try: steady({ tuner: 0.04, model: 0.14 }, usual) },
  { name: 'the same', try: steady({ tuner: 0.1, model: 0.1 }, { tuner: 60, model: 60 }) },
  { name: 'a useless model', try: steady({ tuner: 0.1, model: 0 }, { tuner: 60, model: 90 }) },
  { name: 'a useless tuner', try: steady({ tuner: 0, model: 0.08 }, usual) },
  { name: 'the model is slow', try: steady({ tuner: 0.08, model: 0.1 }, { tuner: 60, model: 180 }) },
  {
    name: 'the tuner dries up',
    try: (arm, hits, random) => ({
      seconds: arm === 'tuner' ? 60 : 85,
      gain:
        random() < (arm === 'tuner' ? 0.25 * Math.max(0, 1 - hits / 15) : 0.08) ? exponential(1, random) : 0,
    }),
  },
  {
    name: 'rare and large against often and small',
    try: (arm, _hits, random) => ({
      seconds: arm === 'tuner' ? 60 : 85,
      gain:
        arm === 'tuner'
          ? random() < 0.15
            ? exponential(0.5, random)
            : 0
          : random() < 0.05
            ? pareto(2, random)
            : 0,
    }),
  },
];

export const arms = ['model', 'tuner'] as const;

/** One night of ten hours. @returns the gain, and the share of tries that each arm got in its last third */
export function night(
  world: World,
  seed: number,
  choose: (tries: readonly ArmTry[], random: () => number) => string,
) {
  const luck = seededRandom(seed);
  const random = seededRandom(seed ^ 0x5bd1e995);
  const tries: ArmTry[] = [];
  const hits: Record<string, number> = {};
  let time = 0;
  let gain = 0;
  while (time < 36_000) {
    const arm = choose(tries, random);
    const got = world.try(arm, hits[arm] ?? 0, luck);
    if (got.gain > 0) hits[arm] = (hits[arm] ?? 0) + 1;
    tries.push({ arm, ...got });
    time += got.seconds;
    gain += got.gain;
  }
  return { gain, tries };
}

export const byWorth =
  (settings: BanditSettings = usualBandit) =>
  (tries: readonly ArmTry[], random: () => number) =>
    chooseArm(arms, tries, random, settings).arm;

/** Mean gain of a night over many. */
export function mean(world: World, nights: number, choose: Parameters<typeof night>[2]): number {
  let sum = 0;
  for (let seed = 1; seed <= nights; seed++) sum += night(world, seed * 7919, choose).gain;
  return sum / nights;
}

if (import.meta.main) {
  const nights = Number(process.argv[2] ?? 100);
  const variants: [string, Parameters<typeof night>[2]][] = [
    ['usual', byWorth()],
    ['memory 1', byWorth({ ...usualBandit, memory: 1 })],
    ['memory .95', byWorth({ ...usualBandit, memory: 0.95 })],
    ['most 1', byWorth({ ...usualBandit, most: 1 })],
    ['floor 8', byWorth({ ...usualBandit, floor: 8 })],
  ];
  console.log(
    `${'of the better arm alone'.padEnd(40)}half        ${variants.map(([n]) => n.padEnd(12)).join('')}`,
  );
  for (const world of worlds) {
    const best = Math.max(...arms.map((a) => mean(world, nights, () => a)));
    const half = mean(world, nights, (t) => arms[t.length % 2]!);
    const row = variants.map(([, c]) => (mean(world, nights, c) / best).toFixed(2).padEnd(12));
    console.log(`${world.name.padEnd(40)}${(half / best).toFixed(2).padEnd(12)}${row.join('')}`);
  }
}

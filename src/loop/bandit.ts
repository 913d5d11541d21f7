// Which of several proposers to ask next: the one that brings most per second, found out while working. Pure and
// seeded: the same past gives the same choice, so a resumed run goes on as it would have gone.

/** One experiment of one arm: what it cost (proposing and training) and what it truly brought. */
export interface ArmTry {
  arm: string;
  seconds: number;
  /** Honest gain on the decision scale; 0 for what was not kept. */
  gain: number;
}

export interface BanditSettings {
  /** Tries that every arm gets first, by turns. */
  opening: number;
  /** Every arm gets at least one of this many tries, times the number of the other arms. */
  floor: number;
  /** What a try counts after one more, 0..1: an arm that has dried up loses its fame. */
  memory: number;
  /** The largest reward of one try, in typical gains: one lucky find must not decide a night. */
  most: number;
  /** How many typical tries each arm is believed to have made at the common rate before it made any. */
  prior: number;
}

/** Chosen with test/loop/bandit-worlds.ts. */
export const usualBandit: BanditSettings = { opening: 4, floor: 12, memory: 0.98, most: 6, prior: 2 };

export interface ArmChoice {
  arm: string;
  /** `only`: there is no other. `opening`: all get the same number first. `turn`: it has waited longest, and every arm
   * gets its turn. `worth`: by what they brought per second. */
  because: 'only' | 'opening' | 'turn' | 'worth';
}

/**
 * The arm to ask next. @param arms at least one, in the user's order. @param tries oldest first; of unknown arms ignored.
 * @param random uniform in [0, 1)
 */
export function chooseArm(
  arms: readonly string[],
  tries: readonly ArmTry[],
  random: () => number,
  settings: BanditSettings = usualBandit,
): ArmChoice {
  if (arms.length === 1) return { arm: arms[0]!, because: 'only' };
  const known = tries.filter((t) => arms.includes(t.arm));
  const counts = new Map<string, number>();
  for (const { arm } of known) counts.set(arm, (counts.get(arm) ?? 0) + 1);
  const count = (arm: string) => counts.get(arm) ?? 0;
  const fewest = least(arms, count);
  if (count(fewest) < settings.opening) return { arm: fewest, because: 'opening' };
  const since = (arm: string) => known.length - 1 - known.findLastIndex((t) => t.arm === arm);
  const waited = least(arms, (arm) => -since(arm));
  if (since(waited) >= settings.floor * (arms.length - 1) - 1) return { arm: waited, because: 'turn' };
  const rates = believed(arms, known, settings);
  let best = { arm: arms[0]!, rate: Number.NEGATIVE_INFINITY };
  for (const { arm, shape, seconds } of rates) {
    const rate = gamma(shape, random) / seconds;
    if (rate > best.rate) best = { arm, rate };
  }
  return { arm: best.arm, because: 'worth' };
}

/**
 * What is believed of each arm's reward per second: a gamma distribution by its shape and seconds (Thompson sampling;
 * conjugate to a Poisson count of typical gains). Arms begin at the rate of all of them together.
 */
function believed(arms: readonly string[], known: readonly ArmTry[], settings: BanditSettings) {
  const gains = known.flatMap((t) => (t.gain > 0 ? [t.gain] : [])).sort((a, b) => a - b);
  const typical = gains[gains.length >> 1] ?? 1;
  const sums = new Map(arms.map((arm) => [arm, { reward: 0, seconds: 0 }]));
  let weight = 1;
  for (let i = known.length - 1; i >= 0; i--, weight *= settings.memory) {
    const { arm, seconds, gain } = known[i]!;
    const sum = sums.get(arm)!;
    sum.reward += weight * Math.min(settings.most, gain / typical);
    sum.seconds += weight * seconds;
  }
  const meanSeconds = known.reduce((sum, t) => sum + t.seconds, 0) / known.length || 1;
  const total = [...sums.values()].reduce((a, b) => ({
    reward: a.reward + b.reward,
    seconds: a.seconds + b.seconds,
  }));
  // Never zero: before the first gain all are equal and cheap ones are the better guess.
  const common = (total.reward + 0.5) / (total.seconds + meanSeconds);
  const pseudo = settings.prior * meanSeconds;
  return arms.map((arm) => {
    const { reward, seconds } = sums.get(arm)!;
    return { arm, shape: reward + common * pseudo, seconds: seconds + pseudo };
  });
}

/** Gain per hour of each arm, recent tries counting more, as the choice sees it; null before the first second. */
export function gainsPerHour(
  arms: readonly string[],
  tries: readonly ArmTry[],
  settings: BanditSettings = usualBandit,
): Map<string, number | null> {
  const sums = new Map(arms.map((arm) => [arm, { gain: 0, seconds: 0 }]));
  let weight = 1;
  for (const { arm, seconds, gain } of tries.toReversed()) {
    const sum = sums.get(arm);
    if (!sum) continue;
    sum.gain += weight * gain;
    sum.seconds += weight * seconds;
    weight *= settings.memory;
  }
  return new Map(
    [...sums].map(([arm, { gain, seconds }]) => [arm, seconds > 0 ? (gain / seconds) * 3600 : null]),
  );
}

function least(arms: readonly string[], of: (arm: string) => number): string {
  return arms.reduce((a, b) => (of(b) < of(a) ? b : a));
}

/** Marsaglia and Tsang 2000, "A simple method for generating gamma variables", scale 1; boosted below shape 1. */
function gamma(shape: number, random: () => number): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

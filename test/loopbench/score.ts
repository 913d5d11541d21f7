import { oracle, type Policy } from './simple-policies.ts';
import { StuckNight } from './stuck-night.ts';
import type { World } from './worlds.ts';

/** What a policy did in one world, over all nights. */
export interface WorldResult {
  world: World;
  /** True log gain per night. */
  gains: number[];
  /** Mean true gain over the oracle's. */
  share: number;
  keeps: number;
  /** Keeps without a true gain (at most 0.05 g), and those that harm (worse than -0.05 g); shares of all keeps. */
  falseKeeps: number;
  harmfulKeeps: number;
  /** (claimed - true) / oracle. */
  optimism: number;
  /** Experiments per hour. */
  perHour: number;
}

export interface Score {
  name: string;
  /** 100 x the mean over worlds of the share of the oracle's gain. */
  score: number;
  worlds: WorldResult[];
  keeps: number;
  falseKeeps: number;
  harmfulKeeps: number;
  optimism: number;
  perHour: number;
}

/** Plays every night of every world. `seed`: the first night's; nights never share random numbers across worlds. */
export function playAll(
  name: string,
  policy: Policy,
  worlds: readonly World[],
  nights: number,
  seed: number,
  oracles = new Map<string, number>(),
): Score {
  const results = worlds.map((world) => playWorld(policy, world, nights, seed, oracles));
  const all = (pick: (w: WorldResult) => number) => mean(results.map(pick));
  const keeps = results.reduce((s, w) => s + w.keeps, 0);
  const ofKeeps = (pick: (w: WorldResult) => number) =>
    results.reduce((s, w) => s + pick(w) * w.keeps, 0) / Math.max(1, keeps);
  return {
    name,
    score: 100 * all((w) => w.share),
    worlds: results,
    keeps: keeps / (worlds.length * nights),
    falseKeeps: ofKeeps((w) => w.falseKeeps),
    harmfulKeeps: ofKeeps((w) => w.harmfulKeeps),
    optimism: all((w) => w.optimism),
    perHour: all((w) => w.perHour),
  };
}

function playWorld(
  policy: Policy,
  world: World,
  nights: number,
  seed: number,
  oracles: Map<string, number>,
): WorldResult {
  const best = oracles.get(world.name) ?? mean(play(oracle, world, nights, seed).map((n) => n.night.level));
  oracles.set(world.name, best);
  const played = play(policy, world, nights, seed);
  const kept = played.flatMap(({ night }) => night.kept);
  const share = (of: (delta: number) => boolean) =>
    kept.filter(({ delta }) => of(delta)).length / Math.max(1, kept.length);
  const gains = played.map(({ night }) => night.level);
  return {
    world,
    gains,
    share: mean(gains) / best,
    keeps: kept.length,
    falseKeeps: share((delta) => delta <= 0.05 * world.g),
    harmfulKeeps: share((delta) => delta < -0.05 * world.g),
    optimism: (mean(played.map((p) => p.claimed)) - mean(gains)) / best,
    perHour: mean(played.map(({ night }) => night.proposals)) / world.hours,
  };
}

function play(policy: Policy, world: World, nights: number, seed: number) {
  const index = Number(world.name.slice(1));
  return Array.from({ length: nights }, (_, i) => {
    const night = new StuckNight(world, (seed + i) * 64 + index);
    return { night, claimed: policy(night) };
  });
}

/**
 * Mean of the paired differences to `other`, night by night, each world's in shares of the oracle's gain, in points;
 * with the half width of its 95 % interval (normal approximation, nights are many).
 */
export function pairedDifference(a: Score, b: Score): { points: number; halfWidth: number } {
  const perWorld = a.worlds.map((w, i) => {
    const other = b.worlds[i]!;
    const unit = mean(w.gains) / w.share || 1;
    const differences = w.gains.map((gain, night) => (100 * (gain - other.gains[night]!)) / unit);
    const m = mean(differences);
    const variance = differences.reduce((s, d) => s + (d - m) ** 2, 0) / Math.max(1, differences.length - 1);
    return { m, error: variance / differences.length };
  });
  return {
    points: mean(perWorld.map((w) => w.m)),
    halfWidth: (1.96 * Math.sqrt(perWorld.reduce((s, w) => s + w.error, 0))) / perWorld.length,
  };
}

/** The smallest ratio of a policy's gain to another's over all worlds. */
export function worstRatio(a: Score, b: Score): { ratio: number; world: string } {
  const ratios = a.worlds.map((w, i) => ({
    ratio: mean(w.gains) / mean(b.worlds[i]!.gains),
    world: w.world.name,
  }));
  return ratios.reduce((worst, r) => (r.ratio < worst.ratio ? r : worst));
}

export function mean(values: readonly number[]): number {
  return values.reduce((s, x) => s + x, 0) / Math.max(1, values.length);
}

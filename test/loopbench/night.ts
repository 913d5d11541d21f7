import { normalAt, uniformAt } from './random-streams.ts';
import type { World } from './worlds.ts';

// One night in a world: ideas come, runs cost time, the truth is hidden from the policy and known to us.

/** Which random numbers: the idea's kind and size, and the noise of its runs. */
const ideaStream = 1;
const noiseStream = 2;

export interface Kept {
  /** True log gain over the champion it replaced. */
  delta: number;
}

export class Night {
  readonly world: World;
  readonly seed: number;
  /** Seconds since the start. */
  clock = 0;
  /** True level (log gain over the baseline) of experiment n; index 0 is the baseline. */
  protected readonly levels: (number | null)[] = [0];
  private readonly runs: number[] = [];
  champion = 0;
  /** True level of the champion. */
  level = 0;
  kept: Kept[] = [];
  proposals = 0;
  /** Runs so far. */
  trials = 0;

  constructor(world: World, seed: number) {
    this.world = world;
    this.seed = seed;
  }

  get over(): boolean {
    return this.clock > this.world.hours * 3600;
  }

  /** Makes experiment n of an idea on the present champion; its proposal costs time. */
  propose(n: number): void {
    const { propose, load, overhead } = this.world;
    this.clock += propose + load + overhead;
    const delta = this.idea(n, this.world, this.level);
    this.levels[n] = delta === null ? null : this.level + delta;
    if (!this.over) this.proposals++;
  }

  /** True log gain of idea n of a kind of which so much has been gained already, null = it crashes. */
  protected idea(n: number, w: World, gained: number): number | null {
    const kind = uniformAt(this.seed, ideaStream, n, 0);
    const z = normalAt(this.seed, ideaStream, n, 1);
    const hit = w.hit * Math.max(0.1, 1 - gained / (w.cap * w.g));
    if (kind < w.crash) return null;
    if (kind < w.crash + hit) return Math.min(w.gmax, w.g * Math.exp(w.gsd * z));
    if (kind < w.crash + hit + w.neutral) return 0.02 * w.g * z;
    return -w.harmMed * w.g * Math.exp(w.harmSd * z);
  }

  /** Runs experiment n once more. @returns its score (higher is better, log scale) with noise, null = crashed */
  run(n: number): number | null {
    const w = this.world;
    const level = this.levels[n]!;
    if (!this.over) this.trials++;
    this.clock += level === null ? 0.2 * w.trial : w.trial;
    if (level === null) return null;
    const k = this.runs[n] ?? 0;
    this.runs[n] = k + 1;
    const sigma = w.r * w.g;
    let score = level + sigma * normalAt(this.seed, noiseStream, n, k);
    if (w.outliers > 0 && uniformAt(this.seed, noiseStream, n, k, 3) < w.outliers) score += 5 * sigma;
    if (w.step && this.clock > w.step.at * w.hours * 3600) score += w.step.sigmas * sigma;
    return score;
  }

  /** True gain of idea n, for the oracle; null = it crashes. */
  truth(n: number): number | null {
    const level = this.levels[n]!;
    return level === null ? null : level - this.level;
  }

  /** The policy keeps n, unless the night is over by then. */
  keep(n: number): void {
    if (this.over) return;
    const level = this.levels[n]!;
    this.kept.push({ delta: level - this.level });
    this.champion = n;
    this.level = level;
  }
}

import type { Conditions } from '../protocol/events.ts';

/** What else the machine did while a trial ran. */
export interface Load {
  /** Cores that other programs kept busy; null = not known. */
  readonly foreignCores: number | null;
  /** Share of its time that the trial waited for a core, 0..1; null = not known. */
  readonly waited: number | null;
  /** Share of its time in which heat slowed the hottest GPU down, 0..1. */
  readonly hot: number;
}

/** Foreign load below this share of all cores never matters (search policy, section 6: 15 %). */
export const foreignShare = 0.15;
/** What the load has to exceed the machine's usual one by. */
export const aboveUsual = { share: 0.1, cores: 0.5 };
/** Time lost waiting for cores, beyond what is usual. */
export const lostTime = 0.08;
/** Share of a trial spent throttled by heat, beyond what is usual. */
export const hotter = 0.3;

/** The load of a trial; null when nothing is known of it. */
export function loadOf(conditions: Conditions | null | undefined): Load | null {
  if (!conditions) return null;
  const { foreignCores, waited, gpus } = conditions;
  const hot = Math.max(0, ...gpus.map((gpu) => gpu.hot));
  return foreignCores === null && gpus.length === 0 ? null : { foreignCores, waited, hot };
}

/**
 * Whether the machine is so much quieter than it was that numbers from then and from now must not be compared: by the
 * same amounts by which a busy machine accuses a trial.
 * @param before the loads of then; null = not known
 * @param cores of the machine; 0 = not known
 */
export function isQuieter(now: Load, before: readonly (Load | null)[], cores: number): boolean {
  const known = before.filter((load) => load !== null);
  if (known.length === 0) return false;
  if (middle(known.map((load) => load.hot)) - now.hot >= hotter) return true;
  const foreign = known.flatMap((load) => load.foreignCores ?? []);
  if (foreign.length === 0 || now.foreignCores === null || cores <= 0) return false;
  const usual = middle(foreign);
  if (usual < foreignShare * cores) return false;
  if (usual - now.foreignCores < Math.max(aboveUsual.cores, aboveUsual.share * cores)) return false;
  const waits = known.flatMap((load) => load.waited ?? []);
  // Waiting for cores is the direct proof; where the kernel does not tell of it, the load has to do.
  return waits.length === 0 || now.waited === null || middle(waits) - now.waited > lostTime;
}

/** The middle one of some values. */
export function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

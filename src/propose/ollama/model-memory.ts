import type { ModelMemory } from '../proposer.ts';
import { askLoad } from './client.ts';
import { failureOf, troubleOf } from './errors.ts';
import type { LoadedModel } from './loaded-model.ts';

const mib = 1_048_576;
/** What a runner needs beside weights and cache: compute buffers and the CUDA context (about 1 GiB). */
const overheadBytes = 1024 * mib;
/** Context to reckon with while the run's own is not fixed: it is with the first question. */
const usualContext = 16_384;

/** The memory of a model: what /api/ps says while it is loaded, else weights + cache + 1 GiB. */
export async function memoryOf(model: LoadedModel): Promise<ModelMemory | null> {
  const { name } = model.info;
  const loaded = await model.running().catch(() => null);
  // A model that is still being loaded is listed without a size.
  if (loaded && loaded.size > 0)
    return { name, totalMiB: loaded.size / mib, loadedMiB: loaded.sizeVram / mib };
  const { weightBytes, cacheBytesPerToken } = model.info;
  if (weightBytes === null) return null;
  // Without its shape: a cache is rarely more than a quarter of the weights.
  const cache =
    cacheBytesPerToken === null ? weightBytes / 4 : cacheBytesPerToken * (model.numCtx ?? usualContext);
  return { name, totalMiB: (weightBytes + cache + overheadBytes) / mib, loadedMiB: null };
}

/**
 * Loads a model with the options of the coming questions, so that the load is done when the first one comes.
 * @returns false when its context is not fixed yet: loaded with another one, it would be loaded twice
 * @throws EnvironmentFailure, or what `signal` was aborted with
 */
export async function preload(
  model: LoadedModel,
  signal: AbortSignal,
  keepAlive: string | number = model.keepAlive,
): Promise<boolean> {
  if (model.numCtx === null) return false;
  const call = { ...model.call([], 0, 0), keep_alive: keepAlive };
  try {
    await askLoad(model.url, call, model.deadlines, signal);
    return true;
  } catch (error) {
    throw failureOf(troubleOf(error, { url: model.url, model: model.info.name }, signal));
  }
}

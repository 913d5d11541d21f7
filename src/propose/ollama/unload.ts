import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentFailure } from '../../protocol/failure.ts';
import { askUnload, runningModels, sameModel } from './client.ts';
import { troubleOf } from './errors.ts';
import { ModelFailure } from './model-failure.ts';

export interface UnloadTimes {
  /** How long the model may take to go, ms. */
  timeoutMs: number;
  everyMs: number;
}

/** How long a model is waited for, and how often is looked. */
export const unloadTimes: UnloadTimes = { timeoutMs: 15_000, everyMs: 200 };

/**
 * Unloads one model and waits until /api/ps no longer lists it: the server answers before it has done it, and its
 * memory comes back only then (typically 0.5 to 1.5 s). A server that is gone holds no memory either.
 * @returns true when there was something to unload.
 * @throws EnvironmentFailure when the model stays.
 */
export async function unloadModel(
  url: string,
  model: string,
  times: UnloadTimes = unloadTimes,
): Promise<boolean> {
  const gone = async () => !(await runningModels(url)).some((m) => sameModel(m.name, model));
  try {
    if (await gone()) return false;
    await askUnload(url, model);
    const end = performance.now() + times.timeoutMs;
    while (!(await gone())) {
      if (performance.now() > end) {
        throw new ModelFailure(
          `Ollama still holds ${model} after ${Math.round(times.timeoutMs / 1000)} s`,
          `Another program may be using it. Try: ollama stop ${model}`,
          10_000,
        );
      }
      await sleep(times.everyMs);
    }
    return true;
  } catch (error) {
    if (error instanceof EnvironmentFailure) throw error;
    const trouble = troubleOf(error, { url, model });
    if (trouble.kind === 'hold' || trouble.kind === 'retry') {
      const refused = /ECONNREFUSED/.test(String((error as { code?: unknown }).code));
      if (refused) return false;
    }
    throw new ModelFailure(
      `Ollama could not be asked to unload ${model}: ${error instanceof Error ? error.message : String(error)}`,
      'See whether `ollama serve` still runs, and its log.',
      10_000,
      { cause: error },
    );
  }
}

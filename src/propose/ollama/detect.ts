import { UserError } from '../../protocol/failure.ts';
import { failureOf, troubleOf } from './errors.ts';
import type { Deadlines } from './fetch.ts';
import { ollamaHost } from './host.ts';
import { checkVersion, chooseModel } from './model-info.ts';
import { assumedMemoryMiB } from './proposer.ts';

export type Detected =
  | { usable: true; model: string; why: string; url: string }
  | { usable: false; why: string };

export interface DetectOptions {
  /** `model.name` and `model.host` of the settings; both `auto` by default. */
  name?: string;
  host?: string;
  allowRemote?: boolean;
  memoryMiB?: number | null;
  /** For all questions together, ms. */
  deadlineMs?: number;
}

/**
 * Whether a local Ollama answers and has a usable model, for `proposer: auto` and the demo. Loads nothing, never
 * throws, and takes `deadlineMs` (1.5 s) at most.
 */
export async function detectOllama(
  env: Readonly<Record<string, string | undefined>>,
  options: DetectOptions = {},
): Promise<Detected> {
  const limit = options.deadlineMs ?? 1_500;
  const deadlines: Deadlines = { connect: limit, firstChunk: limit, idle: limit, total: limit };
  try {
    const { url } = ollamaHost(options.host ?? 'auto', env, options.allowRemote ?? false);
    const look = async (): Promise<Detected> => {
      await checkVersion(url, deadlines);
      const memory = options.memoryMiB ?? assumedMemoryMiB();
      const { model, why } = await chooseModel(url, options.name ?? 'auto', memory, deadlines);
      return { usable: true, model: model.name, why, url };
    };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Detected>((resolve) => {
      timer = setTimeout(
        () => resolve({ usable: false, why: `Ollama at ${url} is too slow to answer` }),
        limit,
      );
    });
    const looking = look().catch((error: unknown): Detected => {
      if (error instanceof UserError) return { usable: false, why: error.message };
      return {
        usable: false,
        why: failureOf(troubleOf(error, { url, model: options.name ?? 'auto' })).message,
      };
    });
    return await Promise.race([looking, late]).finally(() => clearTimeout(timer));
  } catch (error) {
    return { usable: false, why: error instanceof Error ? error.message : String(error) };
  }
}

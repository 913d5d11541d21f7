import type { Sharing } from '../protocol/words.ts';
import { type GpuUse, type ModelNeed, trialGpus } from './lease-policy.ts';

// Whether the model may write the next proposal while a trial runs. Pure. What is not known counts as shared: a trial
// that the model slowed down looks like a worse idea, and nobody would find out.

export interface OverlapFacts {
  asked: 'auto' | 'on' | 'off';
  sharing: Sharing;
  /** The model that would be asked. */
  wanted: string;
  /** The model that is loaded, as its server tells; null when nobody knows. */
  model: ModelNeed | null;
  /** What the trials of the baseline took of each GPU. */
  gpus: readonly GpuUse[];
  /** GPUs that a trial can see; null = all. */
  visible: number | null;
}

export interface OverlapPlan {
  may: boolean;
  /** For the user, in plain words. */
  why: string;
  /** GPUs that only the model uses, where that is known. */
  on: readonly number[];
}

/** A loaded model whose server rounds; as a share of its size. */
const whole = 0.99;

/** Decides for one question beside one trial. */
export function planOverlap({ asked, sharing, wanted, model, gpus, visible }: OverlapFacts): OverlapPlan {
  const used = trialGpus(gpus).map((g) => g.index);
  const on = (model?.gpus ?? []).filter((index) => !used.includes(index));
  const no = (why: string): OverlapPlan => ({ may: false, why, on: [] });
  if (asked === 'off') return no('model.overlap is off');
  if (sharing === 'swap') return no('the model is unloaded for every trial');
  if (asked === 'on') return { may: true, why: 'as pawl.yaml says', on };
  if (model === null || model.loadedMiB === null || model.name !== wanted)
    return no(`${wanted} is not loaded, and could come onto any GPU`);
  if (model.loadedMiB < model.totalMiB * whole) return no('a part of the model runs on the CPU');
  if (!model.gpus || model.gpus.length === 0) return no('it does not show on which GPU the model is');
  if (used.length === 0) return no('the trial needs the CPU, which the model needs too');
  if (on.length < model.gpus.length) return no('the model and the trial are on the same GPU');
  // CUDA may count GPUs in another order than the driver, so what was measured says which; the pin keeps a change of
  // the code from coming upon the others by chance.
  if (visible === null) return no('the trial can see every GPU: CUDA_VISIBLE_DEVICES is not set');
  if (visible !== used.length)
    return no(`the trial can see ${visible} GPUs, and was seen to use ${used.length}`);
  return {
    may: true,
    why: `the model is on GPU ${on.join(' and ')}, the trial on GPU ${used.join(' and ')}`,
    on,
  };
}

/**
 * How many GPUs CUDA_VISIBLE_DEVICES leaves to a trial: as the command sets it, else as the environment does.
 * @returns null = all, or it cannot be told
 */
export function visibleGpus(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
): number | null {
  const set = [...command.matchAll(/\bCUDA_VISIBLE_DEVICES=("[^"]*"|'[^']*'|[^\s;&|]*)/g)];
  if (set.length > 1) return null;
  const inCommand = set[0]?.[1];
  const text = inCommand === undefined ? env.CUDA_VISIBLE_DEVICES : inCommand.replace(/^(["'])(.*)\1$/, '$2');
  // A variable of the shell is nothing that can be read here.
  if (text === undefined || text.includes('$')) return null;
  const names = text.split(',').map((name) => name.trim());
  // CUDA stops at the first one that is none.
  const end = names.findIndex((name) => !/^(\d+|(GPU|MIG)-[\w/-]+)$/i.test(name));
  return new Set(end < 0 ? names : names.slice(0, end)).size;
}

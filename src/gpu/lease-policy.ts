import type { Sharing } from '../protocol/words.ts';

// Whether the model may stay on the GPU while a trial runs. Pure: measured numbers in, a decision and its reason out.

/** One GPU and what a trial took of it while no model was loaded. "In use" is total - free: reserved memory counts. */
export interface GpuUse {
  index: number;
  totalMiB: number;
  beforeMiB: number;
  peakMiB: number;
}

export interface ModelNeed {
  name: string;
  /** Memory of the whole model with its context, MiB. */
  totalMiB: number;
  /** How much of it is on GPUs now; null while it is not loaded and `totalMiB` is an estimate. */
  loadedMiB: number | null;
  /** Indexes of the GPUs it was seen on; null when nobody knows. */
  gpus: readonly number[] | null;
}

export interface LeaseFacts {
  asked: 'auto' | 'swap' | 'coresident' | 'cpu';
  /** Empty: no GPU here. null: a trial has not been measured yet. */
  gpus: readonly GpuUse[] | null;
  /** null: it is not known what the model needs. */
  model: ModelNeed | null;
}

export interface LeasePlan {
  sharing: Sharing;
  /** For the user, in plain words with the numbers. */
  why: string;
}

/** A rise below this is noise of the driver or of a desktop, MiB. */
const trialTraceMiB = 256;

/** What stays free beside model and trial: 8 % of the card, at least 1 GiB (facts: fragmentation, other programs). */
export function reserveMiB(totalMiB: number): number {
  return Math.max(1024, totalMiB * 0.08);
}

/** Chooses how the model and the trials share the machine's GPUs. */
export function planLease({ asked, gpus, model }: LeaseFacts): LeasePlan {
  if (asked === 'cpu') return { sharing: 'cpu', why: 'as pawl.yaml says: the model runs on the CPU' };
  if (asked === 'swap') return { sharing: 'swap', why: 'as pawl.yaml says' };
  if (gpus !== null && gpus.length === 0) return { sharing: 'none', why: 'no GPU: nothing to share' };
  if (asked === 'coresident') return { sharing: 'coresident', why: `as pawl.yaml says${doubt(gpus, model)}` };
  if (gpus === null) return { sharing: 'swap', why: 'until a trial has been measured' };
  if (model === null) return { sharing: 'swap', why: 'what the model needs is not known' };
  if (model.loadedMiB === 0)
    return { sharing: 'coresident', why: `Ollama runs ${model.name} on the CPU, the trial has the GPU` };
  const free = gpus.reduce((sum, g) => sum + Math.max(0, g.totalMiB - g.beforeMiB), 0);
  const used = trialGpus(gpus);
  if (model.totalMiB > free) return tooLarge(model, free, used.length > 0);
  if (used.length === 0)
    return { sharing: 'coresident', why: 'the trial uses no GPU memory, so the model may stay' };
  const shared = used.filter((g) => model.gpus?.includes(g.index) ?? true);
  if (shared.length === 0) {
    return {
      sharing: 'coresident',
      why: `the model is on GPU ${list(model.gpus ?? [])}, the trial on GPU ${list(used.map((g) => g.index))}`,
    };
  }
  const tight = shared.find((g) => spareMiB(g, model) < 0);
  const where = gpus.length > 1 ? ` of GPU ${(tight ?? shared[0]!).index}` : '';
  const numbers = sum(tight ?? shared[0]!, model, where);
  return tight
    ? { sharing: 'swap', why: `they do not fit together: ${numbers}` }
    : { sharing: 'coresident', why: `they fit together: ${numbers}` };
}

/** GPUs that a trial was seen to use. */
export function trialGpus(gpus: readonly GpuUse[]): GpuUse[] {
  return gpus.filter((g) => g.peakMiB - g.beforeMiB >= trialTraceMiB);
}

/** The largest use of each GPU over several trials. */
export function worstUse(trials: readonly (readonly GpuUse[])[]): GpuUse[] {
  const worst = new Map<number, GpuUse>();
  for (const use of trials.flat()) {
    const old = worst.get(use.index);
    const { index, totalMiB, beforeMiB, peakMiB } = use;
    worst.set(index, {
      index,
      totalMiB,
      beforeMiB: Math.min(old?.beforeMiB ?? beforeMiB, beforeMiB),
      peakMiB: Math.max(old?.peakMiB ?? 0, peakMiB),
    });
  }
  return [...worst.values()].sort((a, b) => a.index - b.index);
}

// A model over several GPUs is cut into about equal parts.
function partMiB(model: ModelNeed): number {
  return model.totalMiB / Math.max(1, model.gpus?.length ?? 1);
}

function spareMiB(g: GpuUse, model: ModelNeed): number {
  return g.totalMiB - g.peakMiB - partMiB(model) - reserveMiB(g.totalMiB);
}

function tooLarge(model: ModelNeed, freeMiB: number, trialNeedsIt: boolean): LeasePlan {
  const numbers = `${model.name} needs ${gib(model.totalMiB)}, the GPU has ${gib(freeMiB)}`;
  // With less than half of its layers there, the GPU hardly helps, and swapping costs what it gains.
  if (trialNeedsIt && freeMiB < model.totalMiB / 2)
    return { sharing: 'cpu', why: `${numbers}: the model runs on the CPU; a smaller one would be faster` };
  const why = `${numbers}: part of it runs on the CPU; a smaller one would be faster`;
  return { sharing: trialNeedsIt ? 'swap' : 'coresident', why };
}

function doubt(gpus: readonly GpuUse[] | null, model: ModelNeed | null): string {
  if (!gpus || !model) return '';
  const tight = trialGpus(gpus)
    .filter((g) => model.gpus?.includes(g.index) ?? true)
    .find((g) => spareMiB(g, model) < 0);
  return tight ? `, although it is tight: ${sum(tight, model, '')}` : '';
}

function sum(g: GpuUse, model: ModelNeed, where: string): string {
  return (
    `trial ${gib(g.peakMiB)} + model ${gib(partMiB(model))} + reserve ${gib(reserveMiB(g.totalMiB))} ` +
    `of ${gib(g.totalMiB)}${where}`
  );
}

const gib = (mib: number) => `${(mib / 1024).toFixed(1)} GiB`;
const list = (indexes: readonly number[]) => indexes.join(' and ');

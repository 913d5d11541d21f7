import { freeMiB, untilMemoryIsFree } from '../gpu/free-memory.ts';
import { planLease, trialGpus, worstUse } from '../gpu/lease-policy.ts';
import { type OverlapPlan, planOverlap, visibleGpus } from '../gpu/overlap-policy.ts';
import type { ReportWatch } from '../gpu/report-watch.ts';
import { mean } from '../loop/noise.ts';
import type { LeasedModel } from '../propose/proposer.ts';
import type { PulseOf } from '../protocol/pulse.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Sharing } from '../protocol/words.ts';
import type { Session } from './session.ts';

/** Who may use the GPU now: the model or the trial. Every trial and every question goes through it. */
export interface Lease {
  readonly sharing: Sharing;
  /** Whether the model may be in GPU memory now, beside a trial. */
  readonly shared: boolean;
  /** Mean time to unload and load again, seconds; null until it was measured. */
  readonly swapSeconds: number | null;
  /** A trial has the GPU now. */
  readonly trialRuns: boolean;
  /** Whether this model may be asked while a trial runs. */
  beside(name: string): Promise<OverlapPlan>;
  /** The trial is next: resolves when the GPU is free for it. @throws EnvironmentFailure when the model stays */
  toTrial(): Promise<void>;
  /** No process of the trial is left. */
  trialOver(): void;
  /** The next question is near: loads the model in the background, once the trial's memory is back. */
  preload(): void;
  /** The model is next: resolves when it may be asked; rejects soon after `signal` is aborted. */
  toModel(signal: AbortSignal): Promise<void>;
  /** The question was answered, or given up. */
  modelOver(): void;
  /** Decides by what was measured how the GPU is shared; says so when that changes. */
  choose(): Promise<void>;
  /** They did not fit together after all: swaps from here on. */
  apart(why: string): void;
  close(): Promise<void>;
}

export interface LeaseParts {
  session: Session;
  asked: Settings['model']['sharing'];
  /** The proposer's model; null when it has none. */
  model: LeasedModel | null;
  reports: ReportWatch;
  /** How many GPUs were found at the start. */
  gpus: number;
  /** The server is not this machine, as the user says. */
  elsewhere?: boolean;
  /** Ends what the model writes beside a trial. */
  quiet?: () => Promise<void>;
}

/** Swaps that the shown cost is the mean of. */
const remembered = 10;

/** Opens the lease: as an earlier engine of this run had chosen, else by what is known before any trial. */
export function openLease(parts: LeaseParts): Lease {
  const { session, reports, asked, quiet = async () => {} } = parts;
  // What is on another machine shares nothing.
  const model = parts.elsewhere ? null : parts.model;
  let { sharing, why } = first(parts);
  let holder: PulseOf<'lease'>['holder'] = 'nobody';
  let step: string | null = null;
  let loading: { ended: Promise<void>; abort: AbortController } | null = null;
  let unloadSeconds = 0;
  const swaps: number[] = [];
  /** Free memory before the trial, to know when it has come back. */
  let freeBefore: number | null = null;
  /** A model that was seen loaded has told its true size: decided once more with it. */
  let measured = session.state.experiments.some((e) => e.n > 0 && e.trials.length > 0);

  const swapSeconds = () => (swaps.length > 0 ? mean(swaps) : null);
  const tell = () =>
    session.pulse({
      type: 'lease',
      holder,
      step,
      sharing,
      why,
      swapSeconds: swapSeconds(),
    });
  const doing = (what: string | null) => {
    step = what;
    tell();
  };
  const give = (to: typeof holder) => {
    holder = to;
    step = null;
    tell();
  };
  const set = (plan: { sharing: Sharing; why: string }) => {
    ({ sharing, why } = plan);
    model?.share(sharing);
    const { lease } = session.state;
    // The journal gets what was decided, not every wording of the same.
    if (lease?.sharing !== sharing) session.append({ type: 'lease.chosen', sharing, why });
    tell();
  };
  const baselineUse = () =>
    worstUse(
      session.state.experiments[0]?.trials.flatMap((t) => (t.conditions?.gpus ? [t.conditions.gpus] : [])) ??
        [],
    );

  async function choose(): Promise<void> {
    if (model === null || sharing === 'none') return;
    const use = baselineUse();
    const memory = await model.memory();
    measured ||= memory !== null && memory.loadedMiB !== null;
    set(
      planLease({
        asked,
        gpus: use.length > 0 ? use : null,
        model: memory && { ...memory, gpus: memory.loadedMiB ? placeOf(reports) : null },
      }),
    );
  }

  async function endLoading(): Promise<void> {
    loading?.abort.abort(new Error('the trial is next'));
    await loading?.ended;
    loading = null;
  }

  async function makeRoom(): Promise<void> {
    const begun = performance.now();
    doing('unloading the model');
    if (!(await model!.unload())) return;
    doing('waiting for GPU memory');
    await untilMemoryIsFree(reports, neededMiB(baselineUse()));
    unloadSeconds = (performance.now() - begun) / 1000;
  }

  async function load(signal: AbortSignal): Promise<void> {
    await memoryBack();
    signal.throwIfAborted();
    const begun = performance.now();
    doing('loading the model');
    if (!(await model!.preload(signal))) return;
    swaps.push(unloadSeconds + (performance.now() - begun) / 1000);
    unloadSeconds = 0;
    if (swaps.length > remembered) swaps.shift();
  }

  async function memoryBack(): Promise<void> {
    if (freeBefore === null) return;
    doing('waiting for the memory of the trial');
    await untilMemoryIsFree(reports, freeBefore - 256);
    freeBefore = null;
  }

  if (model) model.share(sharing);
  return {
    get sharing() {
      return sharing;
    },
    get swapSeconds() {
      return swapSeconds();
    },
    get shared() {
      return model !== null && sharing === 'coresident';
    },
    get trialRuns() {
      return holder === 'trial';
    },
    async beside(wanted) {
      const { settings } = session.state;
      const memory = (await model?.memory()) ?? null;
      const name = memory?.loadedName ?? memory?.name ?? wanted;
      return planOverlap({
        asked: settings!.model.overlap ?? 'auto',
        sharing,
        wanted,
        model: memory && { ...memory, name, gpus: memory.loadedMiB ? placeOf(reports) : null },
        gpus: baselineUse(),
        visible: visibleGpus(settings!.command, process.env),
      });
    },
    async toTrial() {
      await endLoading();
      if (model !== null && sharing !== 'none') {
        const loaded = (await model.memory())?.loadedMiB ?? null;
        if (asked === 'auto' && !measured && loaded !== null && session.state.lease) await choose();
        if (sharing === 'swap' || (sharing === 'cpu' && loaded)) {
          await quiet();
          await makeRoom();
        }
      }
      freeBefore = sharing === 'swap' ? freeMiB(reports.latest()) : null;
      give('trial');
    },
    trialOver() {
      give('nobody');
    },
    preload() {
      if (model === null || sharing !== 'swap' || loading || unloadSeconds === 0) return;
      const abort = new AbortController();
      // A failure shows again, with its reason, in the question that follows.
      const ended = load(abort.signal)
        .catch(() => {})
        .then(() => doing(null));
      loading = { ended, abort };
    },
    async toModel(signal) {
      // The law of the lease, not a state that the loop should ever reach.
      if (holder === 'trial') throw new Error('the model was asked while a trial had the GPU');
      const ready = async () => {
        await quiet();
        await loading?.ended;
        loading = null;
        if (model !== null && sharing === 'swap') await memoryBack();
      };
      await unlessAborted(ready(), signal);
      give('model');
    },
    modelOver() {
      if (holder === 'model') give('nobody');
    },
    choose,
    apart(reason) {
      set({ sharing: 'swap', why: reason });
    },
    async close() {
      await quiet();
      await endLoading();
    },
  };
}

function first({ asked, gpus, model, session, elsewhere }: LeaseParts): { sharing: Sharing; why: string } {
  if (elsewhere) return { sharing: 'none', why: 'the model is on another machine' };
  if (model === null) return { sharing: 'none', why: 'no model wants the GPU' };
  const before = session.state.lease;
  if (before && asked === 'auto') return before;
  return planLease({ asked, gpus: gpus === 0 ? [] : null, model: null });
}

/** Keys must not wait for a model that loads. */
function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Memory that a trial was seen to need beyond what was in use before it, over all GPUs, MiB; null before the baseline. */
function neededMiB(use: ReturnType<typeof worstUse>): number | null {
  const rise = trialGpus(use).reduce((sum, g) => sum + g.peakMiB - g.beforeMiB, 0);
  return rise > 0 ? rise : null;
}

/** The GPUs on which an Ollama runner is seen now; null when the driver shows none. */
function placeOf(reports: ReportWatch): number[] | null {
  const report = reports.latest();
  if (!report) return null;
  if (report.gpus.length === 1) return [report.gpus[0]!.index];
  const uuids = new Set(report.processes.filter((p) => isOllama(p.name)).map((p) => p.gpuUuid));
  const indexes = report.gpus.filter((g) => g.uuid !== null && uuids.has(g.uuid)).map((g) => g.index);
  return indexes.length > 0 ? indexes : null;
}

/** Ollama's own processes: the server, and the runner of a model (named so since 0.30, `ollama runner` before). */
export function isOllama(processName: string): boolean {
  return /(^|\/)(ollama|llama-server)\b/.test(processName);
}

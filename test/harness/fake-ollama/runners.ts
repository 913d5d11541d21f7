import type { ChatBody, FakeModel } from './script.ts';

// Loaded models, as Ollama's scheduler keeps them.

/** Options that are fixed when a model is loaded: with another value it is loaded anew (sched.go needsReload). */
const loadOptions = ['num_ctx', 'num_gpu', 'num_batch', 'main_gpu', 'use_mmap', 'num_thread'];

export interface Runner {
  model: FakeModel;
  key: string;
  numCtx: number;
  running: number;
  expiresAt: number;
  /** Set while the weights are read. */
  loading: Promise<void> | null;
  asked: boolean;
  leaving: boolean;
  timer: NodeJS.Timeout | null;
}

export interface RunnerTimes {
  loadMs: number;
  unloadMs: number;
}

/** The models in memory. */
export class Runners {
  /** How often a model was loaded, by name. */
  readonly loads = new Map<string, number>();
  /** The most models that were in memory at the same time. */
  mostAtOnce = 0;
  readonly times: RunnerTimes;
  private readonly runners = new Map<string, Runner>();

  constructor(times: RunnerTimes) {
    this.times = times;
  }

  list(): Runner[] {
    return [...this.runners.values()];
  }

  get(name: string): Runner | undefined {
    return this.runners.get(name);
  }

  /** The runner for a request, loaded anew when the request's load options differ. Also says how long that took, ms. */
  async load(
    model: FakeModel,
    body: ChatBody,
    signal: AbortSignal,
  ): Promise<{ runner: Runner; loadMs: number }> {
    const train = model.contextLength ?? 131_072;
    const numCtx = Math.min(Number(body.options?.num_ctx ?? 4096), train);
    const key = JSON.stringify([
      ...loadOptions.map((o) => (o === 'num_ctx' ? numCtx : body.options?.[o])),
      body.shift ?? true,
    ]);
    const have = this.runners.get(model.name);
    if (have && have.key === key && !have.leaving) {
      await have.loading;
      return { runner: have, loadMs: 0 };
    }
    const started = Date.now();
    const runner: Runner = {
      model,
      key,
      numCtx,
      running: 0,
      expiresAt: started + 300_000,
      loading: null,
      asked: false,
      leaving: false,
      timer: null,
    };
    if (have?.timer) clearTimeout(have.timer);
    this.runners.set(model.name, runner);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.runners.size);
    this.loads.set(model.name, (this.loads.get(model.name) ?? 0) + 1);
    runner.loading = wait(this.times.loadMs, signal);
    try {
      await runner.loading;
      if (model.loadError !== undefined) throw new Error(model.loadError);
    } catch (error) {
      // Closing the connection aborts the load too.
      this.runners.delete(model.name);
      throw error;
    }
    runner.loading = null;
    return { runner, loadMs: Date.now() - started };
  }

  /** After a request: how long the model stays. 0 = it goes when nothing runs, a moment after the answer. */
  keep(runner: Runner, keepAlive: string | number | undefined): void {
    if (this.runners.get(runner.model.name) !== runner) return;
    const ms = keepAliveMs(keepAlive);
    // Asked to go while it runs: it goes when that has ended, whatever the running request wanted.
    if (ms === 0) runner.asked = true;
    if (runner.asked && runner.running === 0) this.leave(runner);
    else runner.expiresAt = Date.now() + (ms < 0 ? 3.15e10 : ms);
  }

  /** Everything out at once, as when the server dies. */
  clear(): void {
    for (const runner of this.runners.values()) if (runner.timer) clearTimeout(runner.timer);
    this.runners.clear();
  }

  private leave(runner: Runner): void {
    runner.leaving = true;
    runner.timer = setTimeout(() => {
      if (this.runners.get(runner.model.name) === runner) this.runners.delete(runner.model.name);
    }, this.times.unloadMs);
  }
}

/** Ollama's keep_alive: seconds, or a duration such as `5m`; negative = for ever. ms. */
export function keepAliveMs(value: string | number | undefined): number {
  if (value === undefined) return 300_000;
  if (typeof value === 'number') return value < 0 ? -1 : value * 1000;
  const m = /^(-?[\d.]+)(ms|s|m|h)?$/.exec(value);
  if (!m) return 300_000;
  const n = Number(m[1]);
  if (n < 0) return -1;
  return n * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[m[2] ?? 's'] ?? 1000);
}

/** Resolves after ms, rejects when aborted. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new Error('canceled'));
      return;
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(new Error('canceled'));
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}

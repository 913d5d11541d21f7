import type { CurvePoint } from '../protocol/events.ts';
import type { Pulse, PulseOf } from '../protocol/pulse.ts';
import { LogRing } from './log-ring.ts';

const historyLength = 120;
const modelTail = 24_000;
const diffLimit = 400_000;
const curveLimit = 2000;

/** What the model is doing, and the ends of its two streams. */
export interface ModelStream {
  n: number;
  attempt: number;
  name: string;
  numCtx: number | null;
  promptTokens: number | null;
  stage: PulseOf<'model.stats'>['stage'];
  tokens: number;
  tokensPerSecond: number | null;
  note: string | null;
  thinking: string;
  answer: string;
}

/** History of one GPU, one value per sample, oldest first. */
export interface GpuHistory {
  utilization: (number | null)[];
  memory: (number | null)[];
  power: (number | null)[];
  temperature: (number | null)[];
}

/** The present: a fold of the pulses. Every part is replaced when it changes, so that panes compare by identity. */
export interface LiveState {
  phase: Omit<PulseOf<'phase'>, 'type'>;
  model: ModelStream | null;
  /** What the tuner thinks. */
  tuner: Omit<PulseOf<'tuner'>, 'type'> | null;
  diff: Omit<PulseOf<'diff'>, 'type'> | null;
  trial: Omit<PulseOf<'trial.started'>, 'type'> | null;
  /** `saidAt`: when the trial last said something, local ms. `ring` is one object for good, changed in place; `version` says that it changed. */
  log: {
    n: number;
    k: number;
    ring: LogRing;
    version: number;
    live: string | null;
    dropped: number;
    saidAt: number;
  };
  curve: { n: number; k: number; points: CurvePoint[]; of: string | null };
  gpu: (Omit<PulseOf<'gpu'>, 'type'> & { history: Record<number, GpuHistory> }) | null;
  host: (Omit<PulseOf<'host'>, 'type'> & { history: { cpu: number[]; memory: number[] } }) | null;
  /** null: the engine has not said (an older one, or nothing to share). */
  lease: Omit<PulseOf<'lease'>, 'type'> | null;
  wishes: Omit<PulseOf<'wishes'>, 'type'>;
  /** What undo can take back, the latest act first. */
  undos: PulseOf<'undos'>['acts'];
  /** Local time (ms) of the engine's last sign of life. */
  heardAt: number;
  notice: { level: 'info' | 'warn' | 'error'; text: string; at: number } | null;
}

/** Nothing heard yet. */
export function emptyLive(): LiveState {
  return {
    phase: { phase: 'starting', n: 0, since: 0, detail: '' },
    model: null,
    tuner: null,
    diff: null,
    trial: null,
    log: { n: 0, k: 0, ring: new LogRing(), version: 0, live: null, dropped: 0, saidAt: 0 },
    curve: { n: 0, k: 0, points: [], of: null },
    gpu: null,
    host: null,
    lease: null,
    wishes: { hold: null, stop: null },
    undos: [],
    heardAt: 0,
    notice: null,
  };
}

/**
 * The present after one more pulse, heard at `now`. `cameAt`: when its news happened, as far as that is known; 0 for
 * what a late screen is told. A heartbeat changes no picture, only `heardAt`.
 */
export function foldPulse(live: LiveState, pulse: Pulse, now: number, cameAt = now): LiveState {
  const next = { ...live, heardAt: now };
  switch (pulse.type) {
    case 'wishes':
      next.wishes = {
        hold: pulse.hold,
        stop: pulse.stop,
        ...(pulse.requeue ? { requeue: pulse.requeue } : {}),
      };
      return next;
    case 'undos':
      next.undos = pulse.acts;
      return next;
    case 'phase':
      next.phase = { phase: pulse.phase, n: pulse.n, since: pulse.since, detail: pulse.detail };
      return next;
    case 'model.started':
      // What another attempt had begun to write.
      if (next.diff?.draft) next.diff = null;
      next.model = {
        n: pulse.n,
        attempt: pulse.attempt,
        name: pulse.model,
        numCtx: pulse.numCtx,
        promptTokens: pulse.promptTokens,
        stage: 'loading',
        tokens: 0,
        tokensPerSecond: null,
        note: null,
        thinking: '',
        answer: pulse.goesOn && live.model?.n === pulse.n ? live.model.answer : '',
      };
      return next;
    case 'model.tokens': {
      const model = live.model;
      if (!model || model.n !== pulse.n) return next;
      next.model = {
        ...model,
        stage: model.stage === 'loading' ? 'generating' : model.stage,
        [pulse.channel]: tail(model[pulse.channel] + pulse.text),
      };
      return next;
    }
    case 'model.stats': {
      const model = live.model;
      if (!model || model.n !== pulse.n) return next;
      next.model = {
        ...model,
        stage: pulse.stage,
        tokens: pulse.tokens,
        tokensPerSecond: pulse.tokensPerSecond,
        promptTokens: pulse.promptTokens ?? model.promptTokens,
        note: pulse.note,
      };
      return next;
    }
    case 'tuner':
      next.tuner = { n: pulse.n, known: pulse.known, looks: pulse.looks, constants: pulse.constants };
      return next;
    case 'diff':
      next.diff = {
        n: pulse.n,
        base: pulse.base,
        text: pulse.text.slice(0, diffLimit),
        ...(pulse.draft ? { draft: true } : {}),
      };
      return next;
    case 'trial.started':
      next.trial = {
        n: pulse.n,
        k: pulse.k,
        startedAt: pulse.startedAt,
        budgetMs: pulse.budgetMs,
        timeoutMs: pulse.timeoutMs,
      };
      next.log = { ...openLog(live, pulse.n, pulse.k), saidAt: now };
      next.curve = { n: pulse.n, k: pulse.k, points: [], of: null };
      return next;
    case 'log':
      next.log = { ...foldLog(live, pulse, cameAt), saidAt: now };
      return next;
    case 'curve':
      next.curve = foldCurve(live, pulse);
      return next;
    case 'gpu':
      next.gpu = {
        at: pulse.at,
        gpus: pulse.gpus,
        processes: pulse.processes,
        processesUnknown: pulse.processesUnknown ?? false,
        stale: pulse.stale,
        history: Object.fromEntries(
          pulse.gpus.map((gpu) => {
            const past = live.gpu?.history[gpu.index];
            return [
              gpu.index,
              {
                utilization: append(past?.utilization, gpu.utilization),
                memory: append(past?.memory, gpu.memoryUsedMiB),
                power: append(past?.power, gpu.powerW),
                temperature: append(past?.temperature, gpu.temperatureC),
              },
            ];
          }),
        ),
      };
      return next;
    case 'host': {
      const { type: _, ...sample } = pulse;
      const past = live.host?.history;
      next.host = {
        ...sample,
        history: { cpu: append(past?.cpu, pulse.cpu), memory: append(past?.memory, pulse.memoryUsedMiB) },
      };
      return next;
    }
    case 'lease': {
      const { type: _, ...lease } = pulse;
      next.lease = lease;
      return next;
    }
    case 'heartbeat':
      return next;
    case 'notice':
      next.notice = { level: pulse.level, text: pulse.text, at: now };
      return next;
  }
}

function append<T>(past: T[] | undefined, value: T): T[] {
  const out = (past ?? []).slice(-(historyLength - 1));
  out.push(value);
  return out;
}

function tail(text: string): string {
  // Cut rarely and by much: a cut at every token would copy the whole tail each time.
  if (text.length <= modelTail * 1.5) return text;
  // At a line's start: the rest of an escape sequence would no longer be known as one.
  const kept = text.slice(-modelTail);
  const line = kept.indexOf('\n') + 1;
  return line > 0 && line < 2000 ? kept.slice(line) : kept;
}

function openLog(live: LiveState, n: number, k: number): LiveState['log'] {
  const { log } = live;
  if (log.n === n && log.k === k && log.ring.end > 0) return log;
  log.ring.clear();
  return { n, k, ring: log.ring, version: log.version + 1, live: null, dropped: 0, saidAt: 0 };
}

function foldLog(live: LiveState, pulse: PulseOf<'log'>, cameAt: number): LiveState['log'] {
  const same = live.log.n === pulse.n && live.log.k === pulse.k;
  const log = same ? live.log : openLog(live, pulse.n, pulse.k);
  const { ring } = log;
  const first = pulse.first ?? ring.end + pulse.dropped;
  if (first > ring.end) ring.goTo(first);
  // Told twice (a reader that had fallen behind is told the present again): once is enough.
  for (let i = Math.max(0, ring.end - first); i < pulse.lines.length; i++) ring.push(pulse.lines[i]!, cameAt);
  return {
    ...log,
    version: log.version + 1,
    live: pulse.live,
    dropped: log.dropped + pulse.dropped,
  };
}

function foldCurve(live: LiveState, pulse: PulseOf<'curve'>): LiveState['curve'] {
  const same = live.curve.n === pulse.n && live.curve.k === pulse.k;
  let points = same ? live.curve.points.concat(pulse.points) : pulse.points.slice();
  // Every second point goes when there are too many: the picture has far fewer columns anyway.
  while (points.length > curveLimit) points = points.filter((_, i) => i % 2 === 0 || i === points.length - 1);
  return { n: pulse.n, k: pulse.k, points, of: pulse.of ?? (same ? live.curve.of : null) };
}

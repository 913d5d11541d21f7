import type { JournalEvent } from '../../src/protocol/events.ts';
import type { Pulse } from '../../src/protocol/pulse.ts';
import { newsOf } from '../bench/changing-screen.ts';
import * as f from '../screen/fixtures.ts';

/** One second of a night: what the engine says, and what it writes into the run's folder. */
export interface Second {
  /** Since the night began. */
  at: number;
  /** Experiment that is worked on. */
  n: number;
  events: JournalEvent[];
  pulses: Pulse[];
  diff?: string;
  /** Lines of its trial's log. */
  lines: string[];
}

/** Seconds of each experiment in which the model writes; then it trains. */
const proposing = 12;
/** Every so many experiments one prints a hundred lines a second instead of three: what holds the log's end gets full. */
const loud = 20;

/**
 * A night of `experiments` as an engine tells it, second by second; no two texts are alike, so that nothing that remembers
 * by text is spared. GPU and host once a second.
 */
export function* nightStory(experiments: number, seconds: number, began: number): Generator<Second> {
  const j = f.journal();
  f.start(j, { gpu: true });
  f.baseline(j);
  let told = 0;
  const fresh = (at: number, n: number, take: (e: JournalEvent) => boolean): JournalEvent[] => {
    const end = j.events.findIndex((e, i) => i >= told && !take(e));
    const out = j.events.slice(told, end < 0 ? undefined : end);
    told += out.length;
    return out.map((e) => ownWords(e, n, began + at * 1000));
  };
  yield { at: 0, n: 0, events: fresh(0, 0, () => true), pulses: [], lines: [] };

  const each = Math.floor(seconds / experiments);
  let best = 2.1504;
  for (let n = 1; n <= experiments; n++) {
    best = f.experiment(j, n, best);
    for (let s = 0; s < each; s++) {
      const at = (n - 1) * each + s;
      const second: Second = { at, n, events: [], pulses: gauges(at, began), lines: [] };
      if (s === 0) {
        second.events = fresh(at, n, (e) => e.type === 'experiment.started');
        second.pulses.push(phase('proposing', n, began + at * 1000), ...f.modelPulses(n, 'loading'));
      } else if (s < proposing) second.pulses.push(...writing(n, s));
      else if (s === proposing) {
        second.events = fresh(at, n, (e) => e.type !== 'trial.ended' && e.type !== 'experiment.decided');
        second.diff = f.diffText.replaceAll('0.05', `0.05${n}`);
        second.pulses.push(
          { type: 'diff', n, base: `#${n - 1}`, text: second.diff },
          phase('training', n, began + at * 1000),
          {
            type: 'trial.started',
            n,
            k: 0,
            startedAt: began + at * 1000,
            budgetMs: 60_000,
            timeoutMs: 120_000,
          },
        );
      } else second.lines = training(n, s - proposing, n % loud === 0 ? 100 : 3, second.pulses);
      if (s === each - 1) {
        second.events.push(...fresh(at, n, () => true));
        second.pulses.push(phase('deciding', n, began + at * 1000));
      }
      yield second;
    }
  }
}

const phase = (name: 'proposing' | 'training' | 'deciding', n: number, since: number): Pulse => ({
  type: 'phase',
  phase: name,
  n,
  since,
  detail: '',
});

const gauges = (at: number, began: number): Pulse[] => [
  ...newsOf(at).filter((pulse) => pulse.type === 'gpu' || pulse.type === 'host'),
  { type: 'heartbeat', at: began + at * 1000, beat: at },
];

/** Some forty tokens a second, in four pieces. */
function writing(n: number, s: number): Pulse[] {
  const channel = s < 8 ? 'thinking' : 'answer';
  const pieces = Array.from({ length: 4 }, (_, i): Pulse => {
    const text = `${(n * 7919 + s * 31 + i).toString(36)} gave the early steps of #${n} more room,${i === 3 ? '\n' : ' '}`;
    return { type: 'model.tokens', n, channel, text };
  });
  const tokens = s * 40;
  const stage = s === proposing - 1 ? 'done' : 'generating';
  return [
    ...pieces,
    { type: 'model.stats', n, stage, tokens, tokensPerSecond: 40, promptTokens: 5120, note: null },
  ];
}

function training(n: number, s: number, perSecond: number, pulses: Pulse[]): string[] {
  const steps = Array.from({ length: perSecond }, (_, i) => (s - 1) * perSecond + i);
  const loss = (step: number) => 1.9 + Math.exp(-step / 40) + Math.sin(step * 12.9898 + n) * 0.02;
  const lines = steps.map(
    (step) =>
      `step ${String(step).padStart(6, '0')} | loss: ${loss(step).toFixed(6)} | run ${n} | dt: 333ms | tok/sec: ${49_000 + ((step * 31 + n) % 800)}`,
  );
  pulses.push(
    { type: 'log', n, k: 0, lines, live: null, dropped: 0, first: steps[0]! },
    {
      type: 'curve',
      n,
      k: 0,
      of: 'loss',
      points: steps
        .slice(0, 3)
        .map((step) => ({ step, seconds: s, value: loss(step), fraction: Math.min(1, s / 60) })),
    },
  );
  return lines;
}

function ownWords(event: JournalEvent, n: number, at: number): JournalEvent {
  const own = { ...event, at: new Date(at).toISOString() };
  if (own.type === 'experiment.proposed') own.hypothesis += ` (take ${n})`;
  if (own.type === 'experiment.decided') own.why += `, by ${n} looks`;
  return own;
}

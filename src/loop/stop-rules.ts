import type { Settings } from '../protocol/settings.ts';
import type { Verdict } from '../protocol/words.ts';

/** The part of the run's state that stop rules read; `RunState` fits. */
export interface StopState {
  settings: (Pick<Settings, 'stop' | 'metric'> & Partial<Pick<Settings, 'verify'>>) | null;
  champion: { n: number };
  /** The run's claim: what has one is not verified again. */
  verified?: object | null;
  experiments: readonly (
    | {
        n: number;
        verdict: Verdict | null;
        metric: number | null;
        trials?: readonly { outcome: string | null; seconds: number | null }[];
      }
    | undefined
  )[];
}

/** Verification gets at most this share of the whole time: a short run would otherwise only verify. */
const mostForVerifying = 0.25;

/**
 * Time to keep back for verifying the champion at the end (search policy, section 6), ms: two trials a pair, each as
 * long as the middle one of those that gave a number. 0 when nothing is to be verified, or it would eat too much.
 */
function verifyingMs({ settings, champion, experiments, verified }: StopState): number {
  const pairs = settings?.verify ?? 0;
  const whole = settings?.stop.afterMs ?? null;
  if (whole === null || pairs === 0 || champion.n === 0 || verified) return 0;
  const lasted = experiments
    .flatMap((e) => e?.trials ?? [])
    .flatMap((t) => (t.outcome === 'ok' && t.seconds !== null ? [t.seconds] : []))
    .sort((a, b) => a - b);
  const middle = lasted[lasted.length >> 1];
  const needed = middle === undefined ? 0 : middle * 1000 * 2 * pairs;
  return needed <= mostForVerifying * whole ? needed : 0;
}

/** Why the run is over, in plain words; null = go on. `elapsedMs`: how long the run has been running. */
export function shouldStop(state: StopState, elapsedMs: number): string | null {
  const { settings } = state;
  if (!settings) return null;
  const { stop, metric } = settings;

  const { decided, sinceKeep } = countIdeas(state);
  if (stop.experiments !== null && decided >= stop.experiments)
    return `${decided === 1 ? '1 experiment is' : `${decided} experiments are`} decided, ${decided > stop.experiments ? `more than the ${stop.experiments} asked for` : 'as asked'}`;

  if (stop.afterMs !== null && elapsedMs >= stop.afterMs) return `${duration(stop.afterMs)} over, as asked`;
  if (stop.afterMs !== null) {
    const kept = verifyingMs(state);
    if (elapsedMs >= stop.afterMs - kept)
      return `${duration(stop.afterMs)} nearly over: what is left is for verifying the result`;
  }

  const best = state.experiments[state.champion.n]?.metric ?? null;
  if (stop.target !== null && best !== null && reached(best, stop.target, metric.direction))
    return `the target is reached: ${metric.name} ${best} (asked for ${stop.target})`;

  if (stop.plateau !== null && sinceKeep >= stop.plateau)
    return `plateau: ${sinceKeep} experiments in a row without a keep`;
  return null;
}

/** How many experiments are decided and count, the baseline apart, and how many of them since the last keep. */
export function countIdeas({ experiments }: Pick<StopState, 'experiments'>): {
  decided: number;
  sinceKeep: number;
} {
  let [decided, sinceKeep] = [0, 0];
  for (const e of experiments) {
    if (e === undefined || e.n === 0 || !counts(e.verdict)) continue;
    decided += 1;
    // What the user took back later had still been progress when it was found.
    if (e.verdict === 'kept' || e.verdict === 'reverted') sinceKeep = 0;
    // Skipped by key says nothing about whether ideas still help.
    else if (e.verdict !== 'skipped') sinceKeep += 1;
  }
  return { decided, sinceKeep };
}

/** A verdict, and not the one that says that the environment failed. */
export function counts(verdict: Verdict | null): boolean {
  return verdict !== null && verdict !== 'void';
}

function reached(value: number, target: number, direction: 'minimize' | 'maximize'): boolean {
  return direction === 'minimize' ? value <= target : value >= target;
}

/** `12 hours are`, `1 minute is` */
function duration(ms: number): string {
  const count = (value: number, unit: string) => (value === 1 ? `1 ${unit} is` : `${value} ${unit}s are`);
  if (ms < 60_000) return count(Math.round(ms / 1000), 'second');
  if (ms < 7_200_000) return count(Math.round(ms / 60_000), 'minute');
  return count(Math.round(ms / 360_000) / 10, 'hour');
}

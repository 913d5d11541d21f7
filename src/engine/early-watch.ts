import type { RunState, Trial } from '../journal/state.ts';
import { earlyRecords } from '../loop/early-account.ts';
import { isAudit, judgedFrom, type PastTrial, strictnessOf, watchForHopeless } from '../loop/early-stop.ts';
import { mean } from '../loop/noise.ts';
import type { CurvePoint, EventBody } from '../protocol/events.ts';
import type { TrialRole } from '../protocol/words.ts';
import type { TrialResult } from '../trial/runner.ts';

export interface EarlyWatch {
  push(points: readonly CurvePoint[]): void;
  /** The live curve is not finite any more. */
  broken(step: number | null): void;
  /** What the watch makes of the trial's end: fields that go over the runner's own. */
  ended(result: Pick<TrialResult, 'outcome' | 'why' | 'seconds'>): Partial<EventBody<'trial.ended'>>;
}

/** Few groups say enough; older ones were measured in an older world. */
const groupsLookedAt = 24;

/**
 * Watches the live curve of one trial and ends it when it cannot win any more. Only first runs of new ideas:
 * a confirmation that is cut short would confirm nothing.
 * @param n the experiment; on a fork it is compared with what it started from, not with the champion
 * @param text hypothesis and changed lines, which say whether a schedule was touched
 * @param end stops the trial with this reason
 * @param waited share of its time that it has waited for a core so far; null when nobody can say
 */
export function watchTrial(
  state: RunState,
  n: number,
  role: TrialRole,
  text: string,
  end: (why: string) => void,
  waited: () => number | null = () => null,
): EarlyWatch {
  const past = earlyRecords(state.experiments);
  const fork = state.experiments[n]?.fork ?? null;
  const champion = okTrials(state.experiments[fork ?? state.champion.n]?.trials ?? []);
  const active = role === 'candidate' && state.settings!.earlyStop === 'auto';
  const watch = active
    ? watchForHopeless({
        champion: champion.map(pastTrial),
        ...(fork === null ? {} : { whose: fork === 0 ? "the baseline's" : `#${fork}'s` }),
        repeats: repeatsOf(state),
        budgetMs: state.settings!.budgetMs,
        k: strictnessOf(past),
        from: judgedFrom(text),
        waited,
      })
    : null;
  let found: { at: number; why: string; audit: boolean } | null = null;
  let stopped: { outcome: 'hopeless' | 'crashed'; why: string; words: string } | null = null;
  const stop = (outcome: 'hopeless' | 'crashed', why: string, words: string) => {
    stopped = { outcome, why, words };
    end(words);
  };
  return {
    push(points) {
      if (!watch || found) return;
      const hopeless = watch.push(points);
      if (!hopeless) return;
      found = { ...hopeless, audit: isAudit(past) };
      if (found.audit) return;
      stop('hopeless', hopeless.why, `stopped early: ${hopeless.why}`);
    },
    broken(step) {
      if (!active || stopped) return;
      const why = `its live curve is not a number any more${step === null ? '' : ` from step ${step}`}, so it was ended`;
      stop('crashed', why, why);
    },
    ended({ outcome, why, seconds }) {
      // It may have ended by itself before the signal came, or by the user's own wish: then nothing was judged.
      const byUs = outcome === 'stopped' && stopped !== null && why === stopped.words;
      const usual = champion.length > 0 ? mean(champion.map((t) => t.seconds ?? 0)) : 0;
      const early = found && (found.audit || byUs) ? found : null;
      return {
        ...(byUs ? { outcome: stopped!.outcome, why: stopped!.why } : {}),
        ...(early
          ? { early: { ...early, savedSeconds: early.audit ? 0 : Math.max(0, usual - seconds) } }
          : {}),
      };
    },
  };
}

function repeatsOf(state: RunState): PastTrial[][] {
  const groups: PastTrial[][] = [];
  for (let n = state.experiments.length - 1; n >= 0 && groups.length < groupsLookedAt; n--) {
    const ok = okTrials(state.experiments[n]!.trials);
    if (ok.length > 1) groups.push(ok.map(pastTrial));
  }
  return groups;
}

const okTrials = (trials: readonly Trial[]) => trials.filter((t) => t.outcome === 'ok');
const pastTrial = (t: Trial): PastTrial => ({
  curve: t.curve,
  seconds: t.seconds,
  waited: t.conditions?.waited ?? null,
});

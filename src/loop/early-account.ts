import type { EventBody } from '../protocol/events.ts';
import type { TrialOutcome, Verdict } from '../protocol/words.ts';
import { timeText } from './amounts.ts';

// What early stop was good for in a run, and whether it was right: the one fold of it.

/** The part of an experiment that is looked at; the fold's `Experiment` fits. */
export interface EarlyExperiment {
  readonly verdict: Verdict | null;
  readonly trials: readonly {
    readonly outcome: TrialOutcome | null;
    readonly seconds: number | null;
    readonly early: EventBody<'trial.ended'>['early'] | null;
  }[];
}

/** One trial that was found hopeless, and what became of it. */
export interface EarlyRecord {
  /** True: it was let run to its end, to see whether ending it would have been wrong. */
  audit: boolean;
  /** Audits only: it was kept in the end. */
  kept: boolean;
}

/** All trials so far that were found hopeless, oldest first. */
export function earlyRecords(experiments: readonly (EarlyExperiment | undefined)[]): EarlyRecord[] {
  const out: EarlyRecord[] = [];
  // Asked before every trial, of all trials there were.
  for (let n = 0; n < experiments.length; n++) {
    const trials = experiments[n]?.trials ?? [];
    for (let k = 0; k < trials.length; k++) {
      const { early } = trials[k]!;
      if (!early) continue;
      const { verdict } = experiments[n]!;
      out.push({ audit: early.audit, kept: verdict === 'kept' || verdict === 'reverted' });
    }
  }
  return out;
}

export interface EarlyAccount {
  /** Trials that were ended early. */
  ended: number;
  /** Hopeless ones that ran on to check the rule, and those of them that won. */
  audits: number;
  falseKills: number;
  savedSeconds: number;
  /** Of all the training time that there would have been, 0..1. */
  savedShare: number;
}

/** null while nothing was found hopeless. */
export function earlyAccount(experiments: readonly (EarlyExperiment | undefined)[]): EarlyAccount | null {
  const records = earlyRecords(experiments);
  if (records.length === 0) return null;
  let [saved, trained] = [0, 0];
  for (const e of experiments)
    for (const t of e?.trials ?? []) {
      trained += t.seconds ?? 0;
      saved += t.early?.savedSeconds ?? 0;
    }
  const audits = records.filter((r) => r.audit);
  return {
    ended: records.length - audits.length,
    audits: audits.length,
    falseKills: audits.filter((r) => r.kept).length,
    savedSeconds: saved,
    savedShare: saved > 0 ? saved / (saved + trained) : 0,
  };
}

/** `early stop ended 12 trials: 18 % of the training time saved (41 min); 2 audits, 0 of them wrong` */
export function earlySentence({ ended, audits, falseKills, savedSeconds, savedShare }: EarlyAccount): string {
  const trials = ended === 1 ? '1 trial' : `${ended} trials`;
  const saved = `${Math.round(100 * savedShare)} % of the training time saved (${timeText(savedSeconds)})`;
  const checked =
    audits === 0
      ? 'none was let run on to check that yet'
      : `${audits} let run on to check that, ${falseKills === 0 ? 'none' : falseKills} of them won after all`;
  return `early stop ended ${trials}: ${saved}; ${checked}`;
}

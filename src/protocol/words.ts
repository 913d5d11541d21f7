import { z } from 'zod';

/** What became of an experiment. `void`: the environment failed, the experiment does not count. */
export const verdicts = [
  'kept',
  'discarded',
  'crashed',
  'timed-out',
  'rejected',
  'skipped',
  'reverted',
  'void',
] as const;
export type Verdict = (typeof verdicts)[number];
export const verdictSchema = z.enum(verdicts);

/**
 * How one trial (one timed execution) ended. Only `ok` carries a metric that may be judged.
 * `hopeless`: ended early, because its curve was too far behind the champion's to win.
 */
export const trialOutcomes = ['ok', 'crashed', 'timed-out', 'hopeless', 'stopped', 'void'] as const;
export type TrialOutcome = (typeof trialOutcomes)[number];

/**
 * Why a trial ran: the unmodified base, a new idea, a repeat of that idea, or the champion once more;
 * at the end start and champion again for the run's claim, and the held-out command on both.
 */
export const trialRoles = ['baseline', 'candidate', 'confirm', 'champion', 'verify', 'held-out'] as const;
export type TrialRole = (typeof trialRoles)[number];

/** Who proposes. */
export const proposerKinds = ['ollama', 'tuner', 'hybrid', 'panel', 'human'] as const;
export type ProposerKind = (typeof proposerKinds)[number];

/** How a model is asked to state a change: SEARCH/REPLACE edits (constants too), whole files, or only named constants. */
export const replyForms = ['edit', 'whole', 'constants'] as const;
export type ReplyForm = (typeof replyForms)[number];

/** The form in words, for notices and the screen. */
export const formWords: Readonly<Record<ReplyForm, string>> = {
  edit: 'SEARCH/REPLACE edits',
  whole: 'whole files',
  constants: 'constants only',
};

/** Where the loop is now; `held` overrides while nothing runs. */
export const phases = [
  'starting',
  'baseline',
  'proposing',
  'checking',
  /** A checked proposal waits for the user's yes. */
  'approving',
  'training',
  'deciding',
  'held',
  'ended',
] as const;
export type Phase = (typeof phases)[number];

export type Direction = 'minimize' | 'maximize';

/** How the model and the trials share the GPU; `none`: there is nothing to share. */
export const sharings = ['swap', 'coresident', 'cpu', 'none'] as const;
export type Sharing = (typeof sharings)[number];

/** Whether proposals run by themselves, or each waits for the user's yes. */
export const runModes = ['auto', 'approve'] as const;
export type RunMode = (typeof runModes)[number];

/** Who did something. */
export const actors = ['engine', 'user'] as const;
export type Actor = (typeof actors)[number];

/** How sure a kept result is: one lucky run is `provisional` (search-policy: z >= 2 after a confirmation, or z >= 4). */
export const confidences = ['confirmed', 'provisional'] as const;
export type Confidence = (typeof confidences)[number];

/** How a run ended: `failed: the disk broke`; why alone, where it says the outcome by itself (`stopped by you`). */
export function endWords(outcome: string, why: string): string {
  return why.startsWith(outcome) ? why : `${outcome}: ${why}`;
}

/** A verdict as lists say it: a discard whose last trial was ended as hopeless was stopped early; empty while open. */
export function verdictWord(verdict: Verdict | null, lastTrial: TrialOutcome | null): string {
  return verdict === 'discarded' && lastTrial === 'hopeless' ? 'stopped early' : (verdict ?? '');
}

/** An experiment's name in a sentence: `#7`, `the baseline`. */
export const nameOf = (n: number): string => (n === 0 ? 'the baseline' : `#${n}`);

/** The same where it stands alone: `#7`, `baseline`. */
export const labelOf = (n: number): string => (n === 0 ? 'baseline' : `#${n}`);

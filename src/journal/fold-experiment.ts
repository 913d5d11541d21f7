import type { Arm, JournalEvent } from '../protocol/events.ts';
import { change, put, without } from './change-experiment.ts';
import { judgedTrials, meanMetric } from './judged-trials.ts';
import { pooledArm, pooledConstants, pooledText, pooledTexts } from './pool.ts';
import {
  asDecided,
  askedAgain,
  endTrial,
  foldVerification,
  newExperiment,
  newTrial,
  remeasured,
  repliedAgain,
  smokeOf,
} from './records.ts';
import type { RunState } from './state.ts';

/** Folds what befalls an experiment and its trials, from its start to its verdict and after. */
export function foldExperiment(
  s: RunState,
  event: JournalEvent<
    | 'experiment.started'
    | 'experiment.proposed'
    | 'experiment.rejected'
    | 'proposal.dropped'
    | 'smoke.ended'
    | 'experiment.committed'
    | 'trial.started'
    | 'trial.ended'
    | 'experiment.decided'
    | 'experiment.remeasured'
  >,
): void {
  switch (event.type) {
    case 'experiment.started': {
      const parent = event.parent === s.champion.sha ? s.champion.sha : pooledText(event.parent);
      put(s, newExperiment({ ...event, parent }, event.at, event.by ?? armOfRun(s, event.proposer)));
      s.current = event.n;
      const reads = canRead(event.proposer) && event.again === undefined;
      s.notes = s.notes.map((note) =>
        reads && note.usedBy === null && !note.withdrawn ? { ...note, usedBy: event.n } : note,
      );
      return;
    }
    case 'experiment.proposed':
      // Who was asked first could not, and the tuner stepped in: what the user wrote is still unread.
      if (event.by && !canRead(event.by.proposer))
        s.notes = s.notes.map((note) => (note.usedBy === event.n ? { ...note, usedBy: null } : note));
      change(s, event.n, (e) => ({
        hypothesis: event.hypothesis,
        expect: event.expect,
        edited: null,
        ...(event.by ? { arm: pooledArm(event.by), proposer: event.by.proposer } : {}),
        asked: askedAgain(e.asked, event.by ? pooledArm(event.by) : e.arm, {
          ...event,
          replies: 1,
          refused: 0,
        }),
        replies: repliedAgain(e.replies, event),
        family: event.family === null ? null : pooledText(event.family),
        constants: pooledConstants(event.constants),
        attempts: event.attempt,
        proposeSeconds: e.proposeSeconds + event.seconds,
        tokens: event.tokens === null ? e.tokens : (e.tokens ?? 0) + event.tokens,
      }));
      return;
    case 'experiment.rejected':
      change(s, event.n, (e) => ({
        attempts: Math.max(e.attempts, event.attempt),
        replies: repliedAgain(e.replies, event),
        // A reply that was no proposal at all is told of here alone.
        asked: askedAgain(e.asked, event.by ? pooledArm(event.by) : e.arm, {
          replies: event.attempt > e.attempts ? 1 : 0,
          refused: 1,
          seconds: event.seconds ?? 0,
          tokens: event.tokens ?? null,
          energyWh: event.energyWh,
        }),
        refusals: e.refusals.concat({
          attempt: event.attempt,
          code: event.code,
          why: event.why,
          ...voiceOf(event.by ?? e.arm),
        }),
      }));
      // What the user had said yes to broke before its trial: what is made of it waits for a yes of its own.
      if (s.approval?.n === event.n && s.approval.answer === 'run') s.approval = null;
      return;
    case 'proposal.dropped':
      change(s, event.n, (e) => ({
        asked: askedAgain(e.asked, event.by, { ...event, replies: 1, refused: 0 }),
      }));
      return;
    case 'smoke.ended':
      change(s, event.n, (e) => ({ smokes: e.smokes.concat(smokeOf(event)) }));
      return;
    case 'experiment.committed':
      change(s, event.n, () => ({
        sha: event.sha,
        tree: event.tree,
        files: pooledTexts(event.files),
        fuzzy: event.fuzzy,
        added: event.added,
        removed: event.removed,
      }));
      if (s.approval?.n === event.n && s.approval.answer !== 'reject') s.approval = null;
      return;
    case 'trial.started':
      change(s, event.n, (e) => ({ trials: e.trials.concat(newTrial(event, event.at, e.sha)) }));
      return;
    case 'trial.ended':
      change(s, event.n, (e) => {
        const trials = e.trials.map((t) => (t.k === event.k ? endTrial(t, event, event.at) : t));
        // A champion that ran again is worth what all its runs say, not what the first one did.
        const again = event.role === 'champion' && event.outcome === 'ok' && e.metric !== null;
        return again
          ? { trials, metric: meanMetric(judgedTrials(trials)), asDecided: asDecided(e) }
          : { trials };
      });
      // The champion's number has changed: a bar from before would stand beside it as if it belonged to it.
      if (event.role === 'champion' && event.outcome === 'ok') s.bar = event.bar ?? null;
      if (event.role === 'verify') s.verification = foldVerification(s.verification, event);
      return;
    case 'experiment.decided':
      change(s, event.n, () => ({
        endedAt: event.at,
        verdict: event.verdict,
        metric: event.metric,
        gain: event.gain,
        z: event.z,
        sigma: event.sigma,
        why: event.why,
        by: event.by,
        confidence: event.confidence,
        label: event.label,
      }));
      if (event.bar !== undefined) s.bar = event.bar;
      if (event.n > 0) s.counts[event.verdict] += 1;
      if (s.current === event.n) s.current = null;
      if (s.approval?.n === event.n) s.approval = null;
      return;
    case 'experiment.remeasured':
      s.reruns = without(s.reruns, event.n);
      change(s, event.n, (e) => remeasured(e, event));
      return;
  }
}

/** Journals of older versions say who proposed only for the whole run. */
function armOfRun(s: RunState, proposer: Arm['proposer']): Arm {
  const { kind, model } = s.proposer ?? { kind: null, model: null };
  return kind === proposer && model ? { proposer, model } : { proposer };
}

/** A note waits for somebody who can read: the tuner cannot, and a change that is run again was written before it. */
function canRead(proposer: Arm['proposer']): boolean {
  return proposer !== 'tuner' && proposer !== 'human';
}

/** The persona, as of the pool: a night's refusals share its few names. */
function voiceOf(arm: Arm | undefined): { persona?: string } {
  return arm?.persona ? { persona: pooledText(arm.persona) } : {};
}

import type { Arm, EventBody, JournalEvent } from '../protocol/events.ts';
import { withHeldCurve } from './held-curve.ts';
import { none, pooledArm, pooledConditions, pooledReplies, pooledText, withPooledBoot } from './pool.ts';
import type { Approval, Asked, Experiment, FormReply, RunState, Smoke, Trial } from './state.ts';

// What events make of experiments and trials: the parts that the fold puts into the state.

/** A verification with one more run; stopped and void ones are run again. */
export function foldVerification(
  done: RunState['verification'],
  event: EventBody<'trial.ended'>,
): RunState['verification'] {
  if (event.outcome === 'stopped' || event.outcome === 'void') return done;
  if (event.outcome !== 'ok' || event.metric === null) return { ...done, failures: done.failures + 1 };
  if (event.n === 0) return { ...done, start: [...done.start, event.metric] };
  // Another one is verified now: what was measured for the one before says nothing of it.
  if (done.of !== null && done.of !== event.n)
    return { start: [], end: [event.metric], failures: 0, of: event.n };
  return { ...done, end: [...done.end, event.metric], of: event.n };
}

/** The waiting proposal after one more event about it. */
export function foldApproval(
  approval: Approval | null,
  event: JournalEvent<'approval.asked' | 'proposal.edited' | 'approval.answered'>,
): Approval | null {
  if (event.type === 'approval.asked') {
    const { n, tree, parent, files, added, removed, fuzzy, at } = event;
    return { n, tree, parent, files, added, removed, fuzzy, at, edited: false, answer: null };
  }
  if (approval?.n !== event.n) return approval;
  if (event.type === 'approval.answered') return { ...approval, answer: event.answer };
  const { tree, files, added, removed, undone } = event;
  return { ...approval, tree, files, added, removed, edited: undone !== true };
}

/** A proposal that the user has edited is theirs, with what it says now; taken back, it is the proposer's as it was. */
export function foldEdit(e: Experiment, event: EventBody<'proposal.edited'>): Partial<Experiment> {
  if (event.undone) return e.edited ? { ...e.edited, edited: null } : {};
  const { proposer, arm, hypothesis, expect, constants } = e;
  return {
    proposer: 'human',
    arm: { proposer: 'human' },
    hypothesis: event.hypothesis ?? hypothesis,
    constants: event.constants ?? constants,
    // What was expected was expected of another change.
    expect: null,
    edited: e.edited ?? { proposer, arm, hypothesis, expect, constants },
  };
}

/** The numbers that an experiment was decided with, kept from when others take their place; null before. */
export function asDecided(e: Experiment): Experiment['asDecided'] {
  return e.asDecided ?? (e.verdict === null ? null : { metric: e.metric, gain: e.gain, z: e.z });
}

/** A decided experiment after one more trial: other numbers, the same verdict. */
export function remeasured(e: Experiment, r: EventBody<'experiment.remeasured'>): Experiment {
  return {
    ...e,
    metric: r.metric,
    gain: r.gain,
    z: r.z,
    sigma: r.sigma,
    // How sure a keep is; what was not kept was never sure of anything.
    confidence: e.verdict === 'kept' ? r.confidence : e.confidence,
    why: r.why,
    asDecided: asDecided(e),
    remeasured: e.remeasured + 1,
  };
}

/** The costs of proposing with one more reply, or one that was counted already and is refused now. */
export function askedAgain(
  asked: readonly Asked[],
  arm: Arm,
  more: {
    replies: number;
    refused: number;
    seconds: number;
    tokens: number | null;
    energyWh?: number | undefined;
  },
): Asked[] {
  const at = asked.findIndex((a) => sameArm(a.arm, arm));
  const before = asked[at] ?? { replies: 0, refused: 0, seconds: 0, tokens: null, energyWh: null };
  const next: Asked = {
    arm,
    replies: before.replies + more.replies,
    refused: before.refused + more.refused,
    seconds: before.seconds + more.seconds,
    tokens: more.tokens === null ? before.tokens : (before.tokens ?? 0) + more.tokens,
    energyWh: more.energyWh === undefined ? before.energyWh : (before.energyWh ?? 0) + more.energyWh,
  };
  return at < 0 ? asked.concat(next) : asked.with(at, next);
}

/** The replies with one more, or, where the event names no form, with the last one refused: that one was told of before. */
export function repliedAgain(
  replies: readonly FormReply[],
  event: EventBody<'experiment.proposed' | 'experiment.rejected'>,
): FormReply[] {
  const code = event.type === 'experiment.rejected' ? event.code : null;
  const last = replies.at(-1);
  if (!event.form)
    return last && last.attempt === event.attempt
      ? replies.with(-1, { ...last, code })
      : (replies as FormReply[]);
  const { attempt, form, formWhy, by } = event;
  return pooledReplies(
    replies.concat({ attempt, model: by?.model ?? null, form, why: formWhy ?? null, code }),
  );
}

const sameArm = (a: Arm, b: Arm) =>
  a.proposer === b.proposer && a.model === b.model && a.persona === b.persona;

/** An experiment of which only the start is known. `arm`: who is asked first, as far as the run has said. */
export function newExperiment(event: EventBody<'experiment.started'>, at: string, arm: Arm): Experiment {
  return {
    n: event.n,
    parent: event.parent,
    proposer: event.proposer,
    arm: arm && pooledArm(arm),
    choice: event.choice ?? null,
    asked: none(),
    replies: none(),
    startedAt: at,
    endedAt: null,
    hypothesis: '',
    expect: null,
    family: null,
    constants: none(),
    fuzzy: false,
    attempts: 0,
    refusals: none(),
    smokes: none(),
    proposeSeconds: 0,
    tokens: null,
    sha: null,
    tree: null,
    files: none(),
    added: 0,
    removed: 0,
    trials: none(),
    verdict: null,
    metric: null,
    gain: null,
    z: null,
    sigma: null,
    why: '',
    by: 'engine',
    confidence: null,
    label: null,
    pinned: false,
    verdictBefore: null,
    asDecided: null,
    remeasured: 0,
    fork: event.fork ?? null,
    again: event.again ?? null,
    edited: null,
  };
}

/** Listed by hand: the event also carries v, seq and at. */
export function smokeOf(r: EventBody<'smoke.ended'>): Smoke {
  const { attempt, outcome, why, seconds, energyWh = null, champion = false } = r;
  return { attempt, outcome, why, seconds, energyWh, champion };
}

/** A trial that runs. `commit`: its experiment's, which it shares the text of. */
export function newTrial(event: EventBody<'trial.started'>, at: string, commit: string | null = null): Trial {
  return {
    k: event.k,
    role: event.role,
    sha: event.sha === commit ? commit : event.sha,
    seed: event.seed,
    process: withPooledBoot(event.process),
    startedAt: at,
    endedAt: null,
    outcome: null,
    metric: null,
    metrics: {},
    why: null,
    seconds: null,
    exit: null,
    signal: null,
    peakRssMiB: null,
    peakVramMiB: null,
    curve: none(),
    curveOf: null,
    logBytes: 0,
    swept: 0,
    energyWh: null,
    conditions: null,
    contaminated: null,
    early: null,
  };
}

/**
 * The trial with its end. Listed by hand: the event also carries v, seq and at, which a trial must not, and an object that
 * is made in one piece is smaller than one that is put together.
 */
export function endTrial(trial: Trial, r: EventBody<'trial.ended'>, at: string): Trial {
  return withHeldCurve({
    k: trial.k,
    role: trial.role,
    sha: trial.sha,
    seed: trial.seed,
    process: trial.process,
    startedAt: trial.startedAt,
    endedAt: at,
    outcome: r.outcome,
    metric: r.metric,
    metrics: r.metrics,
    why: r.why,
    seconds: r.seconds,
    exit: r.exit,
    signal: r.signal,
    peakRssMiB: r.peakRssMiB,
    peakVramMiB: r.peakVramMiB,
    curve: r.curve,
    curveOf: r.curveOf === undefined ? null : pooledText(r.curveOf),
    logBytes: r.logBytes,
    swept: r.swept,
    energyWh: r.energyWh ?? null,
    conditions: r.conditions ? pooledConditions(r.conditions) : null,
    contaminated: r.contaminated ?? null,
    early: r.early ?? null,
  });
}

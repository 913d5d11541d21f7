import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { followEnergy } from '../gpu/energy.ts';
import { applyEdits } from '../propose/apply-edits.ts';
import { noveltyRefusal } from '../propose/novelty.ts';
import {
  type AskedForm,
  type Proposal,
  type ProposalContext,
  type ProposalSession,
  type Refusal,
  UnreadableReply,
} from '../propose/proposer.ts';
import { turnRefusal } from '../propose/turn-hint.ts';
import type { EventBody } from '../protocol/events.ts';
import { EnvironmentFailure } from '../protocol/failure.ts';
import { EditRefused } from '../workspace/edit-path.ts';
import { armOf, askAhead, spent, takeAhead } from './ahead.ts';
import { approveStep, askApproval, commitWaiting } from './approve-step.ts';
import { lookAtStaged, tryStaged } from './check-step.ts';
import { commitStaged, showStaged } from './commit-step.ts';
import { proposalContext } from './context.ts';
import { endOf } from './controls.ts';
import { forkConstants, overChampion } from './fork-step.ts';
import { takeOverWriting } from './overlap.ts';
import { type Bench, withEnvironment } from './step.ts';

/** A first reply and three mended ones. */
const maxAttempts = 4;

/**
 * Gets a proposal for experiment `n`, checks it before any GPU time, and commits it.
 * In approve mode the user is asked before any of it runs.
 * @returns null when committed, or rejected by the user, or why there is nothing to run.
 * @throws Interrupted
 */
export async function proposeStep(bench: Bench, n: number): Promise<string | null> {
  const { session, controls } = bench;
  session.phase('proposing', n);
  let context = await withEnvironment(bench, n, () =>
    proposalContext(n, session.state, bench.workspace, bench.paths),
  );
  const abort = new AbortController();
  const begin = () => controls.begin({ n, kind: 'proposing', interrupt: (cause) => abort.abort(cause) });
  let finished = begin();
  /** What came of the user's yes; the talk stays open, so that what breaks then can be mended and asked again. */
  const approved = async (): Promise<Refusal | null> => {
    finished();
    bench.lease.modelOver();
    const answer = await approveStep(bench, n);
    if (answer === 'runs' || answer === 'rejected') return null;
    finished = begin();
    await bench.lease.toModel(abort.signal);
    return answer;
  };
  try {
    const io = { signal: abort.signal, pulse: session.pulse };
    await takeOverWriting(bench, n, abort.signal);
    let waiting = takeAhead(bench, n, context);
    let conversation: ProposalSession | null = null;
    const files = bench.paths.experiment(n);
    await withEnvironment(bench, n, async () => {
      mkdirSync(files.dir, { recursive: true });
      writeFileSync(files.prompt, '');
      writeFileSync(files.reply, '');
    });
    let stale = false;
    const next = async (told: Refusal | null): Promise<Proposal> => {
      if (stale) {
        context = await proposalContext(n, session.state, bench.workspace, bench.paths);
        conversation = bench.proposer.open(context, io);
        stale = false;
      }
      if (conversation === null) {
        await bench.lease.toModel(abort.signal);
        conversation = bench.proposer.open(context, io);
        // What waited was asked in another talk, which is over.
        told = null;
      }
      return conversation.next(told).catch((error: unknown) => {
        // Only before a first answer: later the conversation itself is what would be lost.
        stale = error instanceof EnvironmentFailure && error.stale && told === null;
        throw error;
      });
    };
    let refusal: Refusal | null = null;
    let smoked = 0;
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      session.phase('proposing', n, attempt > 1 ? `attempt ${attempt}: ${refusal!.why}` : '');
      const told: Refusal | null = refusal;
      const energy = followEnergy(bench.reports);
      let began = 0;
      let unread: Partial<EventBody<'experiment.rejected'>> = {};
      try {
        const made = waiting;
        waiting = null;
        const proposal: Proposal =
          made?.proposal ??
          (await withEnvironment(bench, n, () => {
            began = performance.now();
            return next(told);
          }));
        await withEnvironment(bench, n, async () => keepText(files, attempt, proposal));
        const { constants } = context.ground
          ? { constants: await withEnvironment(bench, n, () => forkConstants(bench, context, proposal)) }
          : proposal;
        session.append({
          type: 'experiment.proposed',
          n,
          attempt,
          hypothesis: proposal.hypothesis,
          expect: proposal.expect,
          family: proposal.family,
          constants,
          seconds: proposal.seconds,
          tokens: proposal.tokens,
          by: proposal.by ?? armOf(bench.proposer.info),
          ...formOf(proposal.asked),
          ...spent(made ? made.energyWh : energy()),
        });
        refusal = await withEnvironment(bench, n, () => checkStep(bench, n, proposal, context, abort.signal));
        if (refusal === null && !made) await askAhead(bench, n, proposal, abort.signal);
        if (refusal === null && session.state.approval?.n === n) {
          abort.signal.throwIfAborted();
          refusal = await approved();
          // The user's own text is not the model's to mend.
          if (refusal !== null && session.state.approval.edited) {
            await commitWaiting(bench, n);
            return refusal.why;
          }
        }
      } catch (error) {
        if (!(error instanceof UnreadableReply)) throw error;
        await withEnvironment(bench, n, async () => keepText(files, attempt, error));
        refusal = error.refusal;
        unread = {
          by: error.by ?? armOf(bench.proposer.info),
          seconds: error.seconds ?? (performance.now() - began) / 1000,
          tokens: error.tokens ?? null,
          ...formOf(error.asked),
          ...spent(energy()),
        };
      } finally {
        energy();
      }
      abort.signal.throwIfAborted();
      if (refusal === null) return null;
      session.append({
        type: 'experiment.rejected',
        n,
        attempt,
        code: refusal.code,
        why: refusal.why,
        ...unread,
      });
      // One repair: a smoke run takes seconds of the GPU, and a model that fails twice rarely gets it right.
      if (refusal.code === 'smoke' && smoked++ > 0) break;
    }
    return refusal?.why ?? 'no proposal';
  } catch (error) {
    throw endOf(controls, error, abort.signal);
  } finally {
    finished();
    bench.lease.modelOver();
  }
}

/** Applies, stages, compares, tries, commits; in approve mode it asks first. @returns null when committed, or asked. */
async function checkStep(
  bench: Bench,
  n: number,
  proposal: Proposal,
  context: ProposalContext,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const { session, workspace } = bench;
  session.phase('checking', n);
  const turned = session.state.experiments[n]!.refusals.some((r) => r.code === 'not-structural');
  const constantsOnly = turned ? null : turnRefusal(context, proposal);
  const { proposer } = proposal.by ?? armOf(bench.proposer.info);
  // A model that is only asked for constants cannot do otherwise.
  const cannot = proposer === 'tuner' || proposal.asked?.form === 'constants';
  if (constantsOnly && !cannot) return constantsOnly;
  const applied = applyEdits(context.surface, proposal.edits, (path) => workspace.onSurface(path));
  if (!applied.ok) return applied.refusal;
  const stagedAt = performance.now();
  const written = context.ground ? await overChampion(bench, context.surface, applied.files) : applied.files;
  const staged = await workspace.stage(session.state.champion.sha, written).catch((error: unknown) => {
    if (error instanceof EditRefused) return refusalOf(error);
    throw error;
  });
  if ('code' in staged) return staged;
  showStaged(bench, n, staged);
  const wrong = await lookAtStaged(
    bench,
    staged,
    signal,
    noveltyRefusal(proposal, comparable(bench, context)),
  );
  if (wrong) return wrong;
  if (session.state.mode === 'approve') {
    await askApproval(bench, n, staged, applied.fuzzy);
    return null;
  }
  const crash = await tryStaged(bench, n, signal);
  if (crash) return crash;
  const sha = await commitStaged(bench, n, staged, `#${n} ${proposal.hypothesis}`, applied.fuzzy);
  // A check or a smoke run is foreign code: after it the files have to be brought back first.
  const { check, smokeMs } = session.state.settings!;
  bench.justStaged = check || smokeMs ? null : { sha, at: stagedAt };
  return null;
}

/** On a fork an idea that failed on the champion's code may be tried again, but not twice on the fork. */
function comparable({ session }: Bench, { ground, history }: ProposalContext) {
  const from = session.state.plateau?.n ?? 0;
  return ground ? history.filter((row) => row.n >= from) : history;
}

const formOf = (asked?: AskedForm) =>
  asked ? { form: asked.form, ...(asked.why === null ? {} : { formWhy: asked.why }) } : {};

function refusalOf(error: EditRefused): Refusal {
  return {
    code: error.code,
    why: error.message,
    feedback: `Your edit of ${error.path} was refused: ${error.message}.`,
  };
}

function keepText(
  files: { prompt: string; reply: string },
  attempt: number,
  text: { prompt: string; reply: string },
): void {
  const head = attempt > 1 ? `\n\n---- attempt ${attempt} ----\n\n` : '';
  appendFileSync(files.prompt, head + text.prompt);
  appendFileSync(files.reply, head + text.reply);
}

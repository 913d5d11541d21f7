import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { applyEdits } from '../propose/apply-edits.ts';
import { type Proposal, type Refusal, UnreadableReply } from '../propose/proposer.ts';
import { maskSecrets } from '../protocol/secrets.ts';
import { runCheck } from '../trial/check.ts';
import { EditRefused } from '../workspace/edit-path.ts';
import { commitStaged, showStaged } from './commit-step.ts';
import { proposalContext } from './context.ts';
import { Interrupted } from './controls.ts';
import { type Bench, withEnvironment } from './step.ts';

/** A first reply and three mended ones. */
const maxAttempts = 4;
/** `check` may take this long, ms. */
const checkTimeoutMs = 30_000;

/**
 * Gets a proposal for experiment `n`, checks it before any GPU time, and commits it.
 * @returns null when committed, or why there is nothing to run.
 * @throws Interrupted
 */
export async function proposeStep(bench: Bench, n: number): Promise<string | null> {
  const { session, controls } = bench;
  session.phase('proposing', n);
  const context = await withEnvironment(bench, n, () =>
    proposalContext(n, session.state, bench.workspace, bench.paths),
  );
  const abort = new AbortController();
  const finished = controls.begin({ n, kind: 'proposing', interrupt: (cause) => abort.abort(cause) });
  try {
    await bench.lease.toModel(abort.signal);
    const io = { signal: abort.signal, pulse: session.pulse };
    const conversation = bench.proposer.open(context, io);
    const files = bench.paths.experiment(n);
    await withEnvironment(bench, n, async () => {
      mkdirSync(files.dir, { recursive: true });
      writeFileSync(files.prompt, '');
      writeFileSync(files.reply, '');
    });
    let refusal: Refusal | null = null;
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      session.phase('proposing', n, attempt > 1 ? `attempt ${attempt}: ${refusal!.why}` : '');
      const told: Refusal | null = refusal;
      try {
        const proposal: Proposal = await withEnvironment(bench, n, () => conversation.next(told));
        await withEnvironment(bench, n, async () => keepText(files, attempt, proposal));
        session.append({
          type: 'experiment.proposed',
          n,
          attempt,
          hypothesis: proposal.hypothesis,
          expect: proposal.expect,
          family: proposal.family,
          constants: proposal.constants,
          seconds: proposal.seconds,
          tokens: proposal.tokens,
        });
        refusal = await withEnvironment(bench, n, () =>
          checkStep(bench, n, proposal, context.surface, abort.signal),
        );
      } catch (error) {
        if (!(error instanceof UnreadableReply)) throw error;
        await withEnvironment(bench, n, async () => keepText(files, attempt, error));
        refusal = error.refusal;
      }
      abort.signal.throwIfAborted();
      if (refusal === null) return null;
      session.append({ type: 'experiment.rejected', n, attempt, code: refusal.code, why: refusal.why });
    }
    return refusal?.why ?? 'no proposal';
  } catch (error) {
    const cause = controls.interruption();
    if (abort.signal.aborted && cause) throw new Interrupted(cause);
    throw error;
  } finally {
    finished();
    bench.lease.modelOver();
  }
}

/** Applies, stages, compares, runs `check`, commits. @returns null when committed. */
async function checkStep(
  bench: Bench,
  n: number,
  proposal: Proposal,
  surface: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const { session, workspace } = bench;
  session.phase('checking', n);
  const applied = applyEdits(surface, proposal.edits, (path) => workspace.onSurface(path));
  if (!applied.ok) return applied.refusal;
  const stagedAt = performance.now();
  const staged = await workspace.stage(session.state.champion.sha, applied.files).catch((error: unknown) => {
    if (error instanceof EditRefused) return refusalOf(error);
    throw error;
  });
  if ('code' in staged) return staged;
  showStaged(bench, n, staged);
  const same = sameTree(bench, staged.tree);
  if (same) return same;
  const check = session.state.settings!.check;
  if (check) {
    const result = await runCheck(
      check,
      workspace.cwd,
      checkTimeoutMs,
      { PAWL_RUN_ID: session.state.cookie },
      signal,
    );
    signal.throwIfAborted();
    if (!result.ok) {
      return {
        code: 'check',
        why: `check failed: ${result.why}`,
        feedback: `The check \`${check}\` failed on your change (${result.why}). Its last lines:\n${maskSecrets(result.tail.join('\n'))}`,
      };
    }
  }
  const sha = await commitStaged(bench, n, staged, `#${n} ${proposal.hypothesis}`, applied.fuzzy);
  // A check is foreign code: after it the files have to be brought back first.
  bench.justStaged = check ? null : { sha, at: stagedAt };
  return null;
}

function refusalOf(error: EditRefused): Refusal {
  return {
    code: error.code,
    why: error.message,
    feedback: `Your edit of ${error.path} was refused: ${error.message}.`,
  };
}

/** Equal trees are equal experiments: running one again would only measure noise. */
function sameTree(bench: Bench, tree: string): Refusal | null {
  const { state } = bench.session;
  const twin = state.experiments.find(
    (e) => e.tree === tree && e.verdict !== null && e.verdict !== 'skipped' && e.verdict !== 'void',
  );
  if (!twin) return null;
  if (twin.n === state.champion.n) {
    return {
      code: 'no-change',
      why: 'the edit changes nothing',
      feedback:
        'After your edit the files are exactly what they were. Propose a change that changes something.',
    };
  }
  const outcome = twin.metric === null ? twin.verdict : `${twin.verdict} (${twin.metric})`;
  return {
    code: 'duplicate',
    why: `the same code as #${twin.n} (${twin.verdict})`,
    feedback: `This gives exactly the code of experiment #${twin.n}, "${twin.hypothesis}", which was ${outcome}. Propose something else.`,
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

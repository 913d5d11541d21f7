import { copyFileSync, existsSync } from 'node:fs';
import type { Experiment } from '../journal/state.ts';
import { constantChanges } from '../propose/constant-changes.ts';
import { mergeTexts } from '../propose/merge-texts.ts';
import { askApproval } from './approve-step.ts';
import { lookAtStaged, runCheckOf } from './check-step.ts';
import { commitStaged, showStaged } from './commit-step.ts';
import { endOf } from './controls.ts';
import { type Bench, withEnvironment } from './step.ts';

/**
 * Makes the changes of earlier experiments once more, on the champion, as experiment `n`: one that the user skipped and
 * wants after all, or near misses on a plateau.
 * @returns null when committed (or put before the user), or why that cannot be done
 * @throws Interrupted
 */
export async function againStep(bench: Bench, n: number, again: readonly number[]): Promise<string | null> {
  const { session, controls, workspace } = bench;
  session.phase('proposing', n, `${again.map((m) => `#${m}`).join(' and ')} again`);
  const earlier = again.map((m) => session.state.experiments[m]!);
  const wished = session.state.experiments[n]!.proposer === 'human';
  const champion = await withEnvironment(bench, n, () => workspace.surface(session.state.champion.sha));
  const files = await withEnvironment(bench, n, () => changesOf(bench, earlier, champion));
  if (typeof files === 'string') return files;
  const { arm } = earlier[0]!;
  const hypothesis = wished ? earlier[0]!.hypothesis : wordsOf(earlier);
  session.append({
    type: 'experiment.proposed',
    n,
    attempt: 1,
    hypothesis,
    expect: earlier.length === 1 ? earlier[0]!.expect : null,
    family: earlier[0]!.family,
    constants: constantChanges(champion, files),
    seconds: 0,
    tokens: null,
    ...(wished || arm.proposer === 'human' ? {} : { by: arm }),
  });
  const abort = new AbortController();
  const finished = controls.begin({ n, kind: 'proposing', interrupt: (cause) => abort.abort(cause) });
  try {
    return await withEnvironment(bench, n, async () => {
      const staged = await workspace.stage(session.state.champion.sha, files);
      showStaged(bench, n, staged);
      copyTexts(bench, earlier, n);
      // What the user wants to run is run; what pawl makes of old parts may be no news, or not fit together.
      const wrong = wished ? null : await lookAtStaged(bench, staged, abort.signal);
      if (wrong) return wrong.why;
      if (!wished && session.state.mode === 'approve') {
        await askApproval(bench, n, staged, false);
        return null;
      }
      const broken = wished ? null : await runCheckOf(bench, abort.signal);
      if (broken) return broken.why;
      const note = wished ? ` (#${again[0]} again)` : '';
      await commitStaged(bench, n, staged, `#${n} ${hypothesis}${note}`, earlier[0]!.fuzzy);
      return null;
    });
  } catch (error) {
    throw endOf(controls, error, abort.signal);
  } finally {
    finished();
  }
}

function wordsOf(earlier: readonly Experiment[]): string {
  const [first] = earlier;
  if (earlier.length === 1) return `${first!.hypothesis} (#${first!.n} again, on another champion)`;
  return `${earlier.map((e) => `#${e.n}`).join(' and ')} together: ${earlier.map((e) => e.hypothesis).join('; ')}`;
}

/** Files of the champion with the earlier changes in them, or why they do not go together. */
async function changesOf(
  { workspace }: Bench,
  earlier: readonly Experiment[],
  champion: ReadonlyMap<string, string>,
): Promise<Map<string, string> | string> {
  const files = new Map<string, string>();
  for (const e of earlier) {
    const before = await workspace.surface(e.parent);
    const after = await workspace.surface(e.sha!);
    for (const path of e.files) {
      const base = before.get(path);
      const theirs = after.get(path);
      const ours = files.get(path) ?? champion.get(path);
      if (theirs === undefined) return `the files of #${e.n} cannot be read any more`;
      if (ours === base || ours === undefined) files.set(path, theirs);
      else if (ours !== theirs) {
        const merged = base === undefined ? null : mergeTexts(base, ours, theirs);
        if (merged === null)
          return `the change of #${e.n} does not fit any more: the same lines of ${path} were changed since`;
        files.set(path, merged);
      }
    }
  }
  return files;
}

/** What was asked and answered then is what there is to show. */
function copyTexts({ paths }: Bench, earlier: readonly Experiment[], n: number): void {
  for (const text of ['prompt', 'reply'] as const) {
    const from = paths.experiment(earlier[0]!.n)[text];
    if (existsSync(from)) copyFileSync(from, paths.experiment(n)[text]);
  }
}

import type { Experiment, RunState } from '../journal/state.ts';
import { predictionSentence } from '../loop/predictions.ts';
import { experimentSeed } from '../loop/seeds.ts';
import type { HistoryRow, ProposalContext } from '../propose/proposer.ts';
import { maskSecrets } from '../protocol/secrets.ts';
import type { Verdict } from '../protocol/words.ts';
import { tailOf } from '../trial/log-tail.ts';
import { readOwnText } from '../workspace/read-own-text.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { groundOf } from './fork-step.ts';
import { panelContext } from './panel-context.ts';
import type { RunPaths } from './paths.ts';

/** A prompt takes less; a file that is larger was named by mistake. Bytes. */
const longestInstructions = 256 * 1024;
/** Lines of a failed trial's log that a proposer sees. */
const failureLines = 30;

/** Everything a proposer is told about experiment `n`. Reads the instructions file afresh, so that the user can edit it while the loop runs. */
export async function proposalContext(
  n: number,
  state: RunState,
  workspace: Workspace,
  paths: RunPaths,
): Promise<ProposalContext> {
  const settings = state.settings!;
  const champion = state.experiments[state.champion.n];
  const ground = groundOf(state, n);
  return {
    n,
    goal: settings.goal,
    // It was there at the start; an editor may be between delete and write. The goal still stands.
    instructions:
      settings.instructions === null
        ? null
        : readOwnText(state.project, settings.instructions, longestInstructions),
    metric: { name: settings.metric.name, direction: settings.metric.direction },
    guards: settings.guards.map(({ name, max, min, worseBy }) => ({
      name,
      max,
      min,
      worseBy,
      now: champion?.trials.findLast((t) => t.outcome === 'ok')?.metrics[name] ?? null,
    })),
    budgetMs: settings.budgetMs,
    command: settings.evaluate ? `${settings.command} && ${settings.evaluate}` : settings.command,
    surface: await workspace.surface(ground.sha),
    champion: { n: state.champion.n, metric: champion?.metric ?? null },
    ground:
      ground.n === state.champion.n ? null : { n: ground.n, metric: state.experiments[ground.n]!.metric },
    turn: state.plateau?.turn ?? 'usual',
    history: historyOf(state),
    lastFailure: await lastFailure(state, paths),
    notes: state.notes.filter((note) => !note.withdrawn && (note.sticky || note.usedBy === n)),
    predictions: predictionSentence(state),
    replies: state.experiments.flatMap((e) => e.replies),
    ...(settings.panel ? { panel: panelContext(state, settings.panel) } : {}),
    ...(state.experiments[n] ? { by: state.experiments[n].arm } : {}),
    seed: experimentSeed(state.seed, n),
  };
}

/** The decided experiments, which are rows as they are: of thousands nothing is made anew for each proposal. */
function historyOf(state: RunState): HistoryRow[] {
  const history: HistoryRow[] = [];
  for (const e of state.experiments)
    if (isDecided(e) && e.verdict !== 'void') history.push(e.n === 0 ? { ...e, hypothesis: 'baseline' } : e);
  return history;
}

function isDecided(e: Experiment): e is Experiment & { verdict: Verdict } {
  return e.verdict !== null;
}

/** The last decided experiment's log tail, when it crashed: old failures are history, not news. */
async function lastFailure(state: RunState, paths: RunPaths): Promise<ProposalContext['lastFailure']> {
  const last = state.experiments.findLast((e) => e.verdict !== null && e.n > 0);
  if (!last || (last.verdict !== 'crashed' && last.verdict !== 'timed-out')) return null;
  const k = last.trials.at(-1)?.k ?? 0;
  const tail = await tailOf(paths.experiment(last.n).log(k), failureLines);
  return { n: last.n, hypothesis: last.hypothesis, tail: maskSecrets(tail.join('\n')) };
}

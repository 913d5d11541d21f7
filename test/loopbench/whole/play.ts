import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunState } from '../../../src/journal/state.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import { type Night, openNight } from '../../e2e/night.ts';
import { stateIn, until } from '../../e2e/run-pawl.ts';
import type { ChatBody } from '../../harness/fake-ollama/script.ts';
import { edits, replyTo } from './edits.ts';

// LoopBench's second level: the whole app on a toy whose truth is known, with a model that replays recorded edits.

const toy = (name: string) => fileURLToPath(new URL(`./toy/${name}`, import.meta.url));

export interface Whole {
  state: RunState;
  events: JournalEvent[];
  /** What git says of the user's checkout, and of worktrees that are left. */
  status: string;
  worktrees: string;
  code: number | null;
  stderr: string;
  /** True log gain of the end over the start, and of each kept experiment over what it stood on. */
  truth: number;
  gains: Map<number, number>;
  /** Verified log gain and its standard error. */
  claim: { gain: number; error: number } | null;
}

/** Two-sided 95 % point of Student's t with 8 degrees of freedom: five pairs. */
const t975 = 2.306;

/**
 * Plays one night of forty edits.
 * @param killIn the engine is killed in the trial of this experiment, and the run resumed
 */
export async function playWhole(seed: number, killIn: number | null = null): Promise<Whole> {
  const night = await openNight({
    script: answer,
    project: {
      files: {
        'params.json': readFileSync(toy('params.json'), 'utf8'),
        'measure.mjs': readFileSync(toy('measure.mjs'), 'utf8'),
      },
      settings: {
        surface: ['params.json'],
        command: 'node measure.mjs && while [ -e "$STAY/$PAWL_EXPERIMENT" ]; do sleep 0.02; done',
        metric: { name: 'loss', direction: 'minimize' },
        early_stop: 'auto',
        verify: 5,
      },
    },
  });
  try {
    const run = ['--experiments', String(edits.length), '--seed', String(seed)];
    let ran = night.run('run', '--headless', ...run);
    if (killIn !== null) {
      night.stay(killIn);
      const begun = () => night.events().some((e) => e.type === 'trial.started' && e.n === killIn);
      // Half a night, which a busy machine may take minutes for.
      await until(`the trial of #${killIn}`, begun, 240_000);
      await night.killEngine();
      night.letGo(killIn);
      await ran;
      ran = night.run('resume', '--headless');
    }
    const { code, stdout, stderr } = await ran;
    if (night.events().length === 0) throw new Error(`the run never began: exit ${code}\n${stderr}${stdout}`);
    return { ...summary(night), code, stderr };
  } finally {
    await night.end();
  }
}

/** The recorded reply to the experiment and attempt that a question is about. */
function answer({ messages = [] }: ChatBody): string {
  const asked = messages.filter((m) => m.role === 'user');
  const n = Number(/Experiment #(\d+)\n(?![\s\S]*Experiment #\d+\n)/.exec(asked[0]?.content ?? '')?.[1]);
  return replyTo(n, asked.length, asked[0]?.content ?? '');
}

function summary(night: Night): Omit<Whole, 'code' | 'stderr'> {
  const { project } = night;
  const state = stateIn(project.directory);
  const heights = new Map<string, number>();
  const heightOf = (sha: string): number => {
    const known = heights.get(sha) ?? truthOf(project.git('show', `${sha}:params.json`));
    heights.set(sha, known);
    return known;
  };
  const claimed = state.verified?.claim ?? null;
  const log = (share: number) => -Math.log(1 - share);
  return {
    state,
    events: night.events(),
    status: project.git('status', '--porcelain=v1'),
    worktrees: project.git('worktree', 'list', '--porcelain'),
    truth: heightOf(state.base) - heightOf(state.champion.sha),
    gains: new Map(keptOf(state).map(({ n, sha, parent }) => [n, heightOf(parent) - heightOf(sha!)])),
    claim: claimed && {
      gain: log(claimed.gain),
      error: (log(claimed.high) - log(claimed.low)) / 2 / t975,
    },
  };
}

/** The experiments that are kept at the end. */
export const keptOf = (state: RunState) => state.experiments.filter((e) => e.n > 0 && e.verdict === 'kept');

/** The height of the hidden bowl at these knobs, asked of the toy itself. */
function truthOf(params: string): number {
  const dir = mkdtempSync(join(tmpdir(), 'pawl-truth-'));
  try {
    writeFileSync(join(dir, 'params.json'), params);
    const env = { ...process.env, PAWL_SEED: 'none' };
    return Number(
      execFileSync(process.execPath, [toy('measure.mjs')], { cwd: dir, env })
        .toString()
        .slice(6),
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
}

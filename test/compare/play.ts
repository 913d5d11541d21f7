import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunState } from '../../src/journal/state.ts';
import { runFolder, runPawl, stateIn } from '../e2e/run-pawl.ts';
import { startFakeOllama } from '../harness/fake-ollama/start-fake-ollama.ts';
import { createTemporaryProject } from '../harness/temporary-project.ts';
import { withWorkClock } from '../loopbench/curves/record.ts';
import { scriptedModel } from './scripted-model.ts';

// One run of tiny-lm: the real engine, real trainings, for a time box of the wall clock; then start and end again, by
// turns, on seeds that nothing was chosen by.

export const arms = {
  tuner: { proposer: 'tuner' },
  model: { proposer: 'ollama' },
  hybrid: { proposer: 'hybrid' },
  'greedy tuner': { proposer: 'tuner', strictness: 'greedy', plateau: 'off' },
} as const satisfies Record<string, Record<string, unknown>>;
export type ArmName = keyof typeof arms;

export interface CompareOptions {
  /** Wall clock of the search, s. */
  searchSeconds: number;
  /** Time box of one training, s. */
  budgetSeconds: number;
  /** Pairs of runs that measure start and end again. */
  pairs: number;
  /** What one answer of the scripted model takes, ms. */
  latencyMs: number;
  /** True: trainings count work instead of time, so that a busy machine makes them longer but no worse. */
  workClock: boolean;
  /** Where journals are left; null = nowhere. */
  keep: string | null;
}

const sample = fileURLToPath(new URL('../../sample-projects/tiny-lm/', import.meta.url));

/** Plays one arm with one seed. @throws Error with the output when the run failed */
export async function playArm(arm: ArmName, seed: number, options: CompareOptions): Promise<RunState> {
  const files = Object.fromEntries(
    readdirSync(sample)
      .filter((name) => /\.(mjs|md)$/.test(name))
      .map((name) => [name, readFileSync(join(sample, name), 'utf8')]),
  );
  if (options.workClock) {
    files['train.mjs'] = withWorkClock(files['train.mjs']!);
    // It refuses trainings that overran the time box; on a busy machine these do.
    files['prepare.mjs'] = files['prepare.mjs']!.replace('(now() - loaded) / 1000 >', '0 >');
  }
  const ollama = await startFakeOllama({
    models: [{ name: 'scripted:7b' }],
    script: scriptedModel(seed, options.latencyMs),
  });
  const project = createTemporaryProject({
    files,
    env: { OLLAMA_HOST: ollama.url },
    settings: {
      goal: 'Lower the validation bits per byte of a byte-level language model.',
      surface: ['train.mjs'],
      check: 'node --check train.mjs',
      budget: `${options.budgetSeconds}s`,
      timeout: `${4 * options.budgetSeconds + 15}s`,
      metric: { name: 'val_bpb', direction: 'minimize', floor: 0.462, jumps: 'trust' },
      verify: options.pairs,
      early_stop: 'auto',
      // Two runs side by side see each other as other programs.
      contaminated: 'count',
      ...arms[arm],
    },
  });
  try {
    const ran = await runPawl(
      project,
      ...['run', '--headless', '--after', `${options.searchSeconds}s`, '--seed', String(seed)],
    );
    if (ran.code !== 0) throw new Error(`${arm}, seed ${seed}: exit ${ran.code}\n${ran.stderr}${ran.stdout}`);
    if (options.keep !== null) {
      const to = join(options.keep, `${arm.replace(' ', '-')}-${seed}`);
      mkdirSync(to, { recursive: true });
      cpSync(join(runFolder(project.directory), 'journal.jsonl'), join(to, 'journal.jsonl'));
    }
    return stateIn(project.directory);
  } finally {
    await ollama.close();
    project.remove();
  }
}

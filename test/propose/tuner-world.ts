import { findConstants, setConstant } from '../../src/propose/constants.ts';
import type { HistoryRow, Proposal, ProposalContext, Proposer } from '../../src/propose/proposer.ts';

// Made-up training scripts: constants in a text, an objective over them, and the verdicts an honest loop would give.

export interface World {
  text: string;
  /** Higher is better; null = it crashes. */
  score(values: Record<string, number>): number | null;
  /** Standard deviation of one run. */
  noise: number;
}

export const io = { signal: new AbortController().signal, pulse: () => {} };

export function valuesOf(text: string): Record<string, number> {
  return Object.fromEntries(findConstants(text, 'train.py').map((c) => [c.name, c.value]));
}

export function context(text: string, history: readonly HistoryRow[], seed = 1): ProposalContext {
  return {
    n: history.length + 1,
    goal: '',
    instructions: null,
    metric: { name: 'loss', direction: 'minimize' },
    budgetMs: 1000,
    command: 'true',
    surface: new Map([['train.py', text]]),
    champion: { n: 0, metric: null },
    history,
    lastFailure: null,
    notes: [],
    seed: (seed * 7919 + history.length * 104729) | 0,
  };
}

export function applied(text: string, proposal: Proposal): string {
  let after = text;
  for (const edit of proposal.edits) {
    if (edit.kind !== 'constant') throw new Error('not a constant');
    const result = setConstant(after, edit.name, edit.value, 'train.py');
    if (!result.ok) throw new Error(result.why);
    after = result.text;
  }
  return after;
}

export interface Night {
  text: string;
  history: HistoryRow[];
  /** True gain of the champion over the start. */
  gain: number;
  seen: string[];
}

/** `rounds` experiments with one confirmation each where the first run looks better. */
export async function night(
  world: World,
  propose: (text: string, history: HistoryRow[]) => Promise<Proposal>,
  rounds: number,
  normal: () => number,
): Promise<Night> {
  let { text } = world;
  const history: HistoryRow[] = [];
  const seen: string[] = [text];
  const start = world.score(valuesOf(text))!;
  let level = start;
  for (let n = 1; n <= rounds; n++) {
    const proposal = await propose(text, history);
    const candidate = applied(text, proposal);
    const score = world.score(valuesOf(candidate));
    seen.push(candidate);
    const count = proposal.constants.length;
    const row: HistoryRow = {
      n,
      hypothesis: proposal.hypothesis,
      family: proposal.family,
      proposer: 'tuner',
      verdict: 'crashed',
      z: null,
      gain: null,
      metric: null,
      constants: proposal.constants,
      why: '',
      added: count,
      removed: count,
    };
    if (score !== null) {
      const runs = [score + world.noise * normal()];
      if (runs[0]! > level + 0.5 * world.noise) runs.push(score + world.noise * normal());
      const gain = runs.reduce((a, b) => a + b) / runs.length - level;
      const se = Math.max(world.noise, 1e-6) * Math.sqrt(1 / runs.length + 1 / 3);
      row.gain = gain;
      row.z = Math.max(-99, Math.min(99, gain / se));
      row.metric = -(level + gain);
      row.verdict = row.z > 0.7 ? 'kept' : 'discarded';
      if (row.verdict === 'kept') {
        text = candidate;
        level += gain * (1 - 1 / (1 + row.z ** 2));
      }
    }
    history.push(row);
  }
  return { text, history, gain: world.score(valuesOf(text))! - start, seen };
}

export function asker(proposer: Proposer, seed: number) {
  return (text: string, history: HistoryRow[]) => proposer.open(context(text, history, seed), io).next(null);
}

/** Random search as most people do it: one to three constants anywhere within a factor of eight. */
export function randomAsker(uniform: () => number) {
  return async (text: string): Promise<Proposal> => {
    const all = findConstants(text, 'train.py');
    const count = 1 + Math.floor(uniform() * 3);
    const constants: Proposal['constants'] = [];
    for (let i = 0; i < count; i++) {
      const c = all[Math.floor(uniform() * all.length)]!;
      if (constants.some((x) => x.name === c.name)) continue;
      let to = c.value * 8 ** (uniform() * 2 - 1);
      if (c.integer) to = Math.max(1, Math.round(to));
      else if (c.value < 1 && c.value >= 0.9) to = 1 - (1 - c.value) * 8 ** (uniform() * 2 - 1);
      constants.push({ path: 'train.py', name: c.name, from: c.value, to: Number(to.toPrecision(4)) });
    }
    return {
      hypothesis: '',
      expect: null,
      family: null,
      edits: constants.map((c) => ({ kind: 'constant', path: c.path, name: c.name, value: String(c.to) })),
      constants,
      prompt: '',
      reply: '',
      seconds: 0,
      tokens: null,
    };
  };
}

const log = Math.log2;
const text = `# a model
LEARNING_RATE = 0.001
WEIGHT_DECAY = 0.1
BETA2 = 0.95
WARMUP = 0.02
DEPTH = 4
WIDTH = 64   # multiple of 8
BATCH_SIZE = 2**9
INIT_SCALE = 1.0
DROPOUT = 0.0
`;

/** Squares around a hidden optimum in log space, two interactions, and more that does nothing. */
export function bowl(noise: number, over: Partial<World> = {}): World {
  return {
    text,
    noise,
    score(v) {
      const d = {
        lr: log(v.LEARNING_RATE! / 0.006),
        wd: log(v.WEIGHT_DECAY! / 0.03),
        b: log((1 - v.BETA2!) / 0.01),
        depth: log(v.DEPTH! / 7),
        width: log(v.WIDTH! / 160),
        batch: log(v.BATCH_SIZE! / 128),
        init: log(v.INIT_SCALE! / 0.6),
      };
      return -(
        0.02 * d.lr ** 2 +
        0.004 * d.wd ** 2 +
        0.004 * d.b ** 2 +
        0.01 * d.depth ** 2 +
        0.008 * d.width ** 2 +
        0.008 * d.batch ** 2 +
        0.004 * d.init ** 2 +
        0.008 * d.lr * d.batch +
        0.006 * d.depth * d.width
      );
    },
    ...over,
  };
}

/** As `bowl`, but a large rate diverges, more so when deep, and wide models run out of memory. */
export function cliffs(noise: number): World {
  const inside = bowl(noise);
  return {
    ...inside,
    score(v) {
      if (v.LEARNING_RATE! * v.DEPTH! > 0.06) return null;
      if (v.WIDTH! * v.BATCH_SIZE! > 64 * 512 * 2) return null;
      return inside.score(v);
    },
  };
}

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

type Predict = (history: Uint8Array, probabilities: Float64Array) => void;
type State = { at: string };
type Option = [text: string, probability: number, changes: Partial<State>];
interface Prepare {
  trainBytes: Uint8Array;
  FLOOR_BPB: number;
  evaluate(predict: Predict): number;
}
interface Source {
  START: State;
  optionsOf(state: State): Option[];
  write(bytes: number, seed: number): { text: string; bits: number };
}
interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

const project = new URL('../../sample-projects/tiny-lm/', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'tiny-lm-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let prepare: Prepare;
let source: Source;
beforeAll(async () => {
  prepare = (await import(new URL('prepare.mjs', project).href)) as Prepare;
  source = (await import(new URL('source.mjs', project).href)) as Source;
});

function node(args: string[], { seconds = 0.5, seed = 1, cwd = project as URL | string } = {}): Promise<Ran> {
  const env = { ...process.env, PAWL_BUDGET_SECONDS: String(seconds), PAWL_SEED: String(seed) };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/**
 * The probability of the next byte under the source, by keeping every way in which the text so far could have been
 * written. It knows nothing of how the corpus' own figure is added up, so the two check each other.
 */
function beliefs() {
  type Belief = { text: string; offset: number; next: State; weight: number };
  const expand = (state: State, weight: number): Belief[] =>
    source.optionsOf(state).map(([text, p, changes]) => ({
      text,
      offset: 0,
      next: { ...state, ...changes },
      weight: weight * p,
    }));
  let held = expand(source.START, 1);
  return {
    fill(probabilities: Float64Array) {
      for (const { text, offset, weight } of held) {
        const byte = text.charCodeAt(offset);
        probabilities[byte] = probabilities[byte]! + weight;
      }
    },
    see(byte: number) {
      const agreeing = held.filter(({ text, offset }) => text.charCodeAt(offset) === byte);
      const total = agreeing.reduce((sum, { weight }) => sum + weight, 0);
      held = agreeing.flatMap((belief) => {
        const weight = belief.weight / total;
        const offset = belief.offset + 1;
        return offset < belief.text.length ? [{ ...belief, offset, weight }] : expand(belief.next, weight);
      });
    },
  };
}

/** A predictor that knows the source: the best that there is. */
function perfect(): Predict {
  const belief = beliefs();
  return (history, probabilities) => {
    if (history.length > 0) belief.see(history[history.length - 1]!);
    belief.fill(probabilities);
  };
}

const uniform: Predict = (_, probabilities) => void probabilities.fill(1 / 256);

describe('the corpus', () => {
  it('is the same in every process', async () => {
    const [first, second] = await Promise.all([
      node(['prepare.mjs', '--val']),
      node(['prepare.mjs', '--val']),
    ]);
    expect(first.stdout.length).toBeGreaterThan(10_000);
    expect(second.stdout).toBe(first.stdout);
    expect(source.write(5_000, 2).text).toBe(first.stdout.slice(0, source.write(5_000, 2).text.length));
    expect(source.write(5_000, 3).text).not.toBe(source.write(5_000, 2).text);
  });

  it('comes from choices whose probabilities sum to one, and that differ in what they write', () => {
    let state = source.START;
    for (let i = 0; i < 500; i++) {
      const options = source.optionsOf(state);
      expect(options.reduce((sum, [, p]) => sum + p, 0)).toBeCloseTo(1, 12);
      expect(new Set(options.map(([text]) => text)).size).toBe(options.length);
      state = { ...state, ...options[i % options.length]![2] };
    }
  });

  it('costs the same bits when an observer who knows only the source reads it byte by byte', () => {
    const { text, bits } = source.write(20_000, 7);
    const belief = beliefs();
    let read = 0;
    for (const char of text) {
      const probabilities = new Float64Array(256);
      belief.fill(probabilities);
      read -= Math.log2(probabilities[char.charCodeAt(0)]!);
      belief.see(char.charCodeAt(0));
    }
    expect(read).toBeCloseTo(bits, 6);
  });

  it('keeps the validation text out of the training text', async () => {
    const { stdout } = await node(['prepare.mjs', '--val']);
    const train = Buffer.from(prepare.trainBytes).toString('latin1');
    const paragraphs = stdout.split('\n').filter((paragraph) => paragraph.length > 150);
    expect(paragraphs.length).toBeGreaterThan(20);
    for (const paragraph of paragraphs) expect(train).not.toContain(paragraph);
  });
});

describe('the evaluation', () => {
  it('gives a model without knowledge 8 bits, and one that knows the source exactly the floor', () => {
    expect(prepare.evaluate(uniform)).toBeCloseTo(8, 10);
    expect(prepare.evaluate(perfect())).toBeCloseTo(prepare.FLOOR_BPB, 8);
  });

  it('prints the floor', async () => {
    const { stdout } = await node(['prepare.mjs']);
    expect(Number(stdout.match(/^floor_bpb:\s+([\d.]+)$/m)?.[1])).toBeCloseTo(prepare.FLOOR_BPB, 5);
  });

  it.each<[string, Predict, RegExp]>([
    ['sums above one', (_, p) => void p.fill(1 / 128), /sum to 2/],
    ['sums below one', (_, p) => void p.fill(1 / 512), /sum to 0.5/],
    ['certainty about everything', (_, p) => void p.fill(1), /sum to 256/],
    ['log-probabilities', (_, p) => void p.fill(-8), /not a probability/],
    ['not a number', (_, p) => void p.fill(Number.NaN), /not a probability/],
    ['infinity', (_, p) => void p.fill(Number.POSITIVE_INFINITY), /not a probability/],
    ['negative mass that pays for a sum of one', (_, p) => void p.fill(0).set([-1, 2]), /not a probability/],
    ['nothing', () => undefined, /sum to 0/],
    ['no chance for the byte that came', (_, p) => void p.fill(0).set([1]), /probability of 0/],
    ['an answer that comes later', (_, p) => Promise.resolve().then(() => void p.fill(1 / 256)), /sum to 0/],
  ])('refuses %s', (_, predict, reason) => {
    expect(() => prepare.evaluate(predict)).toThrow(reason);
  });

  it('shows the past and nothing of the future, not even through the buffer', () => {
    let longest = 0;
    prepare.evaluate((history, probabilities) => {
      expect(history.length).toBe(longest++);
      if (history.length % 1000 === 0) {
        expect(new Uint8Array(history.buffer).subarray(history.length).every((byte) => byte === 0)).toBe(
          true,
        );
      }
      probabilities.fill(1 / 256);
    });
  });

  it('is not moved by a model that writes into the history', () => {
    const scribbling: Predict = (history, probabilities) => {
      history.fill(255);
      uniform(history, probabilities);
    };
    expect(prepare.evaluate(scribbling)).toBeCloseTo(8, 10);
  });

  it('notices a predictor that knows the answers', async () => {
    const answers = Buffer.from((await node(['prepare.mjs', '--val'])).stdout, 'latin1');
    const oracle: Predict = (history, probabilities) => {
      probabilities[answers[history.length]!] = 1;
    };
    expect(() => prepare.evaluate(oracle)).toThrow(/better than the true source/);
  });

  it('measures with the functions it was loaded with', () => {
    const { log2, abs } = Math;
    try {
      Math.log2 = () => 0;
      Math.abs = () => 0;
      expect(prepare.evaluate(uniform)).toBeCloseTo(8, 10);
      expect(() => prepare.evaluate((_, p) => void p.fill(1))).toThrow(/sum to/);
    } finally {
      Object.assign(Math, { log2, abs });
    }
  });

  it('refuses a training that does not end by the clock', async () => {
    const script = `let t = 0; performance.now = () => t;
      const { evaluate } = await import('./prepare.mjs');
      t = 60_000;
      evaluate((history, p) => p.fill(1 / 256));`;
    const { code, stderr } = await node(['--input-type=module', '--eval', script]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/overran its time box of 0.5 s/);
  });
});

describe('the training', () => {
  it('learns within its time box and reports as autoresearch does', async () => {
    const { code, stdout } = await node(['train.mjs'], { seconds: 1 });
    expect(code).toBe(0);
    const [live, summary] = stdout.split('\n---\n') as [string, string];

    const steps = live
      .slice(live.indexOf('\n') + 1)
      .split('\r')
      .filter(Boolean);
    expect(steps.length).toBeGreaterThanOrEqual(3);
    expect(steps.length).toBeLessThanOrEqual(12);
    const shape =
      /^step (\d{5,}) \((\d+\.\d)%\) \| loss: (\d+\.\d{6}) \| lr: [\d.]+ \| dt: [\d.]+ms \| bytes\/sec: [\d,]+ \| remaining: \d+s$/;
    const losses = steps.map((line) => {
      expect(line).toMatch(shape);
      return Number(line.match(shape)![3]);
    });
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(steps.at(-1)).toContain('(100.0%)');

    const lines = summary.trimEnd().split('\n');
    const names = ['val_bpb', 'training_seconds', 'total_seconds', 'peak_rss_mb', 'num_steps', 'num_params'];
    const values = Object.fromEntries(
      names.map((name, i) => {
        expect(lines[i]!.startsWith(`${name}:`.padEnd(18))).toBe(true);
        return [name, Number(lines[i]!.slice(18))];
      }),
    );
    expect(lines.at(-1)).toBe(`METRIC val_bpb=${lines[0]!.slice(18)}`);
    expect(lines).toHaveLength(names.length + 1);
    expect(values.val_bpb).toBeGreaterThan(prepare.FLOOR_BPB);
    expect(values.val_bpb).toBeLessThan(4);
    expect(values.training_seconds).toBeGreaterThanOrEqual(1);
    expect(values.peak_rss_mb).toBeLessThan(200);
    expect(values.num_params).toBeGreaterThan(1000);
  });

  it.each([
    ['explodes', 'LEARNING_RATE', '1e6'],
    ['is no number', 'INIT_SCALE', 'Number.NaN'],
  ])('prints FAIL and exits with 1 when the loss %s', async (_, name, value) => {
    const cwd = join(folder, name);
    cpSync(project, cwd, { recursive: true });
    const script = readFileSync(join(cwd, 'train.mjs'), 'utf8');
    const broken = script.replace(new RegExp(`^const ${name} = [^;]+;`, 'm'), `const ${name} = ${value};`);
    expect(broken).not.toBe(script);
    writeFileSync(join(cwd, 'train.mjs'), broken);
    const { code, stdout } = await node(['train.mjs'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAIL$/m);
    expect(stdout).not.toContain('METRIC');
  });

  it('keeps its constants one per line, where a tuner finds them', () => {
    const script = readFileSync(new URL('train.mjs', project), 'utf8');
    const constants = [...script.matchAll(/^const ([A-Z][A-Z0-9_]*) = -?[\d.]+; \/\/ \S/gm)].map(
      ([, name]) => name,
    );
    expect(constants).toEqual(
      expect.arrayContaining(['CONTEXT', 'EMBED', 'HIDDEN', 'BATCH', 'LEARNING_RATE', 'WEIGHT_DECAY']),
    );
    expect(constants.length).toBeGreaterThanOrEqual(10);
  });
});

describe('pawl.yaml', () => {
  it('names what is there', async () => {
    const config = parse(readFileSync(new URL('pawl.yaml', project), 'utf8')) as Record<string, unknown>;
    expect(config).toEqual({
      goal: expect.any(String),
      instructions: 'program.md',
      surface: ['train.mjs'],
      command: 'node train.mjs',
      check: 'node --check train.mjs',
      budget: '5s',
      timeout: '20s',
      metric: { name: 'val_bpb', direction: 'minimize', floor: 0.462 },
    });
    expect((await node(['--check', 'train.mjs'])).code).toBe(0);
    expect(readFileSync(new URL('program.md', project), 'utf8')).toContain('val_bpb');
  });
});

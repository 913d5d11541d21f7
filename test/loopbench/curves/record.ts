// Records training curves of the tiny-lm sample with one constant changed at a time, to see on real trainings what early
// stop would end and whether it would be right:
//   node test/loopbench/curves/record.ts FILE.json [seconds for this sitting]
// Its clock is a count of work, not of time: the same curves come out on a busy machine. Goes on where it was stopped.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseSettings } from '../../../src/config/load-config.ts';
import { createCurveParser } from '../../../src/trial/curve.ts';
import { LineSplitter } from '../../../src/trial/lines.ts';
import { createMetricParser } from '../../../src/trial/metrics.ts';

export interface RecordedRun {
  /** `NAME=value`, several joined by a blank; empty = the champion as it is. */
  change: string;
  seed: number;
  metric: number | null;
  /** Share of the trial in percent, and the live loss. */
  curve: [number, number][];
}
export interface Recording {
  /** What the champion of this recording has instead of the sample's own constants. */
  champion: string;
  runs: RecordedRun[];
}

const budgetSeconds = 4;
const sample = fileURLToPath(new URL('../../../sample-projects/tiny-lm/', import.meta.url));
const champions = ['', 'LEARNING_RATE=0.03 FINAL_RATE=0.02 BATCH=32'];
const values: Record<string, number[]> = {
  LEARNING_RATE: [0.33, 0.5, 0.67, 1.5, 2, 3],
  WARMUP: [0.01, 0.05, 0.2, 0.4],
  FINAL_RATE: [0.01, 0.05, 0.3, 1],
  BETA1: [0.8, 0.95],
  BETA2: [0.95, 0.98, 0.999],
  WEIGHT_DECAY: [0.01, 0.3, 1],
  INIT_SCALE: [0.5, 1.5, 2],
  GRAD_CLIP: [0.3, 3],
  HIDDEN: [24, 32, 64, 96],
  EMBED: [4, 12, 16],
  CONTEXT: [3, 5, 6],
  BATCH: [16, 32, 48, 96, 128],
};

function changesOn(champion: string): string[] {
  const own = Object.fromEntries(
    champion
      .split(' ')
      .filter(Boolean)
      .map((s) => s.split('=') as [string, string]),
  );
  return Object.entries(values).flatMap(([name, list]) =>
    list
      // The rate is stepped from where the champion has it.
      .map((v) => (name === 'LEARNING_RATE' ? Number((v * Number(own[name] ?? 0.015)).toPrecision(3)) : v))
      .filter((v) => String(v) !== own[name])
      .map((v) => `${name}=${v}`),
  );
}

function plan(champion: string): { change: string; seed: number }[] {
  const seeds = (change: string, ...list: number[]) => list.map((seed) => ({ change, seed }));
  return [...seeds('', 1, 2, 3, 4, 5, 6), ...changesOn(champion).flatMap((change) => seeds(change, 1, 2))];
}

/** The sample's train.mjs with a clock that counts work: it learns as much on a busy machine as on an idle one. */
export function withWorkClock(code: string): string {
  // Milliseconds of a step on an idle core, fitted to timings of five sizes.
  const cost = '(BATCH * (0.0064 + 1.73e-6 * (INPUTS * HIDDEN + HIDDEN * VOCAB))) / 1000';
  return code.replace('elapsed = (performance.now() - begun) / 1000;', `elapsed = step * ${cost};`);
}

async function train(dir: string, constants: string, seed: number): Promise<Omit<RecordedRun, 'change'>> {
  let code = readFileSync(join(dir, 'train.mjs'), 'utf8');
  for (const [name, value] of constants
    .split(' ')
    .filter(Boolean)
    .map((s) => s.split('=')))
    code = code.replace(new RegExp(`const ${name} = [^;]*;`), `const ${name} = ${value};`);
  code = withWorkClock(code);
  const file = join(dir, `run-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(file, code);
  const env = { ...process.env, PAWL_BUDGET_SECONDS: String(budgetSeconds), PAWL_SEED: String(seed) };
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env }).catch(
    (error: { stdout: string }) => error,
  );
  rmSync(file);
  const settings = parseSettings('command: x\nsurface: train.mjs\nmetric: val_bpb\n');
  const [curve, metrics] = [createCurveParser('auto', 'val_bpb'), createMetricParser(settings.metric)];
  const lines = new LineSplitter();
  const segments = [...lines.push(Buffer.from(stdout)), ...lines.end()];
  curve.push(segments, 0);
  metrics.push(segments);
  return {
    seed,
    metric: metrics.result().metric,
    curve: curve
      .result()
      .points.map((p) => [Math.round(1000 * p.fraction!) / 10, Number(p.value.toPrecision(5))]),
  };
}

const [file, seconds = '120'] = process.argv.slice(2);
if (process.argv[1] === fileURLToPath(import.meta.url) && file) {
  os.setPriority(19);
  const until = Date.now() + 1000 * Number(seconds);
  const recordings: Recording[] = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : champions.map((champion) => ({ champion, runs: [] }));
  const dir = mkdtempSync(join(os.tmpdir(), 'curves-'));
  cpSync(sample, dir, { recursive: true });
  // It refuses trainings that overran the time box; on a busy machine these do.
  const prepare = join(dir, 'prepare.mjs');
  writeFileSync(prepare, readFileSync(prepare, 'utf8').replace('(now() - loaded) / 1000 >', '0 >'));
  const todo = recordings.flatMap((recording) =>
    plan(recording.champion)
      .filter(({ change, seed }) => !recording.runs.some((r) => r.change === change && r.seed === seed))
      .map((run) => ({ recording, ...run })),
  );
  const worker = async () => {
    while (Date.now() < until && todo.length > 0) {
      const { recording, change, seed } = todo.shift()!;
      const run = await train(dir, `${recording.champion} ${change}`, seed);
      recording.runs.push({ change, ...run });
    }
  };
  await Promise.all([worker(), worker()]);
  rmSync(dir, { recursive: true });
  for (const { runs } of recordings)
    runs.sort((a, b) => (a.change < b.change ? -1 : a.change > b.change ? 1 : a.seed - b.seed));
  writeFileSync(file, `${JSON.stringify(recordings).replaceAll('{"change"', '\n{"change"')}\n`);
  console.log(`${todo.length} runs are left`);
}

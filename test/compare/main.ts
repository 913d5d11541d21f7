import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Figures, figuresOf, type Interval, intervalOf } from './figures.ts';
import { type ArmName, arms, type CompareOptions, playArm } from './play.ts';

// npm run compare -- --seeds 5 --minutes 1 [--budget 1] [--pairs 5] [--latency 100] [--arms tuner,model] [--clock work] [--out DIR]
// tiny-lm, equal wall clock for each arm. Two runs side by side: each training takes one core. Needs a quiet machine; with
// `--clock work` a busy one makes trainings longer but no worse: fewer experiments, the same truth.

const option = (name: string, fallback: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1]!;
};
const seeds = Number(option('seeds', '5'));
const firstSeed = Number(option('seed', '1'));
const out = option('out', '');
const chosen = option('arms', Object.keys(arms).join(','))
  .split(',')
  .map((name) => {
    if (!(name in arms)) throw new Error(`no arm '${name}'; there are: ${Object.keys(arms).join(', ')}`);
    return name as ArmName;
  });
const budgetSeconds = Number(option('budget', '1'));
const options: CompareOptions = {
  searchSeconds: Math.round(60 * Number(option('minutes', '1'))),
  budgetSeconds,
  pairs: Number(option('pairs', '5')),
  // A tenth of a training, as 20 to 30 s beside one of five minutes.
  latencyMs: Number(option('latency', String(100 * budgetSeconds))),
  workClock: option('clock', 'wall') === 'work',
  keep: out === '' ? null : resolve(out),
};
const atOnce = Number(option('at-once', '2'));

const results = new Map<ArmName, Figures[]>(chosen.map((arm) => [arm, []]));
// Each seed turns the order, so that every arm runs beside every other one, and early as often as late.
const todo = Array.from({ length: seeds }, (_, s) =>
  chosen.map((_arm, i) => ({
    seed: firstSeed + s,
    arm: chosen[(i * (s % 2 === 0 ? 1 : chosen.length - 1) + s) % chosen.length]!,
  })),
).flat();
const began = performance.now();
const elapsed = () => (performance.now() - began) / 60_000;
const failures: string[] = [];
const percent = (log: number | null) => (log === null ? '-' : `${(100 * (1 - Math.exp(-log))).toFixed(1)} %`);

async function worker(): Promise<void> {
  for (let next = todo.shift(); next; next = todo.shift()) {
    const { arm, seed } = next;
    try {
      const played = await playArm(arm, seed, options).catch((error: Error) => {
        console.error(`${error.message}\nonce more`);
        return playArm(arm, seed, options);
      });
      const figures = figuresOf(played, seed);
      results.get(arm)!.push(figures);
      console.error(
        `${elapsed().toFixed(1)} min  ${arm} seed ${seed}: ${percent(figures.gain)} verified, ${figures.kept} of ${figures.experiments} kept, ${figures.ended} ended early`,
      );
    } catch (error) {
      failures.push((error as Error).message);
      console.error((error as Error).message);
    }
  }
}
await Promise.all(Array.from({ length: atOnce }, worker));

const range = (i: Interval | null) =>
  i ? `${percent(i.mean)} (${percent(i.low)} to ${percent(i.high)})` : '-';
const sum = (list: readonly Figures[], of: (f: Figures) => number) => list.reduce((s, f) => s + of(f), 0);

const rows = [...results].map(([arm, list]) => {
  const gains = list.flatMap((f) => (f.gain === null ? [] : [f.gain]));
  const tuner = results.get('tuner') ?? [];
  const paired = list.flatMap((f) => {
    const other = tuner.find((t) => t.seed === f.seed);
    return f.gain === null || other?.gain == null ? [] : [f.gain - other.gain];
  });
  const seconds = sum(list, (f) => f.trained) + sum(list, (f) => f.saved);
  return {
    arm,
    runs: list.length,
    verified: intervalOf(gains),
    logged: intervalOf(list.flatMap((f) => (f.logged === null ? [] : [f.logged]))),
    againstTuner: arm === 'tuner' ? null : intervalOf(paired),
    experiments: sum(list, (f) => f.experiments) / Math.max(1, list.length),
    kept: sum(list, (f) => f.kept) / Math.max(1, list.length),
    savedShare: seconds > 0 ? sum(list, (f) => f.saved) / seconds : 0,
    ended: sum(list, (f) => f.ended),
    audits: sum(list, (f) => f.audits),
    falseKills: sum(list, (f) => f.falseKills),
    gains,
  };
});

console.log(`tiny-lm: ${seeds} seeds, ${options.searchSeconds} s of search each, trainings of ${budgetSeconds} s, ${options.pairs} pairs of fresh runs for each claim, ${atOnce} runs side by side, an answer of the scripted model takes ${options.latencyMs} ms
`);
console.log(
  '| arm | verified gain (95 % over seeds) | against tuner, seed by seed | the log claims | experiments | kept | training time saved by early stop | ended early | audits, of them wrong |\n|---|---|---|---|---|---|---|---|---|',
);
for (const r of rows)
  console.log(
    `| ${r.arm} | ${range(r.verified)} | ${range(r.againstTuner)} | ${percent(r.logged?.mean ?? null)} | ${r.experiments.toFixed(1)} | ${r.kept.toFixed(1)} | ${(100 * r.savedShare).toFixed(0)} % | ${r.ended} | ${r.audits}, ${r.falseKills} |`,
  );
console.log(`\n${elapsed().toFixed(1)} min${failures.length > 0 ? `; ${failures.length} runs failed` : ''}`);
if (options.keep !== null) {
  mkdirSync(options.keep, { recursive: true });
  const detail = Object.fromEntries(results);
  writeFileSync(
    join(options.keep, 'compare.json'),
    `${JSON.stringify({ options, rows, detail, failures }, null, 2)}\n`,
  );
}
process.exit(failures.length > 0 ? 1 : 0);

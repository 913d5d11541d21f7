// What early stop would have done to real trainings, and whether it would have been right:
//   node test/loopbench/curves/study.ts
// The truth of a change is its mean gain over the champion on the same two seeds, each training run to its end.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { judgedFrom, watchForHopeless } from '../../../src/loop/early-stop.ts';
import type { RecordedRun, Recording } from './record.ts';

export interface Study {
  champion: string;
  runs: number;
  ended: number;
  /** Share of all training time that was saved. */
  saved: number;
  /** Ended although truly better, however little. */
  falseKills: { change: string; gain: number; at: number }[];
  /** Standard error of a change's gain, log scale. */
  error: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const asTrial = (run: RecordedRun) => ({
  curve: run.curve.map(([percent, value], i) => ({
    step: i + 1,
    seconds: percent * 0.04,
    value,
    fraction: percent / 100,
  })),
});

/** Judges each recorded run as a first trial against the champion's first three. */
export function study({ champion, runs }: Recording, k = 4): Study {
  const own = runs.filter((r) => r.change === '');
  const score = (r: RecordedRun) => -Math.log(r.metric!);
  const level = mean(own.map(score));
  const sd = Math.sqrt(own.reduce((sum, r) => sum + (score(r) - level) ** 2, 0) / (own.length - 1));
  const tried = runs.filter((r) => r.change !== '');
  const gainOf = (change: string) =>
    mean(
      tried
        .filter((r) => r.change === change)
        .map((r) => score(r) - score(own.find((o) => o.seed === r.seed)!)),
    );
  const first = own.slice(0, 3).map(asTrial);
  const out: Study = { champion, runs: tried.length, ended: 0, saved: 0, falseKills: [], error: sd };
  for (const run of tried) {
    const from = judgedFrom(run.change);
    const watch = watchForHopeless({ champion: first, repeats: [first], budgetMs: 4000, k, from });
    const hopeless = watch.push(asTrial(run).curve);
    if (!hopeless) continue;
    out.ended += 1;
    out.saved += (1 - hopeless.at) / tried.length;
    const gain = gainOf(run.change);
    if (gain > 0) out.falseKills.push({ change: run.change, gain, at: hopeless.at });
  }
  return out;
}

export function recordings(): Recording[] {
  return JSON.parse(readFileSync(new URL('./tiny-lm.json', import.meta.url), 'utf8'));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const recording of recordings())
    for (const k of [3, 4, 6]) {
      const s = study(recording, k);
      const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
      console.log(
        `champion ${s.champion || 'as shipped'}, k ${k}: ${s.ended} of ${s.runs} ended, ${percent(s.saved)} saved, ${s.falseKills.length} truly better (gains are known to ${percent(s.error)}): ${s.falseKills.map((f) => `${f.change} ${percent(f.gain)}`).join(', ') || '-'}`,
      );
    }

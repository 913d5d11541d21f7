// What early stop would have done to real trainings, and whether it would have been right:
//   node test/loopbench/curves/study.ts
// The truth of a change is its mean gain over the champion on the same two seeds, each training run to its end.
// Also with the ideas' trainings slowed down as by other programs: each has done only a share of its work by each moment.
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

/** The machine that the ideas are tried on. */
export interface Machine {
  /** Work done by each moment, as a share of what an idle machine does. */
  speed: number;
  /** Whether the kernel tells how long a trial waited for a core. */
  tells: boolean;
}

const usualConstants = { CONTEXT: 4, EMBED: 8, HIDDEN: 48, BATCH: 64 };
const vocabulary = 29;
/** Seconds of one step: the clock of the recorded runs (record.ts). */
function stepSeconds(constants: string): number {
  const c = { ...usualConstants };
  for (const [name, value] of constants.split(' ').map((s) => s.split('=')))
    if (name! in c) c[name as keyof typeof c] = Number(value);
  return (c.BATCH * (0.0064 + 1.73e-6 * c.HIDDEN * (c.CONTEXT * c.EMBED + vocabulary))) / 1000;
}

/** As a log would have shown it; on a real clock no two trainings make quite the same number of steps. */
function asTrial(run: RecordedRun, champion: string, speed = 1) {
  const cost = stepSeconds(`${champion} ${run.change}`) * (1 + 0.001 * run.seed);
  const curve = run.curve.flatMap(([percent, value]) => {
    const seconds = (0.04 * percent) / speed;
    const step = Math.round((0.04 * percent) / cost);
    return seconds > 4.04 ? [] : [{ step, seconds, value, fraction: Math.min(1, seconds / 4) }];
  });
  return { curve, seconds: 4 };
}

/** Judges each recorded run as a first trial against the champion's first three. */
export function study(
  { champion, runs }: Recording,
  k = 4,
  { speed, tells }: Machine = { speed: 1, tells: true },
): Study {
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
  const first = own
    .slice(0, 3)
    .map((run) => ({ ...asTrial(run, champion), ...(tells ? { waited: 0 } : {}) }));
  const out: Study = { champion, runs: tried.length, ended: 0, saved: 0, falseKills: [], error: sd };
  for (const run of tried) {
    const from = judgedFrom(run.change);
    const waited = () => (tells ? 1 - speed : null);
    const watch = watchForHopeless({ champion: first, repeats: [first], budgetMs: 4000, k, from, waited });
    const hopeless = watch.push(asTrial(run, champion, speed).curve);
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

const machines: [string, Machine][] = [
  ['idle', { speed: 1, tells: true }],
  ['idle, waiting not known', { speed: 1, tells: false }],
  ...[0.8, 0.7, 0.5].flatMap((speed): [string, Machine][] => [
    [`at ${100 * speed} % of the speed`, { speed, tells: true }],
    [`at ${100 * speed} % of the speed, waiting not known`, { speed, tells: false }],
  ]),
];

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const recording of recordings())
    for (const [k, machine] of [
      ...[3, 4, 6].map((k) => [k, machines[0]!] as const),
      ...machines.slice(1).map((m) => [4, m] as const),
    ]) {
      const s = study(recording, k, machine[1]);
      const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
      console.log(
        `champion ${s.champion || 'as shipped'}, ${machine[0]}, k ${k}: ${s.ended} of ${s.runs} ended, ${percent(s.saved)} saved, ${s.falseKills.length} truly better (gains are known to ${percent(s.error)}): ${s.falseKills.map((f) => `${f.change} ${percent(f.gain)}`).join(', ') || '-'}`,
      );
    }

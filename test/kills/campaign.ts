import { type Kill, killAndGoOn, type Outcome, record, type Surprise } from './kill.ts';
import { openSmallRun, type SmallRun } from './small-run.ts';

export interface CampaignOptions {
  /** At least so many kills; every named step is visited first when there is room. */
  kills: number;
  /** Share of the named steps to visit, from 0 to 1: a short campaign takes some of them, others each time. */
  seed: number;
  say(outcome: Outcome): void;
}

export interface Tally {
  kills: number;
  survived: number;
  /** Names of steps that a kill hit. */
  steps: Set<string>;
  named: number;
  lost: number;
  orphans: number;
  changed: number;
  faults: string[];
}

/** Kills a run again and again, at every named step and at random, and counts what did not survive. */
export async function campaign({ kills, seed, say }: CampaignOptions): Promise<Tally> {
  const random = generator(seed);
  const tally: Tally = {
    kills: 0,
    survived: 0,
    steps: new Set(),
    named: 0,
    lost: 0,
    orphans: 0,
    changed: 0,
    faults: [],
  };
  let run = await openSmallRun();
  const first = await record(run, 2);
  const later = await record(run, 2);
  const plans = shuffled([...visits(first, 'new', random), ...visits(later, 'later', random)], random);
  tally.named = new Set([...first, ...later]).size;
  try {
    for (let at = 0; tally.kills < kills; at++) {
      const next = plans[at] ?? { run: 'later' as const, kill: surprise(random) };
      // What happens only once in a run's life needs a run that has not begun.
      const fresh = next.run === 'new' ? await openSmallRun() : run;
      const outcome = await killed(fresh, next.kill);
      count(tally, outcome);
      say(outcome);
      if (fresh !== run) await fresh.end();
      else if (outcome.faults.length > 0) {
        await run.end();
        run = await openSmallRun();
        await record(run, 1);
      }
    }
  } finally {
    await run.end();
  }
  return tally;
}

async function killed(run: SmallRun, kill: Kill): Promise<Outcome> {
  try {
    return await killAndGoOn(run, kill);
  } catch (error) {
    return { kill, killed: true, faults: [`${(error as Error).stack}`] };
  }
}

interface Visit {
  run: 'new' | 'later';
  kill: Kill;
}

/** Before and after every step, of the engine alone and of everybody, at one of the times that it happens. */
function visits(effects: readonly string[], run: Visit['run'], random: () => number): Visit[] {
  const times = new Map<string, number>();
  for (const name of effects) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times].flatMap(([name, most]) =>
    (['before', 'after'] as const).map((when) => ({
      run,
      kill: { name, when, count: 1 + Math.floor(random() * most), all: random() < 0.5 },
    })),
  );
}

function surprise(random: () => number): Surprise {
  const whom = (['engine', 'engine', 'all', 'trial', 'watcher'] as const)[Math.floor(random() * 5)]!;
  return { afterMs: Math.floor(random() * 1200), whom };
}

function count(tally: Tally, { kill, killed, faults }: Outcome): void {
  if (killed) {
    tally.kills += 1;
    if (faults.length === 0) tally.survived += 1;
    if ('name' in kill) tally.steps.add(kill.name);
  }
  for (const fault of faults) {
    tally.faults.push(`${JSON.stringify(kill)}: ${fault}`);
    if (fault.startsWith('lost')) tally.lost += 1;
    if (fault.startsWith('orphan')) tally.orphans += 1;
    if (fault.startsWith('changed')) tally.changed += 1;
  }
}

function shuffled<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}

/** mulberry32 */
function generator(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

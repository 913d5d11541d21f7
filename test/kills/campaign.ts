import { type Kill, killAndGoOn, type Outcome, record, type Surprise } from './kill.ts';
import { type KillPlan, openSmallRun, type SmallRun } from './small-run.ts';

export interface CampaignOptions {
  /** Kills at each named step: at so many of the times and ways that it happens. */
  visits: number;
  /** Named steps to visit, others for each seed; missing = all. */
  steps?: number;
  /** Kills at any moment, by any hand: so many at least, after and between those at named steps. */
  random: number;
  /** Runs that are killed side by side; 1 = one after the other. */
  lanes?: number;
  seed: number;
  say(outcome: Outcome): void;
}

export interface Tally {
  kills: number;
  /** Of these, by any hand at any moment. */
  random: number;
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
export async function campaign(options: CampaignOptions): Promise<Tally> {
  const { visits, random: wanted, lanes = 1, seed, say } = options;
  const random = generator(seed);
  const tally: Tally = {
    kills: 0,
    random: 0,
    survived: 0,
    steps: new Set(),
    named: 0,
    lost: 0,
    orphans: 0,
    changed: 0,
    faults: [],
  };
  const run = await openSmallRun();
  const first = await record(run, 2);
  const later = await record(run, 2);
  const steps = stepsOf([...waysOf(first, 'new', random), ...waysOf(later, 'later', random)], random);
  tally.named = steps.length;
  const chosen = steps.slice(0, options.steps ?? steps.length);
  const named = chosen.flatMap((ways) => Array.from({ length: Math.min(visits, ways.length) }, () => ways));
  let surprises = 0;

  /** The next thing to do: by turns as many as there are of each, so that a short campaign has both; null = no more. */
  const next = (): (() => Visit | undefined) | null => {
    const due = tally.random + surprises < wanted;
    const total = wanted + chosen.length * visits;
    if (named.length > 0 && (!due || random() * total >= wanted)) {
      const ways = named.pop()!;
      return () => ways.pop();
    }
    if (!due) return null;
    surprises += 1;
    let left = 1;
    return () => (left-- > 0 ? { run: 'later', kill: surprise(random) } : undefined);
  };

  const lane = async (mine: SmallRun) => {
    let current = mine;
    try {
      for (let ways = next(); ways !== null; ways = next()) {
        // A step that does not come this time is looked for another way.
        for (let visit = ways(); visit; visit = ways()) {
          // What happens only once in a run's life needs a run that has not begun.
          const fresh = visit.run === 'new' ? await openSmallRun() : current;
          const outcome = await killed(fresh, visit.kill);
          count(tally, outcome);
          if ('whom' in visit.kill) surprises -= 1;
          say(outcome);
          if (fresh !== current) await fresh.end();
          else if (outcome.faults.length > 0) {
            await current.end();
            current = await openSmallRun();
            await record(current, 1);
          }
          if (outcome.killed) break;
        }
      }
    } finally {
      await current.end();
    }
  };
  const begun = async () => {
    const another = await openSmallRun();
    await record(another, 1);
    return lane(another);
  };
  await Promise.all([lane(run), ...Array.from({ length: lanes - 1 }, begun)]);
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

/** The ways of each step, the steps in any order. */
function stepsOf(all: readonly Visit[], random: () => number): Visit[][] {
  const steps = new Map<string, Visit[]>();
  for (const visit of all) {
    const { name } = visit.kill as KillPlan;
    steps.set(name, [...(steps.get(name) ?? []), visit]);
  }
  return shuffled(
    [...steps.values()].map((ways) => shuffled(ways, random)),
    random,
  );
}

/** Before and after every step, of the engine alone and of everybody, at one of the times that it happens. */
function waysOf(effects: readonly string[], run: Visit['run'], random: () => number): Visit[] {
  const times = new Map<string, number>();
  for (const name of effects) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times].flatMap(([name, most]) =>
    (['before', 'after'] as const).map((when) => ({
      run,
      kill: { name, when, count: 1 + Math.floor(random() * most), all: random() < 0.5 },
    })),
  );
}

const hands = ['engine', 'engine', 'all', 'trial', 'watcher', 'screen'] as const;

function surprise(random: () => number): Surprise {
  const whom = hands[Math.floor(random() * hands.length)]!;
  // Two small experiments take about a second.
  return { afterMs: Math.floor(random() * 700), whom };
}

function count(tally: Tally, { kill, killed, faults }: Outcome): void {
  if (killed) {
    tally.kills += 1;
    if (faults.length === 0) tally.survived += 1;
    if ('name' in kill) tally.steps.add(kill.name);
    else tally.random += 1;
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

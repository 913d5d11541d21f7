import type { EventBody, JournalEvent } from '../protocol/events.ts';
import type { Settings } from '../protocol/settings.ts';
import { honestGain } from './arms.ts';
import { isFromBusierTimes } from './busier-times.ts';
import { barAfterKeep, estimate, noiseOf } from './estimate.ts';
import { addRun, closeGroup, type Group, markKept, type Run, runOf, runsOf } from './measured.ts';
import { mean } from './noise.ts';
import { unitOf } from './pairs.ts';
import { dialsOf, hopelessZ, sentinelRuns, sentinelZ, staleBarSigmas } from './presets.ts';
import { decimalsOf, type Scale, toScore } from './score.ts';
import { championPatience, scaleOf } from './view.ts';

export type Rules = Pick<Settings, 'metric' | 'guards' | 'strictness' | 'minGain' | 'ties'>;

/** The champion has to run again before it is compared with anything. */
export interface Check {
  readonly cause: 'moved' | 'sentinel' | 'plateau' | 'quieter';
  readonly left: number;
  /** A fresh run was so far off that the old bar was thrown away. */
  readonly renewed: boolean;
}

/** How the last run of an experiment gave nothing to judge. */
export interface Failure {
  readonly outcome: 'crashed' | 'timed-out' | 'hopeless';
  readonly why: string;
}

/** The runs so far, and the honest gains of the latest keeps on the decision scale, with the run that each was kept after. */
interface Earned {
  readonly scale: Scale;
  readonly runs: number;
  readonly keeps: readonly { readonly gain: number; readonly run: number }[];
}

/** Keeps that are remembered as earnings. */
const mostKeeps = 12;

/** What has been measured in a run: all that a decision needs, folded from the journal. Plain data, bounded. */
export interface Ledger {
  readonly seq: number;
  readonly seed: number;
  /** Cores of the machine; 0 = not known. */
  readonly cores: number;
  readonly rules: Rules | null;
  readonly groups: readonly Group[];
  readonly champion: {
    readonly n: number;
    /** Values that a candidate is compared with: the champion's runs, after a keep moved down to the shrunk gain. */
    readonly bar: readonly number[];
    readonly check: Check | null;
    /** Champion runs in a row that failed. */
    readonly failures: number;
  };
  /** The experiment measured last, and how its last run failed. */
  readonly open: {
    readonly n: number;
    readonly failure: Failure | null;
    /** Failed runs of it so far. */
    readonly failures: number;
    /** Lines of code that it adds, less those it takes away; null where that is not known. */
    readonly lines: number | null;
  } | null;
  /** The champion that a move by hand left, until something is measured: taken back, nothing has happened. */
  readonly left: {
    readonly champion: Ledger['champion'];
    readonly groups: readonly Group[];
    readonly firstZ: readonly number[];
  } | null;
  /** z of the first run of the latest candidates: if nobody comes near, the bar is doubtful. */
  readonly firstZ: readonly number[];
  /** What a run has brought lately. */
  readonly earned: Earned;
  readonly allPositive: boolean;
  /** Most digits after the point seen in the metric. */
  readonly decimals: number;
  /** Items behind a pass rate: as the settings say, as `METRIC <name>_items=N` says, or as many as were told one by one. */
  readonly items: number | null;
  /** PAWL_SEED of the trial that was started last. */
  readonly trialSeed: number | null;
}

/** A run of which nothing has been measured yet. */
export function openLedger(): Ledger {
  return {
    seq: 0,
    seed: 0,
    cores: 0,
    rules: null,
    groups: [],
    champion: { n: 0, bar: [], check: null, failures: 0 },
    open: null,
    left: null,
    firstZ: [],
    earned: { scale: 'log', runs: 0, keeps: [] },
    allPositive: true,
    decimals: 0,
    items: null,
    trialSeed: null,
  };
}

/** The next ledger; the old one is untouched. The same live and on resume; events already folded are ignored. */
export function foldLedger(ledger: Ledger, event: JournalEvent): Ledger {
  if (event.seq <= ledger.seq) return ledger;
  const next = { ...ledger, seq: event.seq };
  switch (event.type) {
    case 'run.started':
      return {
        ...next,
        rules: rulesOf(event.settings),
        seed: event.seed,
        cores: event.host.cpus,
        items: event.settings.metric.items ?? null,
      };
    case 'run.resumed':
      return event.settings ? { ...next, rules: rulesOf(event.settings) } : next;
    case 'experiment.started':
      return {
        ...next,
        open: { n: event.n, failure: null, failures: 0, lines: null },
        champion: { ...next.champion, failures: 0 },
      };
    case 'experiment.committed':
      return { ...next, open: { ...openFor(next, event.n), lines: event.codeLines ?? null } };
    case 'trial.started':
      return { ...next, trialSeed: event.seed };
    case 'trial.ended':
      // The claim is measured after the decisions, and must not move them.
      if (event.role === 'verify' || event.role === 'held-out') return next;
      return event.role === 'champion'
        ? championRan(spent(next, event), event)
        : experimentRan(spent(next, event), event);
    case 'search.turned':
      return event.turn === 're-measure' ? doubted(next) : next;
    case 'champion.moved':
      return event.cause === 'kept' ? keptChampion(next, event.n) : movedChampion(next, event.n);
    default:
      return next;
  }
}

function rulesOf({ metric, guards, strictness, minGain, ties }: Settings): Rules {
  return { metric, guards, strictness, minGain, ...(ties ? { ties } : {}) };
}

function spent(ledger: Ledger, { outcome }: EventBody<'trial.ended'>): Ledger {
  if (outcome === 'stopped' || outcome === 'void') return ledger;
  return { ...ledger, earned: { ...ledger.earned, runs: ledger.earned.runs + 1 } };
}

/** Adds a judged run to the group of `n`, and learns the metric's sign and digits from it. */
function remember(ledger: Ledger, n: number, run: Run, event: EventBody<'trial.ended'>): Ledger {
  const items = event.metrics[`${ledger.rules!.metric.name}_items`];
  return {
    ...ledger,
    groups: addRun(ledger.groups, n, run, [ledger.champion.n, ledger.open?.n ?? 0]),
    allPositive: ledger.allPositive && run.y > 0,
    decimals: Math.max(ledger.decimals, decimalsOf(run.y)),
    items: itemsOf(ledger.rules!, run, items) ?? ledger.items,
  };
}

function itemsOf({ metric }: Rules, run: Run, printed: number | undefined): number | null {
  if (metric.items) return metric.items;
  if (printed !== undefined && Number.isInteger(printed) && printed > 0) return printed;
  return unitOf(run, metric.direction) === null ? null : run.items!.count;
}

function experimentRan(ledger: Ledger, event: EventBody<'trial.ended'>): Ledger {
  const { n } = event;
  if (!ledger.rules) return ledger;
  const run = runOf(event, ledger.rules, ledger.trialSeed);
  if (!run) {
    const { champion } = ledger;
    // Stopped by hand or void: the environment's or the user's doing, it says nothing and is run again.
    if (event.outcome === 'stopped' || event.outcome === 'void')
      return { ...ledger, open: openFor(ledger, n) };
    const { outcome: o } = event;
    const outcome: Failure['outcome'] = o === 'timed-out' || o === 'hopeless' ? o : 'crashed';
    const why = event.why ?? (event.outcome === 'ok' ? 'it gave no usable number' : 'no reason was given');
    const failures = openFor(ledger, n).failures + 1;
    const next = { ...ledger, open: { ...openFor(ledger, n), failure: { outcome, why }, failures } };
    // Far behind without a number. A machine that has become slow shows in nothing else, where most trials are ended.
    return outcome === 'hopeless' && champion.bar.length > 0 ? watchBar(next, hopelessZ) : next;
  }
  const open = { ...openFor(ledger, n), failure: null };
  const next = remember({ ...ledger, open }, n, run, event);
  const { champion } = next;
  if (n === champion.n && n === 0) return { ...next, champion: { ...champion, bar: pushed(next, run.y) } };
  if (champion.bar.length === 0) return next;
  const q = estimate(next, n);
  if (q.exact) return next;
  if (isFromBusierTimes(next, run)) return { ...next, champion: { ...champion, check: again('quieter', 2) } };
  return runsOf(next.groups, n).length > 1 ? next : watchBar(next, q.z);
}

const again = (cause: Check['cause'], left: number): Check => ({ cause, left, renewed: false });

function openFor(ledger: Ledger, n: number): NonNullable<Ledger['open']> {
  return ledger.open?.n === n ? ledger.open : { n, failure: null, failures: 0, lines: null };
}

/** A lucky or outdated bar shows in that nobody reaches it: then the champion runs once more. */
function watchBar(ledger: Ledger, z: number): Ledger {
  if (dialsOf(ledger.rules!, ledger.items).trusting) return ledger;
  const firstZ = [...ledger.firstZ, z].slice(-sentinelRuns);
  if (ledger.champion.check || firstZ.length < sentinelRuns || Math.max(...firstZ) >= sentinelZ)
    return { ...ledger, firstZ };
  return { ...ledger, firstZ, champion: { ...ledger.champion, check: again('sentinel', 1) } };
}

/** Nothing was kept for long: perhaps the bar is a lucky one. A check that is under way is enough. */
function doubted(ledger: Ledger): Ledger {
  const { champion, rules } = ledger;
  if (!rules || dialsOf(rules, ledger.items).trusting) return ledger;
  if (champion.check || champion.bar.length === 0) return ledger;
  return { ...ledger, champion: { ...champion, check: again('plateau', 1) } };
}

function championRan(ledger: Ledger, event: EventBody<'trial.ended'>): Ledger {
  if (!ledger.rules) return ledger;
  // Recorded under the champion's number, or under the experiment it was run for: both mean the champion.
  const n = event.n === ledger.open?.n ? ledger.champion.n : event.n;
  const run = runOf(event, ledger.rules, ledger.trialSeed);
  const { champion } = ledger;
  if (!run) {
    if (event.outcome === 'stopped' || event.outcome === 'void' || n !== champion.n) return ledger;
    const failures = champion.failures + 1;
    const check = failures >= championPatience ? null : champion.check;
    return { ...ledger, champion: { ...champion, failures, check } };
  }
  if (n !== champion.n) return remember(ledger, n, run, event);
  const { check } = champion;
  const far = check !== null && !check.renewed && (check.cause === 'quieter' || isFarFromBar(ledger, run.y));
  const base = far ? { ...ledger, groups: closeGroup(ledger.groups, n) } : ledger;
  const next = remember(base, n, run, event);
  const bar = far ? [run.y] : pushed(next, run.y);
  if (!check) return { ...next, champion: { ...champion, bar, failures: 0 } };
  const left = far ? 1 : check.left - 1;
  const done = left <= 0;
  return {
    ...next,
    firstZ: done ? [] : next.firstZ,
    champion: {
      n: champion.n,
      bar,
      failures: 0,
      check: done ? null : { ...check, left, renewed: check.renewed || far },
    },
  };
}

function isFarFromBar(ledger: Ledger, y: number): boolean {
  const { bar } = ledger.champion;
  if (bar.length === 0) return false;
  const scale = y > 0 ? scaleOf(ledger) : 'abs';
  const { direction } = ledger.rules!.metric;
  const level = mean(bar.map((b) => toScore(b, scale, direction) ?? 0));
  return Math.abs(toScore(y, scale, direction)! - level) > staleBarSigmas * noiseOf(ledger, scale).sigma;
}

function pushed(ledger: Ledger, y: number): readonly number[] {
  return [...ledger.champion.bar, y].slice(-dialsOf(ledger.rules!, ledger.items).maxI);
}

function keptChampion(ledger: Ledger, n: number): Ledger {
  if (n === ledger.champion.n || !ledger.rules) return ledger;
  if (runsOf(ledger.groups, n).length === 0 || ledger.champion.bar.length === 0)
    return movedChampion(ledger, n);
  const bar = barAfterKeep(ledger, n);
  const groups = markKept(ledger.groups, n);
  const earned = earnedWith(ledger.earned, honestGain(estimate(ledger, n)), scaleOf(ledger));
  return { ...ledger, groups, champion: { n, bar, check: null, failures: 0 }, firstZ: [], earned };
}

function earnedWith(earned: Earned, gain: number, scale: Scale): Earned {
  // A metric that has turned negative is measured on another scale from then on.
  const before = earned.scale === scale ? earned.keeps : [];
  return { scale, runs: earned.runs, keeps: [...before, { gain, run: earned.runs }].slice(-mostKeeps) };
}

/** Moved by hand: its own runs are the bar again, without any shrinking, and it has to show them once more. */
function movedChampion(ledger: Ledger, n: number): Ledger {
  const bar = runsOf(ledger.groups, n).map((r) => r.y);
  const check = again('moved', bar.length > 0 ? 1 : 2);
  const maxI = ledger.rules ? dialsOf(ledger.rules, ledger.items).maxI : bar.length;
  const back = ledger.left;
  if (back?.champion.n === n && back.groups === ledger.groups)
    return { ...ledger, champion: back.champion, firstZ: back.firstZ, left: null };
  const left = { champion: ledger.champion, groups: ledger.groups, firstZ: ledger.firstZ };
  return { ...ledger, left, champion: { n, bar: bar.slice(-maxI), check, failures: 0 }, firstZ: [] };
}

import type { Experiment, RunState } from '../journal/state.ts';
import { proposerKinds, type Verdict } from '../protocol/words.ts';
import { changeOf, experimentsOf } from './selectors.ts';

/** True for an experiment that is wanted. */
type Test = (e: Experiment, run: RunState) => boolean;

const verdictWords: Record<string, readonly Verdict[]> = {
  kept: ['kept'],
  keep: ['kept'],
  discarded: ['discarded'],
  discard: ['discarded'],
  // Who looks for what went wrong wants both kinds.
  crashed: ['crashed', 'timed-out'],
  crash: ['crashed', 'timed-out'],
  'timed-out': ['timed-out'],
  timeout: ['timed-out'],
  rejected: ['rejected'],
  reject: ['rejected'],
  skipped: ['skipped'],
  skip: ['skipped'],
  reverted: ['reverted'],
  revert: ['reverted'],
  void: ['void'],
};

/**
 * A filter of experiments as a test: words that must all match, `!` in front turns one round. Status words (kept,
 * crashed, provisional, pinned, noise, tuner), `#12` and `#12-20`, `Δ<0` and `Δ<-1%` (change of the metric, `d<0` for short),
 * `z>2`; anything else, and what stands in quotes, is looked for in the texts. null = no filter.
 */
export function parseFilter(text: string): Test | null {
  const tests = (text.match(/!?"[^"]*"?|\S+/g) ?? []).map(testOf);
  if (tests.length === 0) return null;
  return (e, run) => tests.every((test) => test(e, run));
}

function testOf(word: string): Test {
  if (word.length > 1 && word.startsWith('!')) {
    const test = testOf(word.slice(1));
    return (e, run) => !test(e, run);
  }
  if (word.startsWith('"')) return holds(word.replaceAll('"', ''));
  const plain = word.toLowerCase();
  const verdicts = verdictWords[plain];
  if (verdicts) return (e) => e.verdict !== null && verdicts.includes(e.verdict);
  if (plain === 'provisional' || plain === 'confirmed') return (e) => e.confidence === plain;
  if (plain === 'pinned') return (e) => e.pinned;
  if (plain === 'noise' || plain === 'worse' || plain === 'near-miss') return (e) => e.label === plain;
  if ((proposerKinds as readonly string[]).includes(plain)) return (e) => e.proposer === plain;
  const numbers = /^#(\d+)(?:-#?(\d*))?$/.exec(plain);
  if (numbers) {
    const from = Number(numbers[1]);
    const to =
      numbers[2] === undefined ? from : numbers[2] === '' ? Number.POSITIVE_INFINITY : Number(numbers[2]);
    return (e) => e.n >= from && e.n <= to;
  }
  const compared = /^(δ|d|change|z|σ|sigma)(<=|>=|<|>)([-−+]?\d*\.?\d+)(%?)$/.exec(plain);
  if (compared)
    return comparing(compared[1]!, compared[2]!, Number(compared[3]!.replace('−', '-')), compared[4] === '%');
  // While a verdict is being typed, its beginning finds it already: no list that goes empty and comes back.
  const begun =
    plain.length >= 2 ? Object.keys(verdictWords).find((name) => name.startsWith(plain)) : undefined;
  const said = holds(plain);
  if (begun === undefined) return said;
  const those = verdictWords[begun]!;
  return (e, run) => (e.verdict !== null && those.includes(e.verdict)) || said(e, run);
}

function comparing(what: string, how: string, limit: number, percent: boolean): Test {
  const value: (e: Experiment, run: RunState) => number | null =
    what === 'z' || what === 'σ' || what === 'sigma'
      ? (e) => e.z
      : (e, run) => (e.gain === null || e.n === 0 ? null : changeOf(run, e.gain).value);
  const bound = percent ? limit / 100 : limit;
  return (e, run) => {
    const v = value(e, run);
    if (v === null) return false;
    switch (how) {
      case '<':
        return v < bound;
      case '<=':
        return v <= bound;
      case '>':
        return v > bound;
      default:
        return v >= bound;
    }
  };
}

function holds(text: string): Test {
  const wanted = text.toLowerCase();
  return (e) =>
    [e.hypothesis, e.why, e.family ?? '', ...e.constants.map(({ name }) => name), ...e.files].some((part) =>
      part.toLowerCase().includes(wanted),
    );
}

let last: { experiments: Experiment[]; text: string; found: Experiment[] } | null = null;

/** The experiments that a filter lets through, in order; all of them without one. Worked out once for each state. */
export function filteredExperiments(run: RunState, text: string): Experiment[] {
  if (last && last.experiments === run.experiments && last.text === text) return last.found;
  const test = parseFilter(text);
  const all = experimentsOf(run);
  const found = test ? all.filter((e) => test(e, run)) : all;
  last = { experiments: run.experiments, text, found };
  return found;
}

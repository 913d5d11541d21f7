import { type Estimate, estimate, noiseOf } from './estimate.ts';
import { brokenLimit, worsening } from './guards.ts';
import type { Ledger } from './ledger.ts';
import { runsOf, timesMeasured } from './measured.ts';
import { mean } from './noise.ts';
import { type Dials, dialsOf, sureEnough } from './presets.ts';
import { sigmas } from './sentences.ts';
import type { MeasureStep, Step } from './step.ts';
import { tieOf } from './ties.ts';
import { discarded, failed, incomparable, kept, keptBaseline, keptTie } from './verdicts.ts';
import { championFails } from './view.ts';
import { isWorthKnowing } from './worth-knowing.ts';

export type { DecideStep, MeasureStep, Step } from './step.ts';

/**
 * What experiment `n` needs next: one more trial, or its verdict. n = 0 is the baseline.
 * Pure: asked again after every `trial.ended`; trials that were stopped or void are simply asked for again.
 * @throws Error when the ledger has not seen `run.started`
 */
export function nextStep(ledger: Ledger, n: number): Step {
  if (!ledger.rules) throw new Error('no run has been started in this ledger');
  return n === 0 ? baselineStep(ledger) : candidateStep(ledger, n);
}

/** The champion has to run before the next proposal: it moved by hand, or nobody reaches its bar any more. */
export function championStep(ledger: Ledger): MeasureStep | null {
  const { check } = ledger.champion;
  if (!ledger.rules || !check) return null;
  return measureChampion(ledger, whyAgain[check.cause]);
}

const whyAgain = {
  moved: 'the champion has moved, its own number is measured again',
  sentinel: 'nobody came near the champion lately, so its number is checked',
  plateau: 'nothing was kept for long, so the champion is measured again',
  quieter: 'the machine is much quieter than when the champion was measured, so its number is measured again',
} as const;

function baselineStep(ledger: Ledger): Step {
  const { n0 } = dialsOf(ledger.rules!, ledger.items);
  const runs = runsOf(ledger.groups, 0);
  const open = ledger.open?.n === 0 ? ledger.open : null;
  // One bad run after a good one may be bad luck; the very first, or a second one, is a broken set-up.
  if (open?.failure && (runs.length === 0 || open.failures > 1)) return failed(null, open.failure);
  if (runs.length < n0) {
    const why = `baseline run ${runs.length + 1} of ${n0}: how good it is, and how much it varies by itself`;
    return { do: 'measure', role: 'baseline', n: 0, seedIndex: timesMeasured(ledger.groups, 0), why };
  }
  return keptBaseline(
    runs.map((r) => r.y),
    noiseOf(ledger),
    ledger,
  );
}

function candidateStep(ledger: Ledger, n: number): Step {
  const runs = runsOf(ledger.groups, n);
  const failure = ledger.open?.n === n ? ledger.open.failure : null;
  if (failure) return failed(runs.length > 0 ? mean(runs.map((r) => r.y)) : null, failure);
  if (runs.length === 0)
    return { do: 'measure', role: 'candidate', n, seedIndex: 0, why: 'first run of the new idea' };

  if (!championFails(ledger)) {
    const check = championStep(ledger);
    if (check) return check;
    if (ledger.champion.bar.length === 0)
      return measureChampion(ledger, 'there is nothing to compare with yet');
  }
  if (ledger.champion.bar.length === 0) return incomparable(mean(runs.map((r) => r.y)));

  const q = estimate(ledger, n);
  for (const run of runs) {
    const broken = brokenLimit(ledger.rules!.guards, run);
    if (broken) return discarded(ledger, q, broken);
  }
  return judge(ledger, n, q);
}

// Search policy, section 6: a first run below k1 is out, one above kS is in, all between is confirmed.
function judge(ledger: Ledger, n: number, q: Estimate): Step {
  const dials = dialsOf(ledger.rules!, ledger.items);
  if (dials.trusting) return q.gain > 0 ? accept(ledger, n, q, dials) : discarded(ledger, q, null);
  if (q.exact) return q.exactlyBetter ? accept(ledger, n, q, dials) : lost(ledger, n, q, dials);
  if (q.runs === 1) {
    // With less than two degrees of freedom the noise is a guess: only another run can tell.
    const known = q.df >= 2;
    if (known && q.zNeeded >= dials.kS) return accept(ledger, n, q, dials);
    if (q.zNeeded < (known ? dials.k1 : 0)) return lost(ledger, n, q, dials);
    if (known && !isWorthKnowing(ledger, q, dials.thrift)) return atOnce(ledger, n, q, dials);
    return confirm(ledger, n, `it looks better (${sigmas(q.z)}), a second run must confirm it`);
  }
  if (!isWorthKnowing(ledger, q, dials.thrift)) return atOnce(ledger, n, q, dials);
  if (q.zNeeded >= dials.kA) return accept(ledger, n, q, dials);
  if (q.zNeeded <= dials.kR) return lost(ledger, n, q, dials);
  if (q.runs >= dials.maxC) {
    if (q.wild && q.runs < dials.maxC + 1)
      return confirm(ledger, n, 'its runs are far apart, one more to see which is the rule');
    return q.zNeeded >= dials.kEnd && q.gain > 0 ? accept(ledger, n, q, dials) : lost(ledger, n, q, dials);
  }
  return (
    championFirst(ledger, q, dials) ??
    confirm(ledger, n, `still open (${sigmas(q.z)} after ${q.runs} runs), one more run`)
  );
}

/** Another run is not worth its time: what there is decides. */
function atOnce(ledger: Ledger, n: number, q: Estimate, dials: Dials): Step {
  return q.zNeeded >= sureEnough ? accept(ledger, n, q, dials) : lost(ledger, n, q, dials);
}

/** Both sides equally often and by turns, so that a machine that slowly changes favours neither. */
function championFirst(ledger: Ledger, q: Estimate, dials: Dials): Step | null {
  if (ledger.champion.bar.length >= Math.min(q.runs, dials.maxI) || championFails(ledger)) return null;
  return measureChampion(ledger, 'the champion runs again too, to compare like with like');
}

/** Not better. Equal and simpler may do, where the user wants so. */
function lost(ledger: Ledger, n: number, q: Estimate, dials: Dials): Step {
  const tie = tieOf(ledger, n, q, dials.maxC);
  if (tie === null) return discarded(ledger, q, null);
  if (tie === 'keep') return accept(ledger, n, q, dials, -ledger.open!.lines!);
  return (
    championFirst(ledger, q, dials) ??
    confirm(ledger, n, 'it looks equal and is simpler, another run must show that it is no worse')
  );
}

/** @param fewer lines of code that it saves, when that is why; 0 = it is better */
function accept(ledger: Ledger, n: number, q: Estimate, dials: Dials, fewer = 0): Step {
  const guard = worsening(ledger, n, q.runs > dials.maxC);
  if (guard.state === 'broken') return discarded(ledger, q, guard.why);
  if (guard.state === 'unsure') return confirm(ledger, n, guard.why);
  return fewer > 0 ? keptTie(ledger, q, fewer) : kept(ledger, q);
}

function confirm(ledger: Ledger, n: number, why: string): MeasureStep {
  return { do: 'measure', role: 'confirm', n, seedIndex: timesMeasured(ledger.groups, n), why };
}

function measureChampion(ledger: Ledger, why: string): MeasureStep {
  const { n } = ledger.champion;
  // As many seeds as the bar holds, in turn: so it always knows the ones that ideas are tried on.
  const seedIndex = timesMeasured(ledger.groups, n) % dialsOf(ledger.rules!, ledger.items).maxI;
  return { do: 'measure', role: 'champion', n, seedIndex, why };
}

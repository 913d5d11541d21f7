import { describe, expect, it } from 'vitest';
import { championStep, nextStep } from '../../src/loop/decide.ts';
import { openLedger } from '../../src/loop/ledger.ts';
import { championBar } from '../../src/loop/view.ts';
import { maximize, minimize, Night, type Outcome } from './night.ts';

/** A world that plays lists: the runs of each experiment's commit in order, the last one repeated. */
function script(lists: Record<number, Outcome[]>) {
  const at: Record<number, number> = {};
  return (n: number): Outcome => {
    const list = lists[n] ?? [];
    const i = at[n] ?? 0;
    at[n] = i + 1;
    return list[Math.min(i, list.length - 1)] ?? 'crashed';
  };
}

// Three baselines with sd 0.001 x 1.25 for their small number: sigma about 0.13 % around 1.
const noisy = [0.999, 1, 1.001];

describe('the baseline', () => {
  it('runs three times, each on a seed of its own, and is kept with the mean', () => {
    const night = new Night(script({ 0: noisy }));
    const seeds: number[] = [];
    for (let step = nextStep(night.ledger, 0); step.do === 'measure'; step = nextStep(night.ledger, 0)) {
      expect(step.role).toBe('baseline');
      seeds.push(step.seedIndex);
      night.measure(step, 0);
    }
    expect(seeds).toEqual([0, 1, 2]);
    const decided = night.experiment(0);
    expect(decided).toMatchObject({ verdict: 'kept', gain: null, z: null });
    expect(decided.metric).toBeCloseTo(1, 12);
    expect(decided.sigma).toBeCloseTo(0.00125, 5);
    expect(decided.why).toBe('baseline 1: three runs from 0.999 to 1.001, one run varies by about 0.125 %');
  });

  it('runs five times when strict', () => {
    const night = new Night(script({ 0: [...noisy, 1, 1] }), { strictness: 'strict' });
    night.experiment(0);
    expect(night.trials.get(0)).toHaveLength(5);
  });

  it('runs again what was stopped or void, and is over when it crashes', () => {
    const again = new Night(script({ 0: ['void', 'stopped', ...noisy] }));
    expect(again.experiment(0).verdict).toBe('kept');
    expect(again.trials.get(0)).toHaveLength(5);
    expect(new Night(script({ 0: ['crashed'] })).experiment(0).verdict).toBe('crashed');
    expect(new Night(script({ 0: [0.9, 'timed-out'] })).experiment(0).verdict).toBe('timed-out');
    const once = new Night(script({ 0: [0.9, 'crashed', 0.91, 0.92] }));
    expect(once.experiment(0).verdict).toBe('kept');
    expect(once.trials.get(0)).toHaveLength(4);
  });

  it('cannot be asked for before the run has started', () => {
    expect(() => nextStep(openLedger(), 0)).toThrow('no run');
  });
});

describe('a candidate (balanced)', () => {
  const cases: [string, Outcome[], string, string[], string | null, RegExp][] = [
    ['far better is kept at once', [0.99], 'kept', ['candidate'], 'confirmed', /far beyond the noise/],
    ['worse is discarded after one run', [1.004], 'discarded', ['candidate'], null, /: -2\.\d sigma, worse$/],
    ['the same is discarded after one run', [0.9999], 'discarded', ['candidate'], null, /within the noise$/],
    [
      'better twice is kept, confirmed',
      [0.997, 0.9968],
      'kept',
      ['candidate', 'confirm'],
      'confirmed',
      /^0\.9969 vs 1\.0000: \+2\.\d sigma, confirmed by a second run$/,
    ],
    [
      'lucky once is not',
      [0.997, 1.004],
      'discarded',
      ['candidate', 'confirm'],
      null,
      /a better first run, but not in the mean of two runs$/,
    ],
    [
      'a little better three times is provisional',
      [0.9989, 0.999, 0.9988],
      'kept',
      ['candidate', 'confirm', 'confirm'],
      'provisional',
      /held up in 2 more runs, but still close to the noise$/,
    ],
    ['a crash is a crash', ['crashed'], 'crashed', ['candidate'], null, /^it crashed$/],
    ['a hang is a hang', ['timed-out'], 'timed-out', ['candidate'], null, /^it timed-out$/],
    [
      'what crashes the second time is not kept',
      [0.997, 'crashed'],
      'crashed',
      ['candidate', 'confirm'],
      null,
      /^a repeat failed: it crashed$/,
    ],
    [
      'void and stopped runs are repeated',
      ['void', 'stopped', 0.99],
      'kept',
      Array(3).fill('candidate'),
      'confirmed',
      /./,
    ],
    [
      'no number is a crash',
      [{ outcome: 'ok', metric: null }],
      'crashed',
      ['candidate'],
      null,
      /no usable number/,
    ],
    ['NaN is a crash', [Number.NaN], 'crashed', ['candidate'], null, /no usable number/],
    [
      'minus infinity is a crash',
      [Number.NEGATIVE_INFINITY],
      'crashed',
      ['candidate'],
      null,
      /no usable number/,
    ],
  ];
  for (const [name, runs, verdict, trials, confidence, why] of cases) {
    it(name, () => {
      const night = new Night(script({ 0: noisy, 1: runs }));
      night.experiment(0);
      const decided = night.experiment(1);
      expect(decided.why).toMatch(why);
      expect([decided.verdict, night.trials.get(1), decided.confidence]).toEqual([
        verdict,
        trials,
        confidence,
      ]);
    });
  }

  it('pairs seeds: its run k has the index that the champion had in run k', () => {
    const seeds: [number, number][] = [];
    const values = script({ 0: noisy, 1: [0.9986, 0.9987, 0.9985] });
    const night = new Night((n, seedIndex) => {
      seeds.push([n, seedIndex]);
      return values(n);
    });
    night.experiment(0);
    night.experiment(1);
    expect(seeds).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
  });

  it('asks for one more run when three of them are far apart, and takes the median', () => {
    const night = new Night(script({ 0: noisy, 1: [0.9988, 0.999, 0.97, 0.9989] }));
    night.experiment(0);
    // kA would accept on the mean; runs this far apart are only looked at when no more runs are due.
    const decided = night.experiment(1);
    expect(decided.verdict).toBe('kept');
    expect(decided.metric).toBeGreaterThan(0.99);
  });

  it('measures the champion as often as the candidate', () => {
    const lists = { 0: noisy, 1: [0.985], 2: [0.984, 0.9842, 0.9841], 3: [0.98] };
    const night = new Night(script(lists));
    for (const n of [0, 1, 2]) night.experiment(n);
    // Experiment 1 was kept on one run: its bar is one value, so experiment 2 needs it again.
    expect(night.trials.get(2)).toContain('champion');
  });
});

describe('strictness', () => {
  const kept = (strictness: 'fast' | 'balanced' | 'careful' | 'strict', runs: number[]) => {
    const night = new Night(script({ 0: [...noisy, 0.9995, 1.0005], 1: runs }), { strictness });
    night.experiment(0);
    return [night.experiment(1).verdict, night.trials.get(1)?.length];
  };
  it('fast takes one confirmation, strict never trusts the first run', () => {
    expect(kept('fast', [0.9985, 0.9992])).toEqual(['kept', 2]);
    expect(kept('balanced', [0.9985, 0.9992, 0.9992])[0]).toBe('kept');
    expect(kept('careful', [0.9988, 0.9992, 0.9993])[0]).toBe('discarded');
    expect(kept('strict', [0.99, 1.001])).toEqual(['discarded', 2]);
    expect(kept('strict', [0.99, 0.99])[0]).toBe('kept');
    expect(kept('strict', [0.99, 0.99])[1]).toBeGreaterThan(1);
  });

  it('min_gain overrides it: 5 % better or nothing', () => {
    const run = (values: number[], direction: 'minimize' | 'maximize' = 'minimize') => {
      const night = new Night(script({ 0: noisy, 1: values }), {
        strictness: 'strict',
        minGain: { by: 0.05, relative: true },
        metric: { ...minimize, direction },
      });
      night.experiment(0);
      return night.experiment(1);
    };
    expect(run([0.96]).verdict).toBe('discarded');
    expect(run([0.96]).why).toMatch(/sigma, less than the \+5 % asked for$/);
    expect(run([0.949, 0.9495]).verdict).toBe('kept');
    expect(run([0.949, 0.955]).verdict).toBe('discarded');
    expect(run([1.04], 'maximize').verdict).toBe('discarded');
    expect(run([1.0505, 1.0505], 'maximize').verdict).toBe('kept');
  });

  it('min_gain may be in the metric unit', () => {
    const run = (values: number[]) => {
      const night = new Night(script({ 0: [10, 10, 10], 1: values }), {
        minGain: { by: 2, relative: false },
      });
      night.experiment(0);
      return night.experiment(1).verdict;
    };
    expect(run([8.5])).toBe('discarded');
    expect(run([8])).toBe('kept');
  });
});

describe('an exact world', () => {
  it('takes no confirmations and keeps any step that the metric can show', () => {
    const night = new Night(script({ 0: [20, 20, 20], 1: [19], 2: [19], 3: [18], 4: [21] }));
    night.experiment(0);
    expect(night.experiment(1)).toMatchObject({ verdict: 'kept', confidence: 'confirmed', sigma: 0 });
    expect(night.experiment(2)).toMatchObject({ verdict: 'discarded', label: 'noise' });
    expect(night.experiment(3).why).toBe('18.00 vs 19.00: +5.263 %, and this metric repeats exactly');
    expect(night.experiment(4)).toMatchObject({ verdict: 'discarded', label: 'worse' });
    for (const n of [1, 2, 3, 4]) expect(night.trials.get(n)).toEqual(['candidate']);
  });

  it('is not assumed for a pass rate over a few items', () => {
    const rate = (value: number) => ({
      outcome: 'ok' as const,
      metric: value,
      metrics: { loss: value, loss_items: 20 },
    });
    const night = new Night(script({ 0: [rate(0.5)], 1: [rate(0.55)] }), { metric: maximize });
    night.experiment(0);
    expect(night.experiment(1).verdict).toBe('discarded');
  });
});

describe('guards', () => {
  const watched = (metric: number, memory: number) => ({
    outcome: 'ok' as const,
    metric,
    metrics: { memory },
  });
  const guard = { name: 'memory', max: null, min: null, worseBy: null, direction: 'minimize' as const };
  const run = (over: object, base: Outcome[], runs: Outcome[]) => {
    const night = new Night(script({ 0: base, 1: runs }), { guards: [{ ...guard, ...over }] });
    night.experiment(0);
    return night.experiment(1);
  };
  const base = noisy.map((y, i) => watched(y, 100 + i));

  it('one run beyond a fixed limit is enough', () => {
    expect(run({ max: 110 }, base, [watched(0.9, 109)]).verdict).toBe('kept');
    const broken = run({ max: 110 }, base, [watched(0.9, 111)]);
    expect(broken).toMatchObject({ verdict: 'discarded', label: null });
    expect(broken.why).toMatch(/guard memory: 111 is above 110$/);
    expect(run({ min: 90 }, base, [watched(0.9, 89)]).verdict).toBe('discarded');
  });
  it('a guard that is not printed does not pass', () => {
    expect(run({ max: 110 }, base, [0.9]).why).toMatch(/guard memory: it was not printed/);
  });
  it('worse than the champion by more than allowed is out; close calls get another run', () => {
    const allow = { worseBy: { by: 0.05, relative: true } };
    expect(run(allow, base, [watched(0.9, 104)]).verdict).toBe('kept');
    expect(run(allow, base, [watched(0.9, 120)]).why).toMatch(/worse by more than 5 %$/);
    expect(run(allow, base, [watched(0.9, 106.5), watched(0.9, 103)]).verdict).toBe('kept');
    expect(run(allow, base, Array(6).fill(watched(0.9, 107))).verdict).toBe('discarded');
  });
  it('never earns acceptance', () => {
    expect(run({ worseBy: { by: 0, relative: false } }, base, [watched(1.1, 1)]).verdict).toBe('discarded');
  });
});

describe('the champion', () => {
  it('leaves a bar below its lucky number after a keep', () => {
    const night = new Night(script({ 0: noisy, 1: [0.9986, 0.9987, 0.9985] }));
    night.experiment(0);
    const { metric } = night.experiment(1);
    expect(championBar(night.ledger)!).toBeGreaterThan(metric!);
    expect(championBar(night.ledger)!).toBeLessThan(1);
  });

  it('is measured again after a revert, against its own old runs', () => {
    const night = new Night(script({ 0: noisy, 1: [0.99], 2: [0.98] }));
    for (const n of [0, 1, 2]) night.experiment(n);
    night.move(1, 'reverted');
    const step = championStep(night.ledger);
    expect(step).toMatchObject({ do: 'measure', role: 'champion', n: 1, seedIndex: 1 });
    night.measure(step!, 3);
    expect(championStep(night.ledger)).toBeNull();
    expect(night.ledger.champion.bar).toEqual([0.99, 0.99]);
    expect(night.experiment(3).verdict).toBe('crashed');
  });

  it('gets a new bar when the machine has changed', () => {
    const night = new Night(script({ 0: [...noisy, 1.1, 1.101], 1: [0.99] }));
    night.experiment(0);
    night.experiment(1);
    night.move(0, 'reverted');
    for (let step = championStep(night.ledger); step; step = championStep(night.ledger))
      night.measure(step, 2);
    expect(night.ledger.champion.bar).toEqual([1.1, 1.101]);
  });

  it('runs twice when it is a commit of which nothing is known', () => {
    const night = new Night(script({ 0: noisy, 1: ['crashed', 0.99, 0.991] }));
    night.experiment(0);
    night.experiment(1);
    night.move(1, 'forced');
    for (let step = championStep(night.ledger); step; step = championStep(night.ledger))
      night.measure(step, 2);
    expect(night.ledger.champion.bar).toEqual([0.99, 0.991]);
  });

  it('is checked when ten candidates in a row came nowhere near', () => {
    const lists: Record<number, Outcome[]> = { 0: [...noisy, 1.01, 1.011] };
    for (let n = 1; n <= 12; n++) lists[n] = [1.0105];
    const night = new Night(script(lists));
    for (let n = 0; n <= 9; n++) night.experiment(n);
    expect([...night.trials.values()].flat()).not.toContain('champion');
    night.experiment(10);
    expect(night.trials.get(10)).toEqual(['candidate', 'champion', 'champion']);
    expect(championBar(night.ledger)).toBeCloseTo(1.0105, 6);
  });

  it('that no longer runs neither blocks nor lets anything through', () => {
    const night = new Night(script({ 0: [...noisy, 'crashed'], 1: ['crashed'], 2: [0.5] }));
    night.experiment(0);
    night.experiment(1);
    night.move(1, 'forced');
    const decided = night.experiment(2);
    expect(decided).toMatchObject({ verdict: 'discarded', label: null });
    expect(decided.why).toMatch(/champion itself does not run/);
  });
});

describe('nothing was kept for long', () => {
  const stuck = (champion: (again: number) => number) => {
    let again = 0;
    const night = new Night((n, _, role) => (role === 'champion' ? champion(again++) : n === 0 ? 1 : 1.2));
    night.experiment(0);
    night.experiment(1);
    night.emit({ type: 'search.turned', n: 2, turn: 're-measure', round: 1, since: 1, why: '' });
    return night;
  };
  it('the champion runs once more, and is what it is', () => {
    const night = stuck(() => 1.01);
    const step = championStep(night.ledger);
    expect(step).toMatchObject({ role: 'champion', n: 0, why: expect.stringMatching(/kept for long/) });
    night.measure(step!, 2);
    expect(night.ledger.champion.bar.at(-1)).toBe(1.01);
    expect(championStep(night.ledger)).toBeNull();
  });
  it('other turns leave the champion alone', () => {
    const night = stuck(() => 1);
    night.measure(championStep(night.ledger)!, 2);
    night.emit({ type: 'search.turned', n: 2, turn: 'structural', round: 1, since: 9, why: '' });
    expect(championStep(night.ledger)).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EarlyStopOptions,
  isAudit,
  judgedFrom,
  strictnessOf,
  watchForHopeless,
} from '../../src/loop/early-stop.ts';
import type { CurvePoint } from '../../src/protocol/events.ts';
import { normalAt } from '../loopbench/random-streams.ts';

const steps = 50;

/** A loss that falls from 4 towards `floor`, with noise; 50 points over a budget of 10 s. */
function curve(floor: number, seed: number, over: { noise?: number; fraction?: boolean } = {}): CurvePoint[] {
  const own = 0.01 * normalAt(seed, 0);
  return Array.from({ length: steps }, (_, i) => {
    const share = (i + 1) / steps;
    const value =
      floor + own + (4 - floor) * Math.exp(-5 * share) + (over.noise ?? 0.01) * normalAt(seed, i + 1);
    return {
      step: (i + 1) * 10,
      seconds: share * 10,
      value,
      fraction: over.fraction === false ? null : share,
    };
  });
}

const trials = (floor: number, ...seeds: number[]) => seeds.map((s) => ({ curve: curve(floor, s) }));
const options = (over: Partial<EarlyStopOptions> = {}): EarlyStopOptions => ({
  champion: trials(2, 1, 2, 3),
  repeats: [trials(2, 1, 2, 3)],
  budgetMs: 10_000,
  k: 4,
  from: 0.3,
  ...over,
});

/** The first answer when points come in handfuls. */
function play(points: readonly CurvePoint[], over: Partial<EarlyStopOptions> = {}, handful = 3) {
  const watch = watchForHopeless(options(over));
  expect(watch.off).toBeNull();
  for (let i = 0; i < points.length; i += handful) {
    const answer = watch.push(points.slice(i, i + handful));
    if (answer) return answer;
  }
  return null;
}

it('ends what is far behind at the first look, and says where both were', () => {
  const answer = play(curve(2.9, 9));
  expect(answer).toMatchObject({ at: 0.3 });
  expect(answer!.why).toMatch(
    /^at 30 % its curve is at 3\.\d+ where the champion's was at 2\.\d+, \d+\.\d spreads behind$/,
  );
});

it('lets run what is as good, better, or a little worse', () => {
  for (const floor of [1.5, 1.9, 2, 2.01]) expect(play(curve(floor, 12)), String(floor)).toBeNull();
});

it('waits with a change of the schedule', () => {
  expect(play(curve(2.9, 9), { from: 0.6 })).toMatchObject({ at: 0.6 });
  expect(judgedFrom('longer warmup')).toBe(0.6);
  expect(judgedFrom('WEIGHT_DECAY 0.1')).toBe(0.6);
  expect(judgedFrom('more heads')).toBe(0.3);
});

it('hardly ever ends a change that does nothing: below 2 in 100', () => {
  let ended = 0;
  for (let seed = 100; seed < 400; seed++) if (play(curve(2, seed))) ended += 1;
  expect(ended).toBeLessThan(6);
});

describe('which way is better is read from the curve', () => {
  const upward = (points: CurvePoint[]) => points.map((p) => ({ ...p, value: 5 - p.value }));
  const up = (seeds: number[]) => seeds.map((s) => ({ curve: upward(curve(2, s)) }));
  it('an accuracy that should rise', () => {
    const over = { champion: up([1, 2, 3]), repeats: [up([1, 2, 3])] };
    expect(play(upward(curve(2.9, 9)), over)).toMatchObject({ at: 0.3 });
    expect(play(upward(curve(1.5, 9)), over)).toBeNull();
  });
  it('a flat curve says nothing', () => {
    const flat = [1, 2, 3].map((s) => ({
      curve: curve(2, s).map((p, i) => ({ ...p, value: 1 + 0.1 * normalAt(s, i, 9) })),
    }));
    expect(watchForHopeless(options({ champion: flat, repeats: [flat] })).off).toMatch(/which way/);
  });
});

describe('off where it would guess', () => {
  it.each<[string, Partial<EarlyStopOptions>, RegExp]>([
    ['no curve', { champion: [{ curve: [] }] }, /no live curve/],
    ['three points only', { champion: [{ curve: curve(2, 1).slice(0, 3) }] }, /no live curve/],
    ['one pair of repeats', { repeats: [trials(2, 1, 2)] }, /too few/],
    ['no repeats', { repeats: [] }, /too few/],
  ])('%s', (_, over, why) => {
    const watch = watchForHopeless(options(over));
    expect(watch.off).toMatch(why);
    expect(watch.push(curve(3.9, 5))).toBeNull();
  });
  it('a rising curve without repeats is no explosion', () => {
    const up = curve(2, 1).map((p) => ({ ...p, value: 4.5 - p.value }));
    expect(watchForHopeless(options({ champion: [{ curve: up }], repeats: [] })).push(up)).toBeNull();
  });
  it('but an explosion is seen without anything to compare with', () => {
    const watch = watchForHopeless(options({ repeats: [] }));
    const wild = curve(2, 5).map((p, i) => ({ ...p, value: p.value * (i > 20 ? 10 : 1) }));
    expect(watch.push(wild)).toMatchObject({ why: expect.stringMatching(/exploded/) });
  });
});

it('a gap that the champion still had to go far to close is judged later', () => {
  const answer = play(curve(2.3, 9));
  expect(answer!.at).toBeGreaterThan(0.3);
  expect(answer!.at).toBeLessThan(0.8);
});

describe('places', () => {
  it('without shares, the same steps are the same place, whatever the clock says', () => {
    const slow = (points: CurvePoint[]) =>
      points.map((p) => ({ ...p, seconds: p.seconds * 3, fraction: null }));
    const bare = (seeds: number[]) => seeds.map((s) => ({ curve: curve(2, s, { fraction: false }) }));
    const over = { champion: bare([1, 2, 3]), repeats: [bare([1, 2, 3])] };
    expect(play(slow(curve(2, 7)), over)).toBeNull();
    expect(play(slow(curve(2.9, 7)), over)).toMatchObject({ at: 0.3 });
  });
  it('without shares and with other step counts, time is the place', () => {
    const cut = (s: number) =>
      curve(2, s, { fraction: false }).map((p) => ({ ...p, step: p.step * (1 + s / 7) }));
    const champion = [1, 2, 3].map((s) => ({ curve: cut(s) }));
    const over = { champion, repeats: [champion], waited: () => 0 };
    expect(play(curve(2.9, 9, { fraction: false }), over)).toMatchObject({ at: 0.3 });
  });
});

describe('on a machine that has become slow', () => {
  // On a clock: a training says how much of its time is gone, and no two make quite as many steps.
  const timed = (floor: number, seed: number, speed = 1) =>
    curve(floor, seed).flatMap((p) => {
      const share = p.fraction! / speed;
      return share > 1 ? [] : [{ ...p, step: p.step * 10 + seed, seconds: 10 * share, fraction: share }];
    });
  const past = [1, 2, 3].map((s) => ({ curve: timed(2, s), waited: 0.02 }));
  const over = (waited: number | null): Partial<EarlyStopOptions> => ({
    champion: past,
    repeats: [past],
    waited: () => waited,
  });
  it('the same curve at half the speed is not hopeless, whether or not the kernel tells of the waiting', () => {
    for (let seed = 10; seed < 40; seed++)
      for (const waited of [0.5, null]) {
        expect(play(timed(2, seed, 0.5), over(waited)), `${seed}`).toBeNull();
        expect(play(timed(2, seed, 0.75), over(waited && 0.27)), `${seed}`).toBeNull();
      }
    // That is what the clock alone would have said.
    expect(play(timed(2, 10, 0.5), over(0))).toMatchObject({ at: 0.3 });
  });
  it('what is behind with as much done still is', () => {
    const answer = play(timed(2.9, 9, 0.75), over(0.27));
    expect(answer!.at).toBeLessThan(0.7);
    expect(answer!.why).toMatch(/where the champion's was at 2\.\d+ with as much done, \d/);
    expect(play(timed(2.9, 9, 0.75), over(null))).toMatchObject({ at: answer!.at });
  });
  it('an idea that is slow by itself is judged by the clock', () => {
    expect(play(timed(2, 10, 0.5), over(0.02))!.why).not.toContain('with as much done');
  });
  it('a champion that always waits for cores has been slowed down as well', () => {
    const busy = past.map((t) => ({ ...t, waited: 0.4 }));
    expect(play(timed(2.9, 9), { champion: busy, repeats: [busy], waited: () => 0.4 })).toMatchObject({
      at: 0.3,
    });
  });
  it('work that is counted needs no clock', () => {
    expect(play(curve(2.9, 9), { waited: () => 0.5 })).toMatchObject({ at: 0.3 });
    // Also where an earlier commit made other steps of it.
    const other = trials(2.2, 4, 5).map((t) => ({ curve: t.curve.map((p) => ({ ...p, step: 2 * p.step })) }));
    expect(play(curve(2.9, 9), { repeats: [trials(2, 1, 2, 3), other], waited: () => 0.5 })).toMatchObject({
      at: 0.3,
    });
  });
});

it('no trial is ended for less time than ending it takes', () => {
  const short = (seconds: number, own = seconds) => {
    const past = trials(2, 1, 2, 3).map((t) => ({ ...t, seconds }));
    const mine = curve(2.9, 9).map((p) => ({ ...p, seconds: p.fraction! * own }));
    return play(mine, { champion: past, repeats: [past] });
  };
  expect(short(0.5)).toMatchObject({ at: 0.3 });
  expect(short(0.4)).toBeNull();
  // One that is slower itself has more to save.
  expect(short(0.4, 0.5)).toMatchObject({ at: 0.3 });
});

it('gives the same answer however the points arrive', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 500 }), (handful, seed) => {
      const points = curve(2 + (seed % 10) / 10, seed);
      expect(play(points, {}, handful)).toEqual(play(points, {}, 1));
    }),
    { numRuns: 60 },
  );
});

it('identical repeats do not make a hair a spread', () => {
  const same = [1, 1, 1].map((s) => ({ curve: curve(2, s) }));
  expect(play(curve(2.005, 1), { champion: same, repeats: [same] })).toBeNull();
});

it('audits every tenth, and becomes patient when they were wrong', () => {
  const record = { audit: false, kept: false };
  expect([0, 8, 9, 10, 19].map((n) => isAudit(Array(n).fill(record)))).toEqual([
    false,
    false,
    true,
    false,
    true,
  ]);
  const audits = (wrong: number) => Array.from({ length: 20 }, (_, i) => ({ audit: true, kept: i < wrong }));
  expect(strictnessOf(audits(2))).toBe(4);
  expect(strictnessOf(audits(3))).toBe(6);
  expect(strictnessOf(audits(3).slice(0, 19))).toBe(4);
});

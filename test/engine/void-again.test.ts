import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createControls } from '../../src/engine/controls.ts';
import type { Session } from '../../src/engine/session.ts';
import { type Bench, retryDelay } from '../../src/engine/step.ts';
import { holdWhenVoidAgain } from '../../src/engine/void-again.ts';
import type { EventBody } from '../../src/protocol/events.ts';
import { settings } from '../screen/fixtures.ts';
import { sessionInMemory, trialEnded } from './one-gpu.ts';

let session: Session;
let bench: Bench;
let quiet: boolean;
let tolerated: number;
let notices: string[];

beforeEach(() => {
  const inMemory = sessionInMemory();
  ({ session } = inMemory);
  notices = inMemory.notices;
  quiet = false;
  tolerated = 0;
  const mover = { move: vi.fn(), edit: vi.fn(), unedit: vi.fn() } as never;
  bench = {
    session,
    controls: createControls(session, mover),
    surroundings: {
      quiet: () => quiet,
      tolerate: () => {
        tolerated += 1;
      },
    },
  } as unknown as Bench;
  session.append({ type: 'experiment.started', n: 0, parent: 'a', proposer: 'human' });
  session.append({ type: 'experiment.started', n: 1, parent: 'a', proposer: 'ollama' });
});

function run(more: Partial<EventBody<'trial.ended'>>): void {
  const k = session.state.experiments[1]!.trials.length;
  const process = { pid: 1, startTicks: null, bootId: null };
  session.append({ type: 'trial.started', n: 1, k, role: 'candidate', sha: 'a', process, seed: 1 });
  session.append({ ...trialEnded, ...more, k });
}
const spoilt = { outcome: 'void', metric: null, why: 'busy', contaminated: 'busy' } as const;
const looked = () => holdWhenVoidAgain(bench, 1, 1);
const held = () => vi.waitFor(() => expect(session.state.held).not.toBeNull());

describe('a spoilt trial', () => {
  test('is run again twice without a word; the third holds, and p counts trials as they are', async () => {
    run(spoilt);
    await looked();
    run(spoilt);
    await looked();
    expect(session.state.held).toBeNull();
    run(spoilt);
    const waiting = looked();
    await held();
    expect(session.state.held).toMatchObject({
      by: 'engine',
      kind: 'busy',
      reason: 'The machine is too busy to measure, 3 times in a row: busy',
    });
    expect(session.state.held!.next).toMatch(/p counts trials as they are from now on, s skips/);
    await bench.controls.command({ type: 'release' });
    await waiting;
    expect(tolerated).toBe(1);
  });

  test('a good one in between starts the count anew', async () => {
    run(spoilt);
    run(spoilt);
    run({});
    run(spoilt);
    await looked();
    expect(session.state.held).toBeNull();
  });

  test('skip gets out of the hold', async () => {
    for (let i = 0; i < 3; i++) run(spoilt);
    const waiting = looked();
    await held();
    await bench.controls.command({ type: 'skip', n: 1 });
    await expect(waiting).rejects.toThrow('skip');
    expect(tolerated).toBe(0);
  });

  test('three quiet looks in a row release it, and nothing is tolerated; a pause between two steps does not', async () => {
    vi.useFakeTimers();
    try {
      for (let i = 0; i < 3; i++) run(spoilt);
      const waiting = looked();
      const look = async (found: boolean) => {
        quiet = found;
        await vi.advanceTimersByTimeAsync(2000);
        return session.state.held === null;
      };
      const looks = [];
      for (const found of [false, true, true, false, true, true]) looks.push(await look(found));
      expect(looks).toEqual(Array(6).fill(false));
      expect(await look(true)).toBe(true);
      await waiting;
      expect(tolerated).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a spoilt baseline', () => {
  const again = async (found: boolean) => {
    const k = session.state.experiments[0]!.trials.length;
    const process = { pid: 1, startTicks: null, bootId: null };
    session.append({ type: 'trial.started', n: 0, k, role: 'baseline', sha: 'a', process, seed: 1 });
    session.append({ ...trialEnded, ...spoilt, n: 0, k, role: 'baseline' });
    quiet = found;
    let waited: number | null = null;
    const began = performance.now();
    void holdWhenVoidAgain(bench, 0, null).then(() => {
      waited = performance.now() - began;
    });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(session.state.held).toBeNull();
    return waited;
  };

  test('waits for a quiet machine, never for long, is never held, and says so', async () => {
    vi.useFakeTimers();
    try {
      session.append({
        type: 'run.resumed',
        engine: { pid: 1, startTicks: null, bootId: null },
        recovered: [],
        settings: { ...settings, budgetMs: 30_000 },
      });
      expect(await again(true)).toBe(6000);
      expect(await again(false)).toBe(30_000);
      expect(tolerated).toBe(0);
      expect(notices).toEqual([
        'A run of the baseline does not count: busy. It is measured again',
        expect.stringMatching(
          /^The machine stays busy \(busy\): the baseline is taken as it comes\. The champion is measured again/,
        ),
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('stop gets out of the wait', async () => {
    session.append({
      type: 'run.resumed',
      engine: { pid: 1, startTicks: null, bootId: null },
      recovered: [],
      settings,
    });
    const process = { pid: 1, startTicks: null, bootId: null };
    session.append({ type: 'trial.started', n: 0, k: 0, role: 'baseline', sha: 'a', process, seed: 1 });
    session.append({ ...trialEnded, ...spoilt, n: 0, k: 0, role: 'baseline' });
    const waiting = holdWhenVoidAgain(bench, 0, null);
    await bench.controls.command({ type: 'stop', when: 'now' });
    await expect(waiting).rejects.toThrow('stop');
  });
});

describe('a trial that could not be carried out', () => {
  const failed = { outcome: 'void', why: 'the disk of /x is full' } as const;

  test('twice: held, with a kind, until the user has mended it', async () => {
    run(failed);
    await looked();
    expect(session.state.held).toBeNull();
    run(failed);
    const waiting = looked();
    await held();
    expect(session.state.held).toMatchObject({
      by: 'engine',
      kind: 'trial',
      reason: 'The trial of #1 could not be carried out, twice: the disk of /x is full',
      next: expect.stringMatching(/release the run \(p\), or skip .* pawl tries again by itself/),
    });
    await bench.controls.command({ type: 'release' });
    await waiting;
  });

  test('tried again by itself: after one minute, two, four, eight, then every ten', async () => {
    vi.useFakeTimers();
    try {
      run(failed);
      for (const minutes of [1, 2, 4, 8, 10, 10]) {
        run(failed);
        let over = false;
        const waiting = looked().then(() => {
          over = true;
        });
        await vi.advanceTimersByTimeAsync(minutes * 60_000 - 1);
        expect(over).toBe(false);
        await vi.advanceTimersByTimeAsync(1);
        await waiting;
        // Whoever starts the next trial says that the run goes on.
        expect(session.state.held!.reason).toMatch(/could not be carried out, (twice|[3-7] times): the disk/);
      }
    } finally {
      vi.useRealTimers();
    }
  });

  test('a good one in between, or one that the machine spoilt, starts the count anew', async () => {
    for (const between of [{}, spoilt]) {
      run(failed);
      run(between);
      run(failed);
      await looked();
      expect(session.state.held).toBeNull();
    }
  });
});

test.each([
  [15_000, [15, 15, 15, 15, 15, 30, 60, 120, 120]],
  [5_000, [5, 5, 5, 5, 5, 10, 20, 40, 80, 120, 120]],
  [600_000, [600, 600, 600, 600, 600, 600, 600]],
])('a failure that asks for %s ms is tried again at first often, then rarely', (retryMs, seconds) => {
  expect(seconds.map((_, tries) => retryDelay(retryMs, tries)! / 1000)).toEqual(seconds);
  expect(retryDelay(null, 3)).toBeNull();
});

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { eventLine } from '../../src/plain/event-line.ts';
import { tellOfAbsence } from '../../src/screen/away.ts';
import { briefingOf, decidedSince } from '../../src/screen/briefing.ts';
import { happenings } from '../../src/screen/events.ts';
import { copyChoices } from '../../src/screen/keys/copy-menu.ts';
import { revertChoices } from '../../src/screen/keys/menus.ts';
import { createPace } from '../../src/screen/keys/pace.ts';
import { closeness, paletteItems } from '../../src/screen/keys/palette.ts';
import { verdictChoices } from '../../src/screen/keys/verdict-menu.ts';
import { openLastSeen } from '../../src/screen/last-seen.ts';
import { rowWidth } from '../../src/screen/paint.ts';
import { overlayBox } from '../../src/screen/panes/overlay-rows.ts';
import type { ScreenStore, Snapshot } from '../../src/screen/store.ts';
import { copyCodes } from '../../src/screen/terminal/clipboard.ts';
import type { Overlay } from '../../src/screen/view.ts';
import { rowText } from './row-text.ts';
import { states } from './states.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'pawl-screen-'));

describe('the verdict menu', () => {
  const choices = (n: number) => {
    const snapshot = states.training!();
    const e = snapshot.run.experiments[n]!;
    return { e, keys: verdictChoices(n, snapshot).map((c) => c.key), all: verdictChoices(n, snapshot) };
  };
  const find = (fits: (n: number) => boolean) => {
    const { run } = states.training!();
    return run.experiments.findIndex((e) => e && e.n > 0 && fits(e.n));
  };
  const run = states.training!().run;
  const verdictOf = (n: number) => run.experiments[n]!.verdict;

  test('offers what makes sense, and names the cost in the question', () => {
    const kept = find((n) => verdictOf(n) === 'kept' && n !== run.champion.n);
    expect(choices(kept).keys).toEqual(['d', 'x', 'm']);
    expect(choices(kept).all[0]!.question).toMatch(
      /^Discard #\d+, and .* with it; the trial of #17 is stopped\?$/,
    );
    const discarded = find((n) => verdictOf(n) === 'discarded' && run.experiments[n]!.metric !== null);
    expect(choices(discarded).keys).toEqual(['k', 'x', 'm']);
    expect(choices(discarded).all[0]).toMatchObject({
      command: { type: 'keep', n: discarded },
      question: expect.stringMatching(/Later changes only have to beat/),
    });
    const crashed = find((n) => verdictOf(n) === 'crashed');
    expect(choices(crashed).keys).not.toContain('k');
    expect(choices(0).keys).toContain('m');
    expect(choices(17).keys).toEqual([]);
  });

  test('answers a run that is held with a question', () => {
    const snapshot = states.training!();
    const held = {
      at: '',
      by: 'engine',
      reason: 'too good',
      next: null,
      when: 'after-trial',
      asks: 16,
    } as const;
    const asked = { ...snapshot, run: { ...snapshot.run, held } };
    expect(verdictChoices(16, asked).map((c) => c.command)).toEqual([
      { type: 'release', decision: 'keep' },
      { type: 'release', decision: 'discard' },
    ]);
  });
});

test('after a revert the menu offers the best that was ever kept', () => {
  const snapshot = states.training!();
  const { run } = snapshot;
  const keys = (now: typeof run) => revertChoices({ ...snapshot, run: now }).map((c) => c.key);
  expect(keys(run)).toEqual(['l', '0']);
  const experiments = run.experiments.map((e) => (e.n === 15 ? { ...e, verdict: 'reverted' as const } : e));
  const back = { ...run, experiments, champion: { ...run.champion, n: 9 } };
  expect(keys(back)).toEqual(['l', 'b', '0']);
  expect(revertChoices({ ...snapshot, run: back })[1]).toMatchObject({
    command: { type: 'revert', target: { to: 'experiment', n: 15 } },
    detail: '#15 (1.9731), kept once',
  });
});

describe('keys that come faster than fingers', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test('an act is done after a moment of silence; one in a burst never is', () => {
    const done: string[] = [];
    let pasted = 0;
    const pace = createPace(20, () => pasted++, Date.now);
    const type = (key: string, wait: number) => {
      if (pace.key()) pace.carefully(() => done.push(key));
      vi.advanceTimersByTime(wait);
    };
    type('p', 30);
    type('s', 30);
    expect([done, pasted]).toEqual([['p', 's'], 0]);
    for (const key of 'srvQ') type(key, 1);
    vi.advanceTimersByTime(100);
    expect(done).toEqual(['p', 's']);
    expect(pasted).toBeGreaterThan(0);
    type('p', 30);
    expect(done).toEqual(['p', 's', 'p']);
  });
});

test('the palette finds by letters, the best first, and says why not', () => {
  const snapshot = states.training!();
  const best = (text: string) => paletteItems(text, snapshot)[0]?.id;
  expect(best('hold')).toBe('hold');
  expect(best('holdn')).toBe('hold-now');
  expect(best('rvt')).toBe('revert');
  expect(best('brief')).toBe('briefing');
  expect(paletteItems('xyzzy', snapshot)).toEqual([]);
  expect(paletteItems('undo', snapshot)[0]).toMatchObject({
    id: 'undo',
    why: expect.stringMatching(/^undo: /),
  });
  expect(closeness('', 'anything')).toBeGreaterThan(0);
  expect(closeness('skip', 'skip')).toBeGreaterThan(closeness('skip', 'do not skip anything of that'));
});

test('what can be copied, and how it leaves', () => {
  const snapshot = states.training!();
  const labels = copyChoices(15, snapshot).map((c) => c.label);
  expect(labels).toEqual(expect.arrayContaining(['commit', 'numbers', 'hypothesis']));
  expect(copyChoices(17, snapshot).find((c) => c.key === 'd')?.text).toContain('@@');
  expect(copyCodes('hello', {})).toEqual({ codes: '\x1b]52;c;aGVsbG8=\x07', left: 0 });
  expect(copyCodes('hello', { TMUX: 'x' }).codes).toBe(
    '\x1b]52;c;aGVsbG8=\x07\x1bPtmux;\x1b\x1b]52;c;aGVsbG8=\x07\x1b\\',
  );
  const long = copyCodes('😀'.repeat(60_000), {});
  expect(long.codes.length).toBeLessThan(75_000);
  expect(long.left).toBeGreaterThan(0);
  const text = Buffer.from(long.codes.slice(7, -1), 'base64').toString();
  expect(text).toBe('😀'.repeat(text.length / 2));
});

describe('the briefing', () => {
  test('tells only what happened since, and what waits', () => {
    const { run } = states.training!();
    const whole = briefingOf(run, '');
    const { kept, discarded, failed, other } = whole.decided;
    expect(kept + discarded + failed + other).toBe(16);
    expect(whole.kept.map((e) => e.gain ?? 0)).toEqual(
      whole.kept.map((e) => e.gain ?? 0).sort((a, b) => b - a),
    );
    expect(whole.unsure.every((e) => e.confidence === 'provisional')).toBe(true);
    const from = run.experiments[12]!.endedAt!;
    expect(decidedSince(run, from)).toBe(4);
    const since = Object.values(briefingOf(run, from).decided).reduce((a, b) => a + b, 0);
    expect(since).toBe(4);
    expect(briefingOf(run, from)).toBe(briefingOf(run, from));
    const held = states['held by engine']!().run;
    expect(briefingOf(held, '').waits[0]).toMatch(/the run is held: Ollama does not answer/);
    expect(briefingOf(held, '').incidents).toMatchObject([{ kind: 'held', until: null }]);
  });

  test('tells what the user was warned of since, and so do the events and plain lines', () => {
    const snapshot = states.training!();
    const at = (i: number) => `2026-11-20T03:0${i}:00.000Z`;
    const warnings = [1, 2, 3, 4, 5].map((i) => ({ at: at(i), text: `odd \x1b[31mthing ${'abcde'[i - 1]}` }));
    const run = { ...snapshot.run, warnings };
    expect(briefingOf(run, at(3)).warnings.map((w) => w.at)).toEqual([at(4), at(5)]);
    const box = overlayBox({ kind: 'briefing', at: 0 }, { ...snapshot, run });
    const text = box.rows.map(rowText).join('\n');
    expect(text).toMatch(
      /WARNED +\d\d:03 odd thing c [\s\S]*\d\d:04 odd thing d [\s\S]*and 2 more \(Events\)/,
    );
    const lines = happenings(run).map(({ row }) => rowText(row));
    for (const letter of 'abcde')
      expect(lines.join('\n')).toMatch(new RegExp(`^\\d\\d:0\\d odd thing ${letter}$`, 'm'));
    const event = { v: 1, seq: 999, type: 'run.warned', ...warnings[0]! } as const;
    expect(eventLine(run, event)).toMatch(/note: odd thing a$/);
  });

  test('tells what it took of the machine', () => {
    const snapshot = states['disk low']!();
    const { run } = snapshot;
    const hot = { index: 0, totalMiB: 24_000, beforeMiB: 0, peakMiB: 9000, hot: 0.4 };
    const heated = {
      ...run,
      experiments: run.experiments.map((e) =>
        e.n === 9 || e.n === 10
          ? {
              ...e,
              trials: e.trials.map((t) => ({
                ...t,
                conditions: { gpus: [{ ...hot, hot: e.n === 9 ? 0.4 : 0.1 }], foreignCores: 0, waited: 0 },
              })),
            }
          : e,
      ),
    };
    expect(briefingOf(heated, '').machine.hot).toEqual({ trials: 2, worst: { n: 9, share: 0.4 } });
    const box = overlayBox({ kind: 'briefing', at: 0 }, { ...snapshot, run: heated });
    const text = box.rows.map(rowText).join('\n');
    expect(text).toMatch(
      /MACHINE +[\d.]+ Wh drawn by the GPUs in trials · heat slowed 2 trials, #9 for 40 %/,
    );
    expect(text).toContain('2.1G of disk left');
    const from = run.experiments[12]!.endedAt!;
    const all = briefingOf(run, '').machine.energyWh!;
    expect(briefingOf(run, from).machine.energyWh!).toBeLessThan(all);
  });

  test('opens once for who comes back after a long time to news, else never', async () => {
    const snapshot = states.training!();
    const last = Date.parse(snapshot.run.experiments[12]!.endedAt!);
    const looks: Partial<Snapshot['view']>[] = [];
    const store = {
      look: (change: Partial<Snapshot['view']>) => looks.push(change),
    } as unknown as ScreenStore;
    const come = async (at: number | null, now: number, shown: Snapshot = snapshot) => {
      looks.length = 0;
      const saw = tellOfAbsence(store, at === null ? null : new Date(at).toISOString(), () => now);
      saw({ ...shown, link: 'connecting' });
      saw(shown);
      saw(shown);
      await new Promise((resolve) => setImmediate(resolve));
      return looks.length;
    };
    const hour = 3_600_000;
    expect(await come(last, last + hour)).toBe(1);
    expect(looks[0]).toMatchObject({ overlay: { kind: 'briefing' }, seen: 12 });
    expect(await come(last, last + 60_000)).toBe(0);
    expect(await come(null, last + hour)).toBe(0);
    expect(await come(last + 100 * hour, last + 200 * hour)).toBe(0);
  });

  test('when one was here last is remembered for each run', () => {
    const env = { HOME: folder() };
    let now = Date.parse('2026-01-01T00:00:00Z');
    const first = openLastSeen('/p/.pawl/runs/a', env, () => now);
    expect(first.at).toBeNull();
    first.touch();
    now += 10_000;
    first.touch();
    // Not written for every key, but on close.
    expect(openLastSeen('/p/.pawl/runs/a', env).at).toBe('2026-01-01T00:00:00.000Z');
    first.close();
    expect(openLastSeen('/p/.pawl/runs/a', env).at).toBe('2026-01-01T00:00:10.000Z');
    expect(openLastSeen('/p/.pawl/runs/b', env).at).toBeNull();
    expect(() => openLastSeen('/p', { HOME: '/proc/nowhere' }).close()).not.toThrow();
  });
});

const overlays: Overlay[] = [
  { kind: 'help', scroll: 0 },
  { kind: 'help', scroll: 0, filter: 'hold', typing: true },
  { kind: 'verdict', n: 15 },
  { kind: 'copy', n: 15 },
  { kind: 'undo' },
  { kind: 'notes', at: 0 },
  { kind: 'palette', text: 'h', cursor: 1, at: 0 },
  { kind: 'briefing', at: 1 },
  { kind: 'note', text: 'try this '.repeat(40), cursor: 20, sticky: true },
  { kind: 'note', text: '', cursor: 0, sticky: false, rejects: { n: 17, tree: 'x' } },
];

test.each(['60x16', '80x24', '120x40', '200x60'])('every overlay fits %s', (size) => {
  const [columns, rows] = size.split('x').map(Number) as [number, number];
  const snapshot = states.training!({ size: { columns, rows } });
  const acts = Array.from({ length: 10 }, (_, id) => ({
    id,
    what: `act ${id} `.repeat(12),
    effect: 'x '.repeat(90),
  }));
  snapshot.live = { ...snapshot.live, undos: acts };
  for (const overlay of overlays) {
    const { rect, rows: drawn } = overlayBox(overlay, snapshot);
    const where = `${overlay.kind} at ${size}`;
    expect(rect.top + rect.height, where).toBeLessThanOrEqual(rows - 2);
    expect(rect.left + rect.width, where).toBeLessThanOrEqual(columns);
    expect(drawn.length, where).toBe(rect.height);
    for (const row of drawn) expect(rowWidth(row), where).toBe(rect.width);
  }
});

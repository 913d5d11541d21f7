import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { openReader } from '../../../src/screen/reader/open-reader.ts';
import type { Snapshot } from '../../../src/screen/store.ts';
import type { PaneId } from '../../../src/screen/view.ts';
import * as f from '../fixtures.ts';
import { states } from '../states.ts';

/** A reader on snapshots that the test publishes, and the lines that it has said. */
function listening(first: Snapshot) {
  const published = createStore<Snapshot>(() => first);
  const store = { published, current: () => published.getState() };
  const said: string[] = [];
  const keys = Object.assign(new PassThrough(), { setRawMode: () => keys }) as unknown as NodeJS.ReadStream;
  const stdout = { write: (text: string) => said.push(...text.split('\n').filter(Boolean)) };
  const focus = (input: string) => {
    const pane = (['experiments', 'metric', 'diff', 'log', 'gpu', 'events', 'model'] as PaneId[])[
      Number(input) - 1
    ];
    if (pane) publish((s) => ({ ...s, view: { ...s.view, focus: pane } }));
  };
  const publish = (change: (s: Snapshot) => Snapshot) =>
    published.setState(change(published.getState()), true);
  const reader = openReader({ store, extents: {} } as never, { key: focus, paste() {} } as never, {
    keys,
    stdout: stdout as never,
  });
  return {
    said,
    publish,
    press: (key: string) => keys.emit('data', key),
    /** What was said since the last time. */
    news: () => said.splice(0).filter((line) => !line.startsWith('\x1b')),
    reader,
  };
}

test('what changes is one line, said once', () => {
  const j = f.journal();
  f.start(j);
  f.baseline(j);
  f.experiments(j, 15);
  const at = (phase: Parameters<typeof f.phase>[0], n: number) =>
    f.snapshotOf(j.events, [f.phase(phase, n, 1000)]);
  const here = listening(at('proposing', 16));
  expect(here.news()).toEqual([
    'Propose: experiment 16.',
    expect.stringMatching(/^Best val_bpb 1\.9731 at experiment 15/),
    expect.stringMatching(/^Keys: /),
  ]);
  // The same again, and only a clock further: nothing.
  here.publish(() => at('proposing', 16));
  here.publish((s) => ({ ...s, now: s.now + 5000 }));
  expect(here.news()).toEqual([]);
  f.experiment(j, 16, 1.9731);
  f.proposed(j, 17, 'a wider model');
  for (const phase of ['checking', 'training', 'training', 'deciding'] as const)
    here.publish(() => at(phase, 17));
  expect(here.news()).toEqual([
    expect.stringMatching(/^\d\d:\d\d #16 discarded 1\.9744/),
    'Check: experiment 17, a wider model.',
    'Train: experiment 17.',
    'Decide: experiment 17.',
  ]);
  // A new champion changes how it goes.
  f.committed(j, 17);
  f.trialStarted(j, 17, 0);
  f.trialEnded(j, 17, 0, 1.9);
  j.add({
    type: 'experiment.decided',
    n: 17,
    verdict: 'kept',
    metric: 1.9,
    gain: 0.03,
    z: 9,
    sigma: 0.002,
    why: 'better',
    by: 'engine',
    confidence: 'confirmed',
    label: null,
  });
  j.add({
    type: 'champion.moved',
    from: 'a'.repeat(40),
    to: 'b'.repeat(40),
    n: 17,
    by: 'engine',
    cause: 'kept',
    reverted: [],
    restored: [],
    why: 'kept',
  });
  here.publish(() => at('proposing', 18));
  const news = here.news();
  expect(news).toHaveLength(3);
  expect(news[0]).toContain('#17 kept 1.9');
  expect(news.slice(1)).toEqual([
    'Propose: experiment 18.',
    expect.stringMatching(/^Best val_bpb 1\.9.* at experiment 17/),
  ]);
});

test('a notice that says what was just said is not said again', () => {
  const here = listening(states['held by engine']!());
  const before = here.news();
  expect(before.join(' ')).toContain('Ollama does not answer');
  const notice = (text: string) =>
    here.publish((s) => ({ ...s, live: { ...s.live, notice: { level: 'warn', text, at: s.now } } }));
  notice('Ollama does not answer at 127.0.0.1:11434');
  expect(here.news()).toEqual([]);
  notice('the disk is nearly full');
  expect(here.news()).toEqual(['the disk is nearly full']);
});

test('a pane’s number reads the latest of it, again what is older; another key begins anew', () => {
  const here = listening(states['a long night']!());
  here.news();
  here.press('1');
  const first = here.news();
  expect(first.slice(0, 2)).toEqual(['Experiments:', '701 experiments and the baseline, the latest 5:']);
  here.press('1');
  const second = here.news();
  expect(second[0]).toMatch(/^Experiment 696 /);
  expect(second.at(-1)).toBe('692 earlier: 1 goes on.');
  here.press('6');
  expect(here.news()[0]).toBe('Events:');
  here.press('1');
  expect(here.news()).toEqual(first);
});

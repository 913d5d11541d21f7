import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recall, remember, rememberedPath } from '../../src/screen/remembered.ts';
import { createScreenStore, type ScreenStore } from '../../src/screen/store.ts';

let home: string;
let path: string;
let store: ScreenStore;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pawl-state-'));
  path = rememberedPath({ XDG_STATE_HOME: home });
  store = createScreenStore({ size: { columns: 120, rows: 40 } });
});
afterEach(() => {
  store.stop();
  rmSync(home, { recursive: true, force: true });
});

test('sizes and the picked pane come back, zoom does not', () => {
  expect(recall(path, 'normal')).toEqual({ view: {}, keep: null, problem: null });
  const memory = remember(store, path);
  store.look({ sizes: { normal: { log: 2 }, compact: { metric: -1 } } });
  // At once: a killed screen has remembered it all the same.
  expect(recall(path, 'normal').view.sizes).toEqual({ normal: { log: 2 }, compact: { metric: -1 } });
  store.look({ focus: 'diff', picked: true, zoom: true });
  memory.close();
  expect(recall(path, 'normal')).toEqual({
    view: { sizes: { normal: { log: 2 }, compact: { metric: -1 } }, focus: 'diff', picked: true },
    keep: null,
    problem: null,
  });
  expect(readdirSync(dirname(path))).toEqual(['screen.json']);
});

test('a small screen opens with its list and its chart; the picked pane waits for a larger one', () => {
  const memory = remember(store, path);
  store.look({ focus: 'model', picked: true });
  memory.close();
  store.look({ focus: 'experiments', picked: false });
  const small = recall(path, 'compact');
  expect(small).toMatchObject({ keep: 'model', view: { sizes: {} } });
  expect(small.view.focus).toBeUndefined();
  remember(store, path, small.keep).close();
  expect(recall(path, 'normal').view.focus).toBe('model');
});

test('a pane that was only shown, not picked, is not remembered', () => {
  remember(store, path).close();
  expect(recall(path, 'normal').view.focus).toBeUndefined();
});

test.each([
  '',
  '{',
  'null',
  '[]',
  '{"v":2}',
  '{"v":1,"sizes":{"normal":{"log":"big"}}}',
  '{"v":1,"sizes":{"normal":{"log":1e9}}}',
  '{"v":1,"sizes":{"huge":{}}}',
  '{"v":1,"focus":"kitchen"}',
  '\u0000\u0001',
])('a broken file means defaults and a word about it: %j', (text) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const { view, problem } = recall(path, 'normal');
  expect(view).toEqual({});
  expect(problem).toContain(path);
  // The next screen mends it.
  remember(store, path).close();
  expect(recall(path, 'normal').problem).toBeNull();
  expect(JSON.parse(readFileSync(path, 'utf8')).v).toBe(1);
});

test('a folder that cannot be written ends nothing', () => {
  writeFileSync(join(home, 'pawl'), 'a file where a folder should be');
  expect(() => remember(store, path).close()).not.toThrow();
  expect(recall(path, 'normal').view).toEqual({});
});

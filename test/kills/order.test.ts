import { afterAll, beforeAll, expect, test } from 'vitest';
import { record } from './kill.ts';
import { openSmallRun, type SmallRun } from './small-run.ts';

// A power cut keeps what was synced, in the order of src/journal/durable.ts: what the journal names is there by then.

let run: SmallRun;
let effects: string[];
beforeAll(async () => {
  run = await openSmallRun();
  effects = await record(run, 3);
}, 60_000);
afterAll(() => run.end());

const journal = 'run/journal.jsonl';
/** What happens between the last `from` before each `to`, and that one. */
const before = (to: string): string[][] =>
  effects.flatMap((name, at) => (name === to ? [effects.slice(Math.max(0, at - 30), at)] : []));

/** Names that must come in this order right before every `to`; others may lie between them. */
function inOrder(to: string, names: RegExp[]): void {
  const all = before(to);
  expect(all.length, to).toBeGreaterThan(0);
  for (const past of all) {
    let at = -1;
    for (const name of names) {
      const found = past.findLastIndex((effect) => name.test(effect));
      expect(found, `${name} before ${to} in\n${past.join('\n')}`).toBeGreaterThan(at);
      at = found;
    }
  }
}

test.each([
  'run.started',
  'experiment.committed',
  'trial.started',
  'experiment.decided',
  'champion.moved',
  'run.ended',
])('%s is synced before anything else happens', (type) => {
  const at = effects.flatMap((name, i) => (name === `write ${journal} ${type}` ? [i] : []));
  expect(at.length).toBeGreaterThan(0);
  for (const i of at) expect(effects[i + 1]).toBe(`fdatasync ${journal}`);
});

test('a proposal: objects, then the ref, then the journal, then the trial', () => {
  const proposed = effects.lastIndexOf(`write ${journal} experiment.proposed`);
  const rest = effects.slice(proposed);
  const order = [
    'start git add synced',
    'start git write-tree synced',
    'start git commit-tree synced',
    'tell git create refs/pawl/T/N, prepare',
    'tell git commit',
    `write ${journal} experiment.committed`,
    'start trial',
  ].map((name) => rest.indexOf(name));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(order[0]).toBeGreaterThan(0);
  expect(effects.filter((name) => name.startsWith('start git update-ref'))).not.toContain(
    'start git update-ref',
  );
});

test('a keep: the verdict, then the champion and the branch, then the journal', () => {
  inOrder(`write ${journal} champion.moved`, [
    /journal.jsonl experiment.decided$/,
    /^fdatasync/,
    /^tell git update refs\/pawl\/T\/champion, update refs\/heads\/pawl\/T, prepare$/,
    /^tell git commit$/,
  ]);
});

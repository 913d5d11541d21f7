import { expect, test } from 'vitest';
import { changedSettings } from '../../src/config/changed-settings.ts';
import { parseSettings } from '../../src/config/load-config.ts';
import { knownKeys } from '../../src/config/schema.ts';
import { settingChangeWords } from '../../src/protocol/setting-changes.ts';

const base = 'command: node train.mjs\nsurface: [train.mjs]\nmetric: val_bpb\n';
const changes = (before: string, now: string, holding = now) =>
  changedSettings(parseSettings(base + before), parseSettings(base + now), parseSettings(base + holding));

test.each<[string, string, string, string, string]>([
  ['strictness: fast', 'strictness: careful', 'strictness', 'fast', 'careful'],
  ['', 'strictness: careful', 'strictness', 'balanced', 'careful'],
  ['timeout: 420s', 'timeout: 2h', 'timeout', '7m', '2h'],
  ['stop: {plateau: 60}', '', 'stop.plateau', '60', 'not set'],
  ['', 'stop: {after: 12h}', 'stop.after', 'not set', '12h'],
  ['model: {num_ctx: 8192}', 'model: {num_ctx: 16384}', 'model.num_ctx', '8192', '16384'],
  ['model: {name: a}', 'model: {name: [a, b]}', 'model.name', 'a', '[a, b]'],
  ['min_gain: 5%', 'min_gain: 0.1', 'min_gain', '5%', '0.1'],
  ['link: [data]', 'link: [data, .venv]', 'link', '[data]', '[data, .venv]'],
  ['', 'guards: [{name: mb, max: 9}]', 'guards', '[]', '[{name: mb, max: 9, direction: minimize}]'],
  ['', 'max_output: 4GiB', 'max_output', 'not set', '4 GiB'],
  ['smoke: 5s', 'smoke: off', 'smoke', '5s', 'not set'],
])('%j to %j is a change of %s', (before, now, name, from, to) => {
  expect(changes(before, now)).toEqual([{ name, from, to, holds: true }]);
});

test('what is said in another way is no change; a comment neither', () => {
  expect(changes('# night two\nstop: {after: 60m}\nstrictness: balanced', 'stop:\n  after: 1h')).toEqual([]);
});

test('what the command line said holds, and it is said which', () => {
  const [change] = changes('strictness: fast', 'strictness: careful', 'strictness: strict');
  expect(change).toEqual({
    name: 'strictness',
    from: 'fast',
    to: 'careful',
    holds: false,
    instead: 'strict',
  });
  expect(settingChangeWords(change!)).toBe(
    'strictness is careful in pawl.yaml now, was fast when the run was started: it does not hold, strict was said on the command line',
  );
});

test('names are those of pawl.yaml', () => {
  const all = changes(
    '',
    [
      'goal: g',
      'instructions: p.md',
      'link: [a]',
      'check: c',
      'timeout: 1h',
      'progress: "s (?<step>1) (?<value>2)"',
      'min_gain: 1',
      'ties: keep-simpler',
      'proposer: hybrid',
      'contaminated: count',
      'contaminated_after: 9s',
      'early_stop: off',
      'verify: 2',
      'held_out: h',
      'static_check: off',
      'sandbox: off',
      'plateau: 9',
      'max_output: 1GiB',
      'smoke: 1s',
      'model: {host: "http://127.0.0.1:1", think: low, sharing: cpu, batch: 2, overlap: off, allow_remote: true}',
      'panel: {rounds: 2}',
    ].join('\n'),
  );
  expect(all.length).toBeGreaterThanOrEqual(25);
  for (const { name } of all) {
    const [section, key] = name.split('.');
    expect(knownKeys([]), name).toContain(section);
    if (key) expect(knownKeys([section!]), name).toContain(key);
  }
});

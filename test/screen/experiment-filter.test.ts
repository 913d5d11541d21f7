import { expect, test } from 'vitest';
import { filteredExperiments, parseFilter } from '../../src/screen/experiment-filter.ts';
import { states } from './states.ts';

const { run } = states.training!();
const numbers = (filter: string) => filteredExperiments(run, filter).map((e) => e.n);

test.each([
  ['kept', [0, 1, 2, 5, 9, 15]],
  ['keep', [0, 1, 2, 5, 9, 15]],
  ['crashed', [4, 11]],
  ['timed-out', [11]],
  ['!kept !discarded', [4, 8, 11, 13, 17]],
  ['provisional', [15]],
  ['#9', [9]],
  ['#3-5', [3, 4, 5]],
  ['#14-', [14, 15, 16, 17]],
  ['Δ<0', [1, 2, 5, 9, 15]],
  ['d<-2%', [1, 5]],
  ['Δ>1% discarded', [3, 6, 12]],
  ['z>5', [1, 2, 5, 9]],
  ['tuner', []],
  ['ollama #1-2', [1, 2]],
  ['GEGLU', [9]],
  ['"kept"', []],
  ['norm layer', [7]],
  ['', run.experiments.map((e) => e.n)],
  ['   ', run.experiments.map((e) => e.n)],
])('%s', (filter, wanted) => {
  expect(numbers(filter)).toEqual(wanted);
});

test('half a filter is no error: one types it letter by letter', () => {
  for (const part of ['!', '"', '!"', 'Δ', 'Δ<', 'Δ<-', '#', 'z>', '#3-', '<', '%'])
    expect(() => parseFilter(part)?.(run.experiments[1]!, run)).not.toThrow();
});

test('the same state is filtered once', () => {
  expect(filteredExperiments(run, 'kept')).toBe(filteredExperiments(run, 'kept'));
});

test('the beginning of a verdict finds it already, beside texts that have it', () => {
  expect(numbers('ke')).toEqual(expect.arrayContaining(numbers('kept')));
  expect(numbers('cras')).toEqual(expect.arrayContaining(numbers('crashed')));
  expect(numbers('!cras')).not.toContain(numbers('crashed')[0]);
});

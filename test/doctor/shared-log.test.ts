import { expect, test } from 'vitest';
import { sharedLogFinding } from '../../src/doctor/shared-log.ts';

const files = ['train.py', 'evaluate.py', 'judge/run.sh'];
const look = (command: string, evaluate: string | null = null) =>
  sharedLogFinding({ command, evaluate }, ['train.py'], (path) => files.includes(path));

test.each([
  ['python train.py && python evaluate.py', 'python evaluate.py'],
  ['python train.py; ./judge/run.sh --fast', './judge/run.sh --fast'],
  ['cd . && python "train.py" && python evaluate.py', 'python evaluate.py'],
])('%s: the evaluator wants a line of its own', (command, last) => {
  expect(look(command)).toMatchObject({
    level: 'warn',
    fix: `Give it a line of its own in pawl.yaml: evaluate: ${last}`,
  });
});

test.each([
  ['python train.py', null],
  ['cd src && python train.py', null],
  ['python prepare.py && python train.py', null],
  ['python train.py && echo done', null],
  ['python evaluate.py && python train.py', null],
  ['python train.py && python evaluate.py', 'python evaluate.py'],
])('%s (evaluate: %s): nothing to say', (command, evaluate) => {
  expect(look(command, evaluate)).toBeNull();
});

import { expect, test } from 'vitest';
import { nearest } from '../../src/config/nearest.ts';

test('two letters that changed places are one slip', () => {
  const commands = [
    'run',
    'attach',
    'resume',
    'stop',
    'demo',
    'init',
    'doctor',
    'list',
    'show',
    'keys',
    'shot',
  ];
  expect(nearest('lsit', commands)).toBe('list');
  expect(nearest('hsow', commands)).toBe('show');
  expect(nearest('resmue', commands)).toBe('resume');
  expect(nearest('lists', commands)).toBe('list');
  expect(nearest('banana', commands)).toBeNull();
});

import { expect, it } from 'vitest';
import { pinWarning } from '../../src/engine/pin-warning.ts';

const grounds = (count: number) => ({
  worktree: '/w',
  project: '/p',
  inputs: [],
  tracked: ['train.py', ...Array.from({ length: count }, (_, i) => `f${i}.py`)],
  surface: ['train.py'],
});

it('says how many tracked files the sandbox cannot keep read-only', () => {
  expect(pinWarning(grounds(249), '/w')).toBe(null);
  expect(pinWarning(grounds(300), '/w')).toMatch(/^51 of the tracked files and folders beside the surface/);
  // In another folder than the command's, all of it is read-only.
  expect(pinWarning(grounds(300), '/w/sub')).toBe(null);
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { onBeat } from '../../src/trial/beat.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('all look in the same moment, whenever they came, and nobody keeps a timer', () => {
  const seen: string[] = [];
  const note = (who: string) => () => void seen.push(`${who} ${Date.now() % 1000}`);
  vi.setSystemTime(0);
  const stopA = onBeat(note('a'));
  vi.advanceTimersByTime(130);
  const stopB = onBeat(note('b'));
  vi.advanceTimersByTime(80);
  expect(seen).toEqual(['a 100', 'a 200', 'b 200']);
  expect(vi.getTimerCount()).toBe(1);
  stopA();
  vi.advanceTimersByTime(100);
  expect(seen.slice(3)).toEqual(['b 300']);
  stopB();
  expect(vi.getTimerCount()).toBe(0);
});

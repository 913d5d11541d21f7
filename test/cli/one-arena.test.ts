import { expect, test } from 'vitest';
import { keepOneArenaToMyself, withOneArena } from '../../src/cli/one-arena.ts';

test('an engine is started with one arena, and hands on what it was given', () => {
  const mine = { PATH: '/bin' };
  const engine = withOneArena(mine);
  expect(engine).toMatchObject({ PATH: '/bin', MALLOC_ARENA_MAX: '1' });
  keepOneArenaToMyself(engine);
  expect(engine).toEqual(mine);
});

test('what the user has chosen is neither changed nor taken away', () => {
  const mine = { MALLOC_ARENA_MAX: '4' };
  const engine = withOneArena(mine);
  keepOneArenaToMyself(engine);
  expect(engine).toEqual({ MALLOC_ARENA_MAX: '4' });
});

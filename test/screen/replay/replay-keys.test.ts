import { expect, test } from 'vitest';
import type { Controller } from '../../../src/screen/keys/controller.ts';
import type { Player } from '../../../src/screen/replay/player.ts';
import { replayKeys } from '../../../src/screen/replay/replay-keys.ts';
import { initialView, type View } from '../../../src/screen/view.ts';

function played(view: View, ...keys: string[]): { player: number; screen: string[] } {
  let player = 0;
  const screen: string[] = [];
  const inner: Controller = { key: (input) => screen.push(input), paste: () => {} };
  const keyboard = replayKeys(
    { toggle: () => player++, shift: () => player++ } as unknown as Player,
    inner,
    () => view,
  );
  for (const key of keys) keyboard.key(key, {});
  return { player, screen };
}

test('the player has its keys; all others are the screen’s', () => {
  expect(played(initialView(), ' ', '<', '>', 'j')).toEqual({ player: 3, screen: ['j'] });
});

test('while something is typed or asked, a blank is a blank', () => {
  const prompt = { kind: 'find', pane: 'experiments', text: 'a', cursor: 1, before: '' } as const;
  for (const more of [{ prompt }, { overlay: { kind: 'help', scroll: 0 } as const }])
    expect(played({ ...initialView(), ...more }, ' ', '<')).toEqual({ player: 0, screen: [' ', '<'] });
});

import { chordsOf } from '../keys/chord.ts';
import type { Controller } from '../keys/controller.ts';
import type { View } from '../view.ts';
import type { Player } from './player.ts';

/** The keys of a replay, for hints. */
export const replayHints: [string, string][] = [
  ['Space', 'pause'],
  ['< >', 'speed'],
  ['← →', 'experiment'],
  ['Home End', 'ends'],
];

/** The player's keys go before all others; everything else is as on a live screen. */
export function replayKeys(player: Player, inner: Controller, view: () => View): Controller {
  const act = (chord: string | undefined): boolean => {
    switch (chord) {
      case 'space':
        player.toggle();
        return true;
      case '<':
        player.shift(-1);
        return true;
      case '>':
        player.shift(1);
        return true;
      case 'left':
        void player.step(-1);
        return true;
      case 'right':
        void player.step(1);
        return true;
      case 'home':
        void player.seek(player.status().from);
        return true;
      case 'end':
        void player.seek(player.status().to);
        return true;
      default:
        return false;
    }
  };
  return {
    key(input, key) {
      // A box over the panes, and a line that is being typed, take all keys.
      const { overlay, confirm, prompt } = view();
      const free = overlay === null && confirm === null && prompt === null;
      if (free && !key.meta && act(chordsOf(input, key)[0])) return;
      inner.key(input, key);
    },
    paste: (text) => inner.paste(text),
  };
}

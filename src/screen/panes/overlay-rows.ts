import { keyOf } from '../keys/bindings.ts';
import { copyChoices } from '../keys/copy-menu.ts';
import { revertChoices, stopChoices } from '../keys/menus.ts';
import { verdictChoices } from '../keys/verdict-menu.ts';
import { askedOf } from '../selectors.ts';
import type { Snapshot } from '../store.ts';
import { number } from '../text/format.ts';
import type { Overlay } from '../view.ts';
import { briefingBox } from './overlays/briefing-box.ts';
import { helpBox } from './overlays/help-box.ts';
import { noteBox, notesBox } from './overlays/note-box.ts';
import { menuBox, type OverlayBox } from './overlays/overlay-box.ts';
import { paletteBox } from './overlays/palette-box.ts';
import { undoBox } from './overlays/undo-box.ts';

/** The open overlay, drawn for a screen of that size. */
export function overlayBox(overlay: Overlay, snapshot: Snapshot): OverlayBox {
  const { size } = snapshot;
  switch (overlay.kind) {
    case 'help':
      return helpBox(overlay, snapshot);
    case 'revert':
      return menuBox('Revert', `nothing is deleted; ${keyOf('undo')} undoes`, revertChoices(snapshot), size);
    case 'stop':
      return menuBox(
        'Stop the run',
        'kept commits stay · pawl resume goes on later',
        stopChoices(snapshot),
        size,
      );
    case 'verdict':
      return menuBox(
        verdictTitle(overlay.n, snapshot),
        askedOf(snapshot.run) === overlay.n ? 'the run waits for this' : `${keyOf('undo')} undoes`,
        verdictChoices(overlay.n, snapshot),
        size,
      );
    case 'copy':
      return menuBox(
        `Copy of ${overlay.n === 0 ? 'the baseline' : `#${overlay.n}`}`,
        '',
        copyChoices(overlay.n, snapshot),
        size,
      );
    case 'undo':
      return undoBox(snapshot);
    case 'notes':
      return notesBox(overlay.at, snapshot);
    case 'palette':
      return paletteBox(overlay, snapshot);
    case 'briefing':
      return briefingBox(overlay.at, snapshot);
    case 'note':
      return noteBox(overlay, snapshot);
  }
}

function verdictTitle(n: number, { run }: Snapshot): string {
  const e = run.experiments[n];
  if (askedOf(run) === n)
    return `#${n} ${number(e?.trials.findLast((t) => t.outcome === 'ok')?.metric)}: too good to be true?`;
  const value = e?.metric === null || e?.metric === undefined ? '' : ` ${number(e.metric)}`;
  return `${n === 0 ? 'Baseline' : `#${n}`} ${e?.verdict ?? ''}${value}${e?.pinned ? ', pinned' : ''}`;
}

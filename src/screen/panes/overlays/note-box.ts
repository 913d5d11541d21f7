import { clean } from '../../../protocol/clean.ts';
import { keyOf } from '../../keys/bindings.ts';
import { notesInForce } from '../../selectors.ts';
import type { Row } from '../../spans.ts';
import type { Snapshot } from '../../store.ts';
import { width as columnsOf, cut } from '../../text/cut.ts';
import { timeOfDay } from '../../text/format.ts';
import { wrapLine } from '../../text/wrap.ts';
import type { NoteEdit } from '../../view.ts';
import { overlayFrame } from '../frame.ts';
import { columnsIn, type OverlayBox, place } from './overlay-box.ts';

/** The editor of a note, with who will read it. */
export function noteBox(note: NoteEdit, { size, run }: Snapshot): OverlayBox {
  const width = columnsIn(84, size);
  const lines = withCursor(note, width - 2);
  const rows: Row[] = lines
    .slice(-Math.max(1, size.rows - 10))
    .map((line, i) => [{ text: i === 0 ? '› ' : '  ', tone: 'accent' }, ...line]);
  rows.push([], reader(note, run));
  const sticky = notesInForce(run).filter((n) => n.sticky).length;
  const more = sticky > 0 ? `  ${keyOf('notes')}: ${sticky} sticky in force` : '';
  rows.push([{ text: `↑ earlier notes  Ctrl-O $EDITOR${more}`, tone: 'dim' }]);
  const rect = place(84, rows.length + 2, size);
  const title = note.rejects ? `Reject #${note.rejects.n} and say why` : 'Note to the proposer';
  const aside = note.rejects ? '' : note.sticky ? 'sticky' : 'one-shot';
  return { rect, rows: overlayFrame(title, aside, rows, rect) };
}

/** A sign of one column that no text has: where the cursor is, once the lines are broken. */
const mark = '\ue000';

/** The lines of the text. The cursor is the letter that it stands on, inverted: no letter moves for it. */
function withCursor({ text, cursor }: NoteEdit, columns: number): Row[] {
  const after = clean(text.slice(cursor));
  const [letter = ' '] = Array.from(graphemes.segment(after), ({ segment }) => segment);
  const marked = `${clean(text.slice(0, cursor))}${mark.repeat(columnsOf(letter))}${after.slice(letter.length)}`;
  return wrapLine(marked, columns).map((line) => {
    const at = line.indexOf(mark);
    if (at < 0) return [{ text: line, tone: 'fg' }];
    return [
      { text: line.slice(0, at), tone: 'fg' },
      { text: letter, tone: 'fg', inverse: true },
      { text: line.slice(at).replaceAll(mark, ''), tone: 'fg' },
    ];
  });
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function reader(note: NoteEdit, run: Snapshot['run']): Row {
  if (run.proposer?.kind === 'tuner')
    return [{ text: '! the tuner does not read notes; a model would', tone: 'warn' }];
  if (note.rejects) return [{ text: '▸ the next proposal reads it', tone: 'live' }];
  return [
    {
      text: note.sticky ? '▸ every proposal from now on reads it' : '▸ the next proposal reads it',
      tone: 'live',
    },
    { text: `   Tab: ${note.sticky ? 'only once' : 'keep it'}`, tone: 'dim' },
  ];
}

/** The notes that proposals read, to withdraw one. */
export function notesBox(at: number, { size, run }: Snapshot): OverlayBox {
  const notes = notesInForce(run);
  const columns = columnsIn(84, size);
  const mark = Math.min(at, notes.length - 1);
  const rows = notes.map((note, i): Row => {
    const kind = note.sticky ? 'sticky ' : 'unread ';
    const text = cut(clean(note.text), columns - 16);
    return [
      { text: i === mark ? '▸ ' : '  ', tone: 'accent', inverse: false },
      { text: `${timeOfDay(note.at)} ${kind}`, tone: 'dim' },
      { text, tone: 'fg', bold: i === mark },
    ];
  });
  if (notes.length === 0) rows.push([{ text: 'No note is in force.', tone: 'dim' }]);
  const rect = place(84, Math.max(1, rows.length) + 2, size);
  const from = Math.max(0, Math.min(mark - rect.height + 3, rows.length - (rect.height - 2)));
  return {
    rect,
    rows: overlayFrame(
      'Notes in force',
      notes.length === 0 ? 'Esc closes' : 'j k move, d withdraws · Esc closes',
      rows.slice(Math.max(0, from)),
      rect,
    ),
  };
}

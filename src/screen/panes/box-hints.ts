import { clean } from '../../protocol/clean.ts';
import { bindings, keyOf } from '../keys/bindings.ts';
import { rowWidth } from '../paint.ts';
import { askedOf, nextUndo, notesInForce } from '../selectors.ts';
import type { Row } from '../spans.ts';
import type { Snapshot } from '../store.ts';
import { cut } from '../text/cut.ts';
import { wrapLine } from '../text/wrap.ts';
import type { Overlay, Prompt } from '../view.ts';

/** A key and what it does, as often as there are pairs. */
export function hints(pairs: [string, string][]): Row {
  return pairs.flatMap(
    ([key, word]): Row => [
      { text: ` ${key}`, tone: 'accent', bold: true },
      { text: ` ${word} `, tone: 'dim' },
    ],
  );
}

/** The keys of what is open over the panes or asked in the message row; null = nothing is. */
export function boxHints(snapshot: Snapshot, columns: number): Row | null {
  const { view } = snapshot;
  if (view.prompt) return hintsThatFit(promptHints(view.prompt), columns);
  const known = view.overlay && !isIdle(view.overlay, snapshot) ? hintsOf[view.overlay.kind] : undefined;
  if (known) return hintsThatFit([...answers(snapshot), ...known], columns);
  if (view.overlay?.kind === 'note')
    return hintsThatFit(
      [
        ['Enter', view.overlay.rejects ? 'reject' : 'send'],
        ...(view.overlay.rejects
          ? []
          : ([['Tab', view.overlay.sticky ? 'once only' : 'keep for all']] as [string, string][])),
        ['↑', 'earlier'],
        ['Ctrl-O', 'editor'],
        ['Esc', 'cancel'],
      ],
      columns,
    );
  if (view.overlay) return hints([['Esc', 'close']]);
  if (view.confirm) return questionEnd(clean(view.confirm.question), columns);
  return null;
}

const hintsOf: Partial<Record<Overlay['kind'], [string, string][]>> = {
  help: [
    ['j k', 'scroll'],
    ['/', 'filter'],
    ['Esc', 'close'],
  ],
  undo: [
    ['y', 'undo'],
    ['n', 'leave it'],
  ],
  notes: [
    ['j k', 'move'],
    ['d', 'withdraw'],
    ['Esc', 'close'],
  ],
  palette: [
    ['↑ ↓', 'move'],
    ['Enter', 'do it'],
    ['Esc', 'close'],
  ],
  briefing: [
    ['j k', 'move'],
    ['Enter', 'show in all panes'],
    ['x', 'run again'],
    ['X', 'all unsure'],
    ['Esc', 'read, close'],
  ],
};

/** In the briefing, which tells that the run asks: the key that answers. */
function answers({ view, run }: Snapshot): [string, string][] {
  const asks = view.overlay?.kind === 'briefing' && askedOf(run) !== null && bindings().verdict.length > 0;
  return asks ? [[keyOf('verdict'), 'keep or discard…']] : [];
}

function promptHints({ kind, text }: Prompt): [string, string][] {
  if (kind === 'find')
    return [
      ['Enter', 'keep'],
      ['Esc', 'take back'],
      ['Ctrl-U', 'clear'],
    ];
  const enter = kind === 'search' ? 'find' : text === '' ? 'show all lines' : 'filter';
  return [
    ['Enter', enter],
    ['Esc', 'cancel'],
  ];
}

/** Nothing in the box that keys could act on. */
function isIdle({ kind }: Overlay, { live, run }: Snapshot): boolean {
  return (
    (kind === 'undo' && nextUndo({ live }) === null) || (kind === 'notes' && notesInForce(run).length === 0)
  );
}

/** The way out stands last and always; of the others as many from the left as fit. */
function hintsThatFit(pairs: [string, string][], columns: number): Row {
  const end = hints(pairs.slice(-1));
  const out: Row = [];
  for (const pair of pairs.slice(0, -1)) {
    const next = hints([pair]);
    if (rowWidth(out) + rowWidth(next) + rowWidth(end) > columns) break;
    out.push(...next);
  }
  return [...out, ...end];
}

/** The rest of a long question, in front of its answers. */
function questionEnd(question: string, columns: number): Row {
  const answers = hints([
    ['y', 'yes'],
    ['n', 'no'],
  ]);
  const rest = wrapLine(question, columns - 2)
    .slice(1)
    .join(' ');
  if (rest === '') return answers;
  return [{ text: ` ${cut(rest, columns - rowWidth(answers) - 3)}  `, tone: 'warn' }, ...answers];
}

const esc = '\u001B';
const undoLine = '\u0015';

/** Keys of somebody who looks at everything, in this order again and again; none of them changes the run. */
export const nightKeys: readonly string[] = [
  // Time travel: diff, log and numbers of the past.
  ...['[', '[', '[', '[', '4', 'f', 'g', ' ', ' ', 'k', 'G', 'f', '[', '3', 'f', '|', '|', 'f', ']', esc],
  // The lists of keys, of acts, of news.
  ...['?', '/', 'log', esc, esc, ':', 'zoom', esc, 'B', esc, esc],
  // The log: followed, read, searched, filtered, wrapped.
  ...['4', 'k', 'g', 'w', 'w', '/', 'loss', '\r', 'n', 'N', 't', '&', 'run', '\r', '&', undoLine, '\r', 'F'],
  // Chart, themes, sizes, focus.
  ...['5', 'L', 'L', 'x', 'x', 'M', 'T', '+', '+', '-', '=', '\t', `${esc}[Z`, '6', '2', '7', 't', 't'],
  // Far back in the list, a filter of it, menus that are left again, a note that is not sent.
  ...[
    '1',
    'g',
    'G',
    '/',
    'kept',
    '\r',
    '/',
    undoLine,
    '\r',
    esc,
    'r',
    esc,
    'v',
    esc,
    'i',
    'a note',
    esc,
    esc,
  ],
];

/** The window is dragged away from 120x40 and back. */
export const nightSizes: readonly (readonly [columns: number, rows: number])[] = [
  [80, 24],
  [120, 40],
  [200, 60],
  [120, 40],
  [59, 15],
  [120, 40],
  [84, 50],
  [120, 40],
];

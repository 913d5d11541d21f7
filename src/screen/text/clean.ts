// C0/C1 controls (escape sequences start with one), zero-width and bidi controls, line separators, BOM, interlinear marks.
const unsafe =
  /[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;
const unsafeAll = new RegExp(unsafe.source, 'g');
// Escape sequences, removed whole, so that no `[31m` litter stays behind. One whose end has not come yet (a stream is
// cut anywhere) goes as far as it came; a string without an end must not hide more than its line.
const csi = /(?:\x1b+\[|\x9b)[0-?]*[ -/]*[@-~]?/;
const osc = /(?:\x1b+\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?/;
const dcs = /(?:\x1b+[PX^_]|[\x90\x98\x9e\x9f])(?:[^\x1b\x9c]*(?:\x1b\\|\x9c)|[^\x1b\x9c\n]*)/;
const ss = /(?:\x1b+[NO]|[\x8e\x8f])[ -~]?/;
const single = /\x1b+[ -/]*[0-~]?/;
const escapes = new RegExp([csi, osc, dcs, ss, single].map((sequence) => sequence.source).join('|'), 'g');
const escapeStart = /[\x1b\x80-\x9f]/;
const tabStop = 4;

/** True when the text could move the cursor, change a mode or reorder its neighbours. */
export function isUnsafe(text: string): boolean {
  return unsafe.test(text);
}

/** One line of foreign text as harmless characters: no escapes, no invisible controls, tabs expanded. */
export function clean(text: string): string {
  if (!unsafe.test(text)) return text;
  let out = stripEscapes(text);
  if (out.includes('\t')) out = expandTabs(out);
  return out.replace(unsafeAll, '');
}

/** Foreign text of many lines, each one cleaned; `\r\n` and lone `\r` end a line too. */
export function cleanLines(text: string): string[] {
  // Before the lines are parted: a sequence may span them.
  return stripEscapes(text)
    .split(/\r\n|\n|\r/)
    .map(clean);
}

function stripEscapes(text: string): string {
  return escapeStart.test(text) ? text.replace(escapes, '') : text;
}

function expandTabs(text: string): string {
  let column = 0;
  let out = '';
  for (const part of text.split(/(\t)/)) {
    const piece = part === '\t' ? ' '.repeat(tabStop - (column % tabStop)) : part;
    out += piece;
    column += piece.length;
  }
  return out;
}

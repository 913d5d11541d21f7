// C0/C1 controls (escape sequences start with one), zero-width and bidi controls, line separators, BOM, interlinear marks.
const unsafe =
  /[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;
const unsafeAll = new RegExp(unsafe.source, 'g');
// CSI, OSC (ended by BEL or ST), then any other two-byte escape: removed whole, so that no `[31m` litter stays behind.
const escapes =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[PX^_][^\x1b]*(?:\x1b\\)?|\x1b[ -/]*[0-~]/g;
const tabStop = 4;

/** True when the text could move the cursor, change a mode or reorder its neighbours. */
export function isUnsafe(text: string): boolean {
  return unsafe.test(text);
}

/** One line of foreign text as harmless characters: no escapes, no invisible controls, tabs expanded. */
export function clean(text: string): string {
  if (!unsafe.test(text)) return text;
  let out = text.replace(escapes, '');
  if (out.includes('\t')) out = expandTabs(out);
  return out.replace(unsafeAll, '');
}

/** Foreign text of many lines, each one cleaned; `\r\n` and lone `\r` end a line too. */
export function cleanLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/).map(clean);
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

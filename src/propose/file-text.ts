import type { Splice } from './match-edit.ts';

// A file's text, edited in \n terms, written back in its own: line ends that are not edited keep their bytes.

export interface FileText {
  /** With \r\n made \n. */
  readonly lf: string;
  readonly original: string;
  /** Positions in `lf` of the newlines that had a \r before them, ascending. */
  readonly carriage: readonly number[];
  /** What most lines of the file end with. */
  readonly eol: '\n' | '\r\n';
}

/** The text of a file for edits, which know only `\n`, and the way back to its own line ends. */
export function fileText(original: string): FileText {
  const carriage: number[] = [];
  const lf = original.includes('\r\n')
    ? original.replace(/\r\n/g, (_m, at: number) => {
        carriage.push(at - carriage.length);
        return '\n';
      })
    : original;
  const newlines = lf.split('\n').length - 1;
  return { lf, original, carriage, eol: carriage.length * 2 > newlines ? '\r\n' : '\n' };
}

/** The original with splices of its `lf` text put in. Splices sorted by start, not overlapping. */
export function spliceText(file: FileText, splices: readonly Splice[]): string {
  let out = '';
  let from = 0;
  for (const splice of splices) {
    out += file.original.slice(from, offset(file, splice.start));
    out += file.eol === '\r\n' ? splice.text.replace(/\n/g, '\r\n') : splice.text;
    from = offset(file, splice.end);
  }
  return out + file.original.slice(from);
}

/** New content for the whole file, in the line ends of the old one and with a final newline just as it had. */
export function wholeText(file: FileText, content: string): string {
  let text = content.replace(/\r\n/g, '\n');
  const ended = file.lf === '' || file.lf.endsWith('\n');
  text = ended && text !== '' && !text.endsWith('\n') ? `${text}\n` : text;
  if (!ended) text = text.replace(/\n$/, '');
  return file.eol === '\r\n' ? text.replace(/\n/g, '\r\n') : text;
}

/** Offset in the original of a position in `lf`. */
function offset(file: FileText, position: number): number {
  let low = 0;
  let high = file.carriage.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (file.carriage[mid]! < position) low = mid + 1;
    else high = mid;
  }
  return position + low;
}

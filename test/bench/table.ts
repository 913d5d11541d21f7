import { isFine, type Row } from './measure.ts';

/** The rows as text, columns aligned. */
export function tableOf(rows: readonly Row[]): string {
  const head = ['measure', 'value', 'target', 'ok', 'against'];
  const cells = rows.map((row) => {
    const fine = isFine(row);
    return [
      row.measure,
      `${shown(row.value)} ${row.unit}`,
      row.target === null ? '' : `<= ${row.target} ${row.unit}`,
      fine === null ? '' : fine ? 'yes' : 'NO',
      row.against,
    ];
  });
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: string[]) =>
    row
      .map((cell, i) => (i === 1 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

function shown(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 100
    ? value.toFixed(0)
    : Math.abs(value) >= 10
      ? value.toFixed(1)
      : value.toFixed(2);
}

/** One sentence: how many targets were kept, and which were not. */
export function verdictOf(rows: readonly Row[]): string {
  const judged = rows.filter((row) => row.target !== null);
  // A ratio is a row under what it is a ratio of.
  const nameOf = (row: Row) =>
    row.measure.startsWith(' ')
      ? `${rows[rows.indexOf(row) - 1]?.measure ?? ''},${row.measure.replace(/^ +/, ' ')}`
      : row.measure;
  const missed = judged.filter((row) => isFine(row) === false).map(nameOf);
  const kept = `${judged.length - missed.length} of ${judged.length} targets kept`;
  return missed.length === 0 ? kept : `${kept}; missed: ${missed.join('; ')}`;
}

import type { Row } from '../../src/screen/spans.ts';

/** A row as a reader sees it, without its colours. */
export const rowText = (row: Row): string => row.map(({ text }) => text).join('');

/** Rows likewise, without the blanks at their ends. */
export const linesOf = (rows: readonly Row[]): string[] => rows.map((row) => rowText(row).trimEnd());

import { linesAround, nearestLines } from './near-lines.ts';
import type { Refusal } from './proposer.ts';

// Why edits are refused: one line for people, and for the model what to mend, with real lines copied verbatim.

/** SEARCH is nowhere in the file. */
export function noPlace(path: string, lines: string[], search: string[], replace: string[]): Refusal {
  const near = nearestLines(lines, search);
  const parts = [
    `The SEARCH part of an edit of ${path} does not match the file. This SEARCH text is not in it:`,
    quote(search),
  ];
  const there = replace.filter((l) => l.trim() !== '').length > 1 && contains(lines, replace);
  if (there) parts.push('The lines of the REPLACE part are in the file already.');
  if (near) {
    parts.push(
      `The nearest real lines of ${path} (from line ${near.first + 1}), to be copied exactly:`,
      quote(near.lines),
    );
  } else parts.push(`Nothing in ${path} looks like it. Use the text of the file as it was given above.`);
  return { code: 'no-match', why: `SEARCH text not found in ${path}`, feedback: parts.join('\n') };
}

/** SEARCH is at several places. */
export function manyPlaces(
  path: string,
  lines: string[],
  starts: readonly number[],
  length: number,
): Refusal {
  const shown = starts.slice(0, 4).map((s) => `Line ${s + 1}:\n${quote(linesAround(lines, s, length))}`);
  return {
    code: 'many-matches',
    why: `SEARCH text found ${starts.length > 1 ? starts.length : 'several'} times in ${path}`,
    feedback: [
      `The SEARCH part of an edit of ${path} matches ${starts.length > 1 ? `${starts.length} places` : 'several places in one line'}. Add the lines around the one you mean, so that it matches only there.`,
      ...shown,
    ].join('\n'),
  };
}

/** A SEARCH block that is empty makes a file; this one is there. */
export function existsAlready(path: string): Refusal {
  return {
    code: 'no-match',
    why: `empty SEARCH, but ${path} exists`,
    feedback: `The SEARCH part of an edit of ${path} is empty, but the file exists and has text. Put the lines to replace there.`,
  };
}

/** No file of the surface sets a constant of that name. */
export function constantNotFound(
  path: string | null,
  name: string,
  why: string,
  near: readonly string[],
): Refusal {
  const names = [...new Set(near)].slice(0, 12);
  return {
    code: 'no-match',
    why: `cannot set ${name}${path ? ` in ${path}` : ''}: ${why}`,
    feedback: [
      `${name} could not be set${path ? ` in ${path}` : ''}: ${why}.`,
      names.length > 0 ? `Names that exist: ${names.join(', ')}.` : 'Use a SEARCH/REPLACE block instead.',
    ].join(' '),
  };
}

/** Several files set it, and the reply does not say which is meant. */
export function foundTwice(name: string, paths: readonly string[]): Refusal {
  return {
    code: 'many-matches',
    why: `${name} is in ${paths.length} files`,
    feedback: `${name} is in several files (${paths.join(', ')}). Say which one with a line EDIT <path> before it.`,
  };
}

/** The file may not be changed. */
export function offSurface(path: string, paths: readonly string[]): Refusal {
  const shown = paths.slice(0, 20).join(', ');
  return {
    code: 'off-surface',
    why: `${printable(path)} may not be changed`,
    feedback: `${printable(path)} is locked. You may only change: ${shown}.`,
  };
}

/** Code whose characters were escaped as for a web page. */
export function htmlEscaped(path: string, line: string): Refusal {
  return {
    code: 'format',
    why: `the new code of ${path} is HTML-escaped`,
    feedback: `Your new line "${line.trim().slice(0, 120)}" has &lt; or &gt; in it. Write < and > as they are to stand in ${path}.`,
  };
}

/** A whole file and edits of it exclude each other. */
export function notTogether(path: string): Refusal {
  return {
    code: 'format',
    why: `${path} is given whole and edited too`,
    feedback: `${path} is given as a WHOLE file more than once, or together with other edits of it. Give it once.`,
  };
}

/** Two edits want the same lines. */
export function overlapping(path: string): Refusal {
  return {
    code: 'format',
    why: `two edits of ${path} overlap`,
    feedback: `Two of your edits of ${path} change the same lines. All edits apply to the file as it was given; join them into one block.`,
  };
}

/** The files would be what they are. */
export function changesNothing(): Refusal {
  return {
    code: 'no-change',
    why: 'the edit changes nothing',
    feedback:
      'Your edit leaves the files as they are. Propose a real change: compare with the current text and values above.',
  };
}

/** The file would be longer than is read, characters. */
export function tooLarge(path: string, length: number, limit: number): Refusal {
  return {
    code: 'too-large',
    why: `${path} would have ${length} characters (limit ${limit})`,
    feedback: `${path} would become too large (${length} characters, limit ${limit}). Make a smaller change.`,
  };
}

/** Lines between fences that none of them can close. */
export function quote(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.map((l) => /`+/.exec(l)?.[0].length ?? 0));
  const fence = '`'.repeat(longest + 1);
  return [fence, ...lines, fence].join('\n');
}

function contains(lines: readonly string[], part: readonly string[]): boolean {
  const all = `\n${lines.map((l) => l.trim()).join('\n')}\n`;
  return all.includes(`\n${part.map((l) => l.trim()).join('\n')}\n`);
}

function printable(path: string): string {
  return path.replace(/[\u0000-\u001f\u007f]/g, '?').slice(0, 120);
}

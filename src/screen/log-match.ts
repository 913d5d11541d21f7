/** A text to look for in lines; null finds nothing. Lower case finds both cases, an upper case letter must match. */
export function matcher(pattern: string): ((text: string) => boolean) | null {
  if (pattern === '') return null;
  if (/\p{Lu}/u.test(pattern)) return (text) => text.includes(pattern);
  return (text) => text.toLowerCase().includes(pattern);
}

/** As `matcher`, and `!text` for lines without it. */
export function filterTest(filter: string): ((text: string) => boolean) | null {
  if (!filter.startsWith('!') || filter === '!') return matcher(filter);
  const inner = matcher(filter.slice(1))!;
  return (text) => !inner(text);
}

/** Where the pattern stands in a text: start and end of each place, left to right. */
export function matchPlaces(text: string, pattern: string): [number, number][] {
  if (pattern === '') return [];
  const cased = /\p{Lu}/u.test(pattern);
  const hay = cased ? text : text.toLowerCase();
  // Lower case of some letters is longer than they are: then the places would not fit.
  if (hay.length !== text.length) return [];
  const out: [number, number][] = [];
  for (let at = hay.indexOf(pattern); at >= 0; at = hay.indexOf(pattern, at + pattern.length))
    out.push([at, at + pattern.length]);
  return out;
}

/** True for lines that tell of a failure: what the error keys stop at. */
export function isError(text: string): boolean {
  return errorLine.test(text) || /out of memory/i.test(text);
}

const errorLine =
  /^\s*(?:Traceback\b|[\w.]*(?:Error|Exception)\b|FATAL|panic:|FAIL\b|error:|Segmentation fault)/;

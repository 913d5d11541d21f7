/** Whether a terminal's background is dark or light. */
export type Background = 'dark' | 'light';

/**
 * What a terminal answers to the question for its background colour: `rgb:1e1e/1e1e/1e1e`, with one to four digits for
 * each part, `rgba:` with an alpha behind, or `#rrggbb`. null = not a colour.
 */
export function backgroundOf(colour: string): Background | null {
  const parts = channels(colour);
  if (parts === null) return null;
  // As the eye weighs them, on the values as displayed: the middle grey of most people is the middle of that scale.
  const [red, green, blue] = parts;
  return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 ? 'light' : 'dark';
}

function channels(colour: string): [number, number, number] | null {
  const named = /^rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})(\/[0-9a-f]{1,4})?$/i.exec(colour);
  const hex = named ?? /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!hex) return null;
  const share = (digits: string) => Number.parseInt(digits, 16) / (16 ** digits.length - 1);
  return [share(hex[1]!), share(hex[2]!), share(hex[3]!)];
}

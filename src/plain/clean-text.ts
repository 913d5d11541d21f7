/**
 * One line of text that came from an experiment or a model, safe to print: control characters, bidi and zero-width
 * marks become spaces, so that it cannot move the cursor, colour or hide anything.
 */
export function cleanText(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g, ' ');
}

// What an experiment prints is data. It must not paint the terminal: no escape sequence, no control character, no
// character that turns the direction of text gets through.

const suspicious = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const sequences =
  /\x1b\][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[PX^_][^\x1b\x9c]*(?:\x1b\\|\x9c)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|[\x90\x98\x9d-\x9f][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g;
const leftovers = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const tabWidth = 8;

/** One line without escape sequences and control characters, tabs as spaces. Costs one test where there are none. */
export function cleanLine(text: string): string {
  if (!suspicious.test(text)) return text;
  const plain = text.replace(sequences, '').replace(leftovers, '');
  return plain.includes('\t') ? expandTabs(plain) : plain;
}

function expandTabs(text: string): string {
  let out = '';
  for (const [i, part] of text.split('\t').entries()) {
    if (i > 0) out += ' '.repeat(tabWidth - (out.length % tabWidth));
    out += part;
  }
  return out;
}

/**
 * Inclusive ranges of UTF-16 units that are a grapheme of their own and one column wide on every terminal: ASCII, Latin,
 * general punctuation, arrows to braille without the signs that emoji variation or full width could touch.
 */
export const PLAIN_RANGES: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa1, 0xa8],
  [0xaa, 0xac],
  [0xaf, 0x2ff],
  [0x391, 0x3a1], // Greek
  [0x3a3, 0x3c9],
  [0x2010, 0x2027],
  [0x2190, 0x2193],
  [0x21ba, 0x21bb], // ↺
  [0x21d0, 0x21d3],
  [0x2200, 0x22ff],
  [0x2500, 0x259f],
  [0x25b4, 0x25b5], // small triangles; the big ones beside them are emoji
  [0x25b8, 0x25b9],
  [0x25be, 0x25bf],
  [0x25c2, 0x25c3],
  [0x25c6, 0x25d4], // ◆ ○ ◌ ● ◔
  [0x2713, 0x2713], // ✓; the heavy ones are emoji
  [0x2717, 0x2717],
  [0x270e, 0x270e], // ✎
  [0x2800, 0x28ff],
];

/** 1 for each such unit; nothing beyond the last range. */
export const isPlain = new Uint8Array(PLAIN_RANGES.at(-1)![1] + 1);
for (const [from, to] of PLAIN_RANGES) isPlain.fill(1, from, to + 1);

const unit = (code: number) => `\\u${code.toString(16).padStart(4, '0')}`;

/** Texts of such characters and colours only. */
export const plain = new RegExp(
  `^(?:\\x1b\\[[0-9;]*m|[${PLAIN_RANGES.map(([from, to]) => `${unit(from)}-${unit(to)}`).join('')}])*$`,
);

const capacity = 1000;
const answers = new Map<string, boolean>();

/** Whether a text is plain; looked at once, as long as it is on the screen. */
export function knownPlain(text: string): boolean {
  let answer = answers.get(text);
  // Moves to the young end: what is on screen stays.
  if (answer !== undefined) answers.delete(text);
  else {
    answer = plain.test(text);
    if (answers.size >= capacity) answers.delete(answers.keys().next().value!);
  }
  answers.set(text, answer);
  return answer;
}

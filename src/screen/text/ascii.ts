import { width } from './cut.ts';

// Twins of every sign that the screen draws itself. Different meanings keep different twins: verdicts and chart marks
// are told apart by these alone. As in charts/glyphs.ts.
const twins: Readonly<Record<string, string>> = {
  '●': 'O',
  '◆': '#',
  '·': '.',
  '⋅': '.',
  '×': 'x',
  '✗': 'X',
  '◔': 't',
  '∅': '/',
  '↺': 'r',
  '▸': '>',
  '◂': '<',
  '▾': 'v',
  '▴': '^',
  '▪': '*',
  '▫': 'o',
  '►': '>',
  '■': '=',
  '◌': '~',
  '○': 'o',
  '‖': '=',
  '✎': '+',
  '≟': '?',
  '✓': 'v',
  '⚠': '!',
  '∴': ';',
  '⁝': ':',
  '…': '.',
  '−': '-',
  '–': '-',
  '—': '-',
  '±': '~',
  '≈': '~',
  '≤': '<',
  '≥': '>',
  '→': '>',
  '⇒': '>',
  '←': '<',
  '⇐': '<',
  '↑': '^',
  '↓': 'v',
  '↕': '|',
  '˄': '^',
  '˅': 'v',
  '▲': '^',
  '▼': 'v',
  '△': '^',
  '▽': 'v',
  '›': '>',
  '‹': '<',
  '»': '>',
  '«': '<',
  '•': '*',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '°': 'o',
  σ: 's',
  Δ: 'd',
  δ: 'd',
  µ: 'u',
  μ: 'u',
  '²': '2',
  '³': '3',
  '⏎': '<',
  '↵': '<',
  '␣': '_',
  '░': ' ',
  '▒': ':',
  '▓': '#',
  '█': '#',
  '▀': '"',
  '▄': '=',
  '▌': '|',
  '▐': '|',
};

const sparks = '_.-=+*%#';

/** The text in ASCII, of the same width: box drawing, blocks and braille become what they look like. */
export function toAscii(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(foreign, (cluster) => twinOf(cluster));
}

const plain = /^[ -~]*$/;
// One character with what joins it: accents, variation selectors, skin tones, joined emoji.
const foreign =
  /[^ -~](?:[\u0300-\u036f\ufe00-\ufe0f\u20e3]|[\u{1f3fb}-\u{1f3ff}]|\u200d\p{Extended_Pictographic})*/gu;
const known = new Map<string, string>();

function twinOf(cluster: string): string {
  let twin = known.get(cluster);
  if (twin === undefined) {
    twin = find(cluster);
    if (known.size < 4096) known.set(cluster, twin);
  }
  return twin;
}

function find(cluster: string): string {
  const own = twins[cluster];
  if (own !== undefined) return own;
  const code = cluster.codePointAt(0)!;
  if (code >= 0x2500 && code <= 0x257f) return boxTwin(code);
  if (code >= 0x2581 && code <= 0x2588) return sparks[code - 0x2581]!;
  if (code >= 0x2589 && code <= 0x258f) return code <= 0x258c ? '#' : '|';
  if (code >= 0x2800 && code <= 0x28ff) return brailleTwin(code - 0x2800);
  // é is e to a reader; what has no such base is a question mark for each column that it takes.
  const base = cluster.normalize('NFKD').replace(/[^ -~]/g, '');
  const columns = width(cluster);
  return base.length === columns && base !== '' ? base : '?'.repeat(columns);
}

function boxTwin(code: number): string {
  const horizontal = [0x2500, 0x2501, 0x2504, 0x2505, 0x2508, 0x2509, 0x254c, 0x254d, 0x2550, 0x2574, 0x2576];
  const thick = [0x2501, 0x2550, 0x2578, 0x257a];
  const vertical = [0x2502, 0x2503, 0x2506, 0x2507, 0x250a, 0x250b, 0x254e, 0x254f, 0x2551, 0x2575, 0x2577];
  if (thick.includes(code)) return '=';
  if (horizontal.includes(code)) return '-';
  if (vertical.includes(code)) return code === 0x250a || code === 0x250b ? ':' : '|';
  if (code === 0x2571) return '/';
  if (code === 0x2572) return '\\';
  return '+';
}

// Where in the cell the dots are: rows from the top, as bits of the pattern.
const topRows = 0b0001_1011;
const bottomRows = 0b1110_0100;

function brailleTwin(bits: number): string {
  if (bits === 0) return ' ';
  const above = (bits & topRows) !== 0;
  const below = (bits & bottomRows) !== 0;
  const dots = [...bits.toString(2)].filter((bit) => bit === '1').length;
  if (above && below) return dots > 5 ? '#' : dots > 2 ? '|' : ':';
  return above ? (dots > 1 ? '"' : "'") : dots > 1 ? '_' : '.';
}

import { width } from './cut.ts';
import { spinner } from './spinner.ts';

// Twins of every sign that the screen draws itself. Different meanings keep different twins: verdicts, chart marks and
// states are told apart by these alone. As in charts/glyphs.ts.
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
  '■': '@',
  '◌': '-',
  '○': 'o',
  '‖': '"',
  '✎': '&',
  '≟': '=',
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
  '░': "'",
  '▒': ':',
  '▓': '#',
  '█': '#',
  '▀': '"',
  '▄': '=',
  '▌': '|',
  '▐': '|',
};

// Lines that mean something by how they are drawn, where every line would be `=` or `-`: whose memory it is, in a bar of
// four kinds, and the bar that ideas are judged by, beside the line of the best.
const drawn: Readonly<Record<string, string>> = { '═': '#', '╍': '%', '┅': '+', '╌': '_' };

// What turns is the live mark, told still: its dots would be commas and quotes, and look like verdicts.
const turning = new Set(spinner);

const sparks = '_.-=+*%#';

/** The text in ASCII, of the same width: box drawing, blocks and braille become what they look like. */
export function toAscii(text: string): string {
  if (plain.test(text)) return text;
  if (turning.has(text.trim())) return text.replace(/\S/, '>');
  if (signs.test(text)) return text.replace(foreign, (sign) => twinOf(sign));
  let out = '';
  for (const { segment } of graphemes.segment(text)) out += plain.test(segment) ? segment : twinOf(segment);
  return out;
}

const plain = /^[ -~]*$/;
// Letters of Europe, punctuation, arrows, boxes, blocks, braille: one code point is one character, none joins another.
const signs =
  /^[ -~\u00a0-\u02af\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u23f2\u2500-\u25fc\u2660-\u2666\u2713-\u2718\u2800-\u28ff]*$/;
const foreign = /[^ -~]/g;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
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
  const own = twins[cluster] ?? drawn[cluster];
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

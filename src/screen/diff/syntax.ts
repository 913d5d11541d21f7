import type { Span, Tone } from '../spans.ts';

/** How a piece of code looks; what is not told looks like its line. */
export interface Look {
  start: number;
  end: number;
  tone?: Tone;
  bold?: Span['bold'];
}

const python =
  'and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield None True False';
const script =
  'async await break case catch class const continue default delete do else enum export extends false finally for function if import in instanceof interface let new null of return static super switch this throw true try type typeof undefined var void while yield';
const native =
  'auto bool break case char class const constexpr continue default do double else enum extern false float fn for if impl inline int let long loop match mod mut namespace nullptr private pub public return self short signed sizeof static struct switch template this true typedef union unsigned use using void volatile while';

const languages: [RegExp, string, string][] = [
  [/\.(py|pyx|toml|ya?ml|sh|r|rb|cfg|ini)$/i, python, '#'],
  [/\.([cm]?[jt]sx?|json5?|java|kt|swift|go|scala)$/i, script, '//'],
  [/\.(c|cc|cpp|cxx|cu|cuh|h|hpp|rs|metal|zig)$/i, native, '//'],
];

/** Colours one line of code, or nothing for a language that it does not know. Knows no state: one line at a time. */
export type Painter = (text: string) => Look[];

const painters = new Map<string, Painter>();

/** The painter for a file, by the ending of its name. */
export function painterFor(path: string): Painter {
  const known = languages.findIndex(([ending]) => ending.test(path));
  if (known < 0) return () => [];
  const [, words, comment] = languages[known]!;
  let painter = painters.get(comment + words);
  if (!painter) {
    painter = createPainter(words, comment);
    painters.set(comment + words, painter);
  }
  return painter;
}

function createPainter(words: string, comment: string): Painter {
  const keyword = new Set(words.split(' '));
  const end = comment === '#' ? '#.*' : '//.*|/\\*.*?(?:\\*/|$)';
  const token = new RegExp(
    `(${end})|("(?:\\\\.|[^"\\\\])*"?|'(?:\\\\.|[^'\\\\])*'?|\`(?:\\\\.|[^\`\\\\])*\`?)|\\b(0[xXbBoO][\\da-fA-F_]+|\\d[\\d_]*(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)\\b|([A-Za-z_$][\\w$]*)`,
    'g',
  );
  return (text) => {
    const looks: Look[] = [];
    for (const match of text.matchAll(token)) {
      const start = match.index;
      const end = start + match[0].length;
      if (match[1] !== undefined) looks.push({ start, end, tone: 'dim' });
      else if (match[2] !== undefined || match[3] !== undefined) looks.push({ start, end, tone: 'accent' });
      else if (keyword.has(match[4]!)) looks.push({ start, end, bold: true });
    }
    return looks;
  };
}

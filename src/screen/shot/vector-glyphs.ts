// Box drawing, blocks, braille and a few shapes as paths: fonts draw them with gaps, or do not have them at all.

/** A glyph as an SVG path: filled, or stroked when `stroke` gives a width. */
export interface VectorGlyph {
  d: string;
  stroke?: number;
  opacity?: number;
}

/** Where a cell lies, in SVG units. */
export interface Cell {
  x: number;
  y: number;
  width: number;
  height: number;
}

// Weights of the four arms of U+2500..U+257F as up, right, down, left: 0 none, 1 light, 2 heavy, 3 double.
// A dot marks what is drawn otherwise: dashes, round corners, diagonals.
const ARMS = (
  '0101 0202 1010 2020 . . . . . . . . 0110 0210 0120 0220 ' +
  '0011 0012 0021 0022 1100 1200 2100 2200 1001 1002 2001 2002 1110 1210 2110 1120 ' +
  '2120 2210 1220 2220 1011 1012 2011 1021 2021 2012 1022 2022 0111 0112 0211 0212 ' +
  '0121 0122 0221 0222 1101 1102 1201 1202 2101 2102 2201 2202 1111 1112 1211 1212 ' +
  '2111 1121 2121 2112 2211 1122 1221 2212 1222 2122 2221 2222 . . . . ' +
  '0303 3030 0310 0130 0330 0013 0031 0033 1300 3100 3300 1003 3001 3003 1310 3130 ' +
  '3330 1013 3031 3033 0313 0131 0333 1303 3101 3303 1313 3131 3333 . . . ' +
  '. . . . 0001 1000 0100 0010 0002 2000 0200 0020 0201 1020 0102 2010'
).split(' ');

const LIGHT = 1;
const HEAVY = 3;

/** The path for one character in its cell, or null if a font must draw it. */
export function vectorGlyph(char: string, cell: Cell): VectorGlyph | null {
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0x2500 && code <= 0x257f) return boxGlyph(code, cell);
  if (code >= 0x2580 && code <= 0x259f) return blockGlyph(code, cell);
  if (code >= 0x2800 && code <= 0x28ff) return brailleGlyph(code - 0x2800, cell);
  return shapeGlyph(char, cell);
}

function rect(x: number, y: number, width: number, height: number): string {
  return `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function boxGlyph(code: number, cell: Cell): VectorGlyph {
  const arms = ARMS[code - 0x2500]!;
  if (arms !== '.') return { d: armPaths(arms, cell) };
  const { x, y, width, height } = cell;
  const [cx, cy, right, bottom] = [x + width / 2, y + height / 2, x + width, y + height];
  const r = width / 2;
  switch (code) {
    case 0x256d:
      return { d: `M${cx} ${bottom}V${cy + r}Q${cx} ${cy} ${right} ${cy}`, stroke: LIGHT };
    case 0x256e:
      return { d: `M${cx} ${bottom}V${cy + r}Q${cx} ${cy} ${x} ${cy}`, stroke: LIGHT };
    case 0x256f:
      return { d: `M${cx} ${y}V${cy - r}Q${cx} ${cy} ${x} ${cy}`, stroke: LIGHT };
    case 0x2570:
      return { d: `M${cx} ${y}V${cy - r}Q${cx} ${cy} ${right} ${cy}`, stroke: LIGHT };
    case 0x2571:
      return { d: `M${x} ${bottom}L${right} ${y}`, stroke: LIGHT };
    case 0x2572:
      return { d: `M${x} ${y}L${right} ${bottom}`, stroke: LIGHT };
    case 0x2573:
      return { d: `M${x} ${bottom}L${right} ${y}M${x} ${y}L${right} ${bottom}`, stroke: LIGHT };
    default:
      return { d: dashes(code, cell) };
  }
}

function armPaths(arms: string, { x, y, width, height }: Cell): string {
  const [cx, cy] = [x + width / 2, y + height / 2];
  const weights = [...arms].map(Number) as [number, number, number, number];
  const [up, right, down, left] = weights;
  // Arms reach over the middle by half of the widest crossing line, so that corners close.
  const half = (a: number, b: number) => [0, LIGHT / 2, HEAVY / 2, 1.5 + LIGHT / 2][Math.max(a, b)]!;
  const overX = half(up, down);
  const overY = half(left, right);
  const vertical = (weight: number, from: number, to: number) =>
    strokes(weight).map(([at, thick]) => rect(cx + at - thick / 2, from, thick, to - from));
  const horizontal = (weight: number, from: number, to: number) =>
    strokes(weight).map(([at, thick]) => rect(from, cy + at - thick / 2, to - from, thick));
  return [
    ...vertical(up, y, cy + overY),
    ...vertical(down, cy - overY, y + height),
    ...horizontal(left, x, cx + overX),
    ...horizontal(right, cx - overX, x + width),
  ].join('');
}

// Offsets from the middle and thicknesses of the strokes of one arm.
function strokes(weight: number): [number, number][] {
  if (weight === 0) return [];
  if (weight === 3)
    return [
      [-1.5, LIGHT],
      [1.5, LIGHT],
    ];
  return [[0, weight === 2 ? HEAVY : LIGHT]];
}

function dashes(code: number, { x, y, width, height }: Cell): string {
  const count = code >= 0x254c ? 2 : code >= 0x2508 ? 4 : 3;
  const thick = code % 2 === 1 ? HEAVY : LIGHT;
  const upright = (code & 2) === 2;
  const pitch = (upright ? height : width) / count;
  return Array.from({ length: count }, (_, i) =>
    upright
      ? rect(x + width / 2 - thick / 2, y + pitch * (i + 0.2), thick, pitch * 0.6)
      : rect(x + pitch * (i + 0.2), y + height / 2 - thick / 2, pitch * 0.6, thick),
  ).join('');
}

// Quadrants of U+2596..U+259F as bits: 1 upper left, 2 upper right, 4 lower left, 8 lower right.
const QUADRANTS = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14];

function blockGlyph(code: number, { x, y, width, height }: Cell): VectorGlyph {
  const eighth = height / 8;
  if (code === 0x2580) return { d: rect(x, y, width, height / 2) };
  if (code <= 0x2588) {
    const tall = (code - 0x2580) * eighth;
    return { d: rect(x, y + height - tall, width, tall) };
  }
  if (code <= 0x258f) return { d: rect(x, y, (width * (0x2590 - code)) / 8, height) };
  if (code === 0x2590) return { d: rect(x + width / 2, y, width / 2, height) };
  if (code <= 0x2593) return { d: rect(x, y, width, height), opacity: (code - 0x2590) / 4 };
  if (code === 0x2594) return { d: rect(x, y, width, eighth) };
  if (code === 0x2595) return { d: rect(x + (width * 7) / 8, y, width / 8, height) };
  const bits = QUADRANTS[code - 0x2596]!;
  const quarter = (bit: number, dx: number, dy: number) =>
    bits & bit ? rect(x + (dx * width) / 2, y + (dy * height) / 2, width / 2, height / 2) : '';
  return { d: quarter(1, 0, 0) + quarter(2, 1, 0) + quarter(4, 0, 1) + quarter(8, 1, 1) };
}

// Column and row of the eight braille dots, in the order of their bits.
const DOTS = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 3],
  [1, 3],
] as const;

function brailleGlyph(bits: number, { x, y, width, height }: Cell): VectorGlyph {
  const dots = DOTS.filter((_, i) => bits & (1 << i));
  const place = ([column, row]: readonly [number, number]) =>
    circle(x + (width * (2 * column + 1)) / 4, y + (height * (2 * row + 1)) / 8, width * 0.17);
  return { d: dots.map(place).join('') };
}

function circle(cx: number, cy: number, r: number): string {
  const [left, radius] = [round(cx - r), round(r)];
  return `M${left} ${round(cy)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;
}

function shapeGlyph(char: string, { x, y, width, height }: Cell): VectorGlyph | null {
  const [cx, cy] = [x + width / 2, y + height / 2];
  const r = width * 0.42;
  const polygon = (...points: [number, number][]) => ({
    d: `M${points.map(([dx, dy]) => `${round(cx + dx * r)} ${round(cy + dy * r)}`).join('L')}z`,
  });
  switch (char) {
    case '●':
      return { d: circle(cx, cy, r) };
    case '·':
      return { d: circle(cx, cy, r * 0.35) };
    case '◆':
      return polygon([0, -1.35], [1.1, 0], [0, 1.35], [-1.1, 0]);
    case '■':
      return polygon([-1, -1], [1, -1], [1, 1], [-1, 1]);
    case '▸':
      return polygon([-0.8, -1.1], [1, 0], [-0.8, 1.1]);
    case '◂':
      return polygon([0.8, -1.1], [-1, 0], [0.8, 1.1]);
    case '▲':
      return polygon([0, -1.1], [1.1, 0.9], [-1.1, 0.9]);
    case '▼':
      return polygon([0, 1.1], [1.1, -0.9], [-1.1, -0.9]);
    case '˄':
      return { d: `M${cx - r} ${cy + r / 2}L${cx} ${cy - r}L${cx + r} ${cy + r / 2}`, stroke: 1.2 };
    case '˅':
      return { d: `M${cx - r} ${cy - r / 2}L${cx} ${cy + r}L${cx + r} ${cy - r / 2}`, stroke: 1.2 };
    default:
      return null;
  }
}

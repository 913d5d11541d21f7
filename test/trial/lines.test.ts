import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineFolder, LineSplitter, maxLineBytes, type Segment } from '../../src/trial/lines.ts';

function split(bytes: Uint8Array, cuts: number[] = []): Segment[] {
  const splitter = new LineSplitter();
  const segments: Segment[] = [];
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    const to = Math.max(at, Math.min(bytes.length, cut));
    segments.push(...splitter.push(bytes.subarray(at, to)));
    at = to;
  }
  return [...segments, ...splitter.end()];
}
const texts = (s: string) => split(Buffer.from(s)).map((segment) => segment.text);

describe('LineSplitter', () => {
  it('gives the same segments however the bytes are chunked', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\n',
        '\r',
        '\r\n',
        '\t',
        '\x1b[31m',
        '\x1b]0;title\x07',
        'METRIC a=1',
        'é',
        '日本',
        '😀',
      ),
      fc.string({ unit: 'binary' }),
      fc.nat({ max: 5000 }).map((n) => 'ä'.repeat(n)),
    );
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((parts) => Uint8Array.from(Buffer.from(parts.join('')))),
      fc.uint8Array({ maxLength: 400 }),
    );
    fc.assert(
      fc.property(bytes, fc.array(fc.nat({ max: 12_000 }), { maxLength: 20 }), (data, cuts) => {
        const sorted = cuts.toSorted((a, b) => a - b);
        expect(split(data, sorted)).toEqual(split(data));
      }),
      { numRuns: 400 },
    );
  });

  it('keeps a character that a chunk cuts in two', () => {
    expect(split(Buffer.from('né😀\n'), [2, 4, 5])).toEqual([{ text: 'né😀', end: '\n' }]);
  });

  it('replaces bytes that are no UTF-8', () => {
    expect(split(Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a]))[0]!.text).toBe('a\ufffd\ufffdb');
  });

  it('splits autoresearch’s carriage returns and keeps FAIL at the end of the last one', () => {
    const segments = split(Buffer.from('\rstep 1 | loss: 2\rstep 2 | loss: nan    FAIL\n'));
    expect(segments.map((s) => s.text)).toEqual(['', 'step 1 | loss: 2', 'step 2 | loss: nan    FAIL']);
  });

  it('keeps head and tail of a line of any length, in bounded memory', () => {
    const splitter = new LineSplitter();
    const before = process.memoryUsage().arrayBuffers;
    splitter.push(Buffer.from('begin '));
    for (let i = 0; i < 1000; i++) splitter.push(Buffer.alloc(64 * 1024, 'x'));
    const [segment] = splitter.push(Buffer.from(' METRIC a=1\n'));
    expect(segment!.text.startsWith('begin xxx')).toBe(true);
    expect(segment!.text.endsWith(' METRIC a=1')).toBe(true);
    expect(Buffer.byteLength(segment!.text)).toBeLessThanOrEqual(maxLineBytes + 8);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 1024 * 1024);
  });

  it('marks the gap of a cut line, and halves no character at its edges', () => {
    for (let shift = 0; shift < 3; shift++) {
      const [segment] = split(Buffer.from(`${'x'.repeat(shift)}${'日'.repeat(2000)}\n`));
      expect(segment!.text).toMatch(/^x*日+ … 日+$/);
    }
    expect(texts(`${'日'.repeat(682)}\n`)).toEqual(['日'.repeat(682)]);
  });

  it('gives an unfinished last line at the end', () => {
    expect(texts('a\nb')).toEqual(['a', 'b']);
    expect(texts('a\n')).toEqual(['a']);
  });
});

describe('LineFolder', () => {
  const fold = (s: string) => {
    const splitter = new LineSplitter();
    const folder = new LineFolder();
    const lines = folder.push(splitter.push(Buffer.from(s)));
    return { lines, live: folder.live(splitter.rest()) };
  };
  it('shows progress as one line, its last state', () => {
    expect(fold(' 10%\r 20%\r100%\r\nnext\n')).toEqual({ lines: ['100%', 'next'], live: null });
    expect(fold('\r 10%\r 20%\ndone\n')).toEqual({ lines: [' 20%', 'done'], live: null });
    expect(fold('a\n 10%\r 20%')).toEqual({ lines: ['a'], live: ' 20%' });
    expect(fold('a\n 10%\r')).toEqual({ lines: ['a'], live: ' 10%' });
  });
  it('takes CRLF as one line end, and keeps empty lines', () => {
    expect(fold('a\r\n\r\nb\r\n')).toEqual({ lines: ['a', '', 'b'], live: null });
  });
});

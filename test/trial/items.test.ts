import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ItemResults } from '../../src/protocol/events.ts';
import { createItemParser, itemsOfJson, maxItems } from '../../src/trial/items.ts';

function parse(...lines: string[]): ItemResults | null {
  const parser = createItemParser();
  parser.push(lines.map((text) => ({ text, end: '\n' })));
  return parser.result();
}

const digits = (items: ItemResults | null) => {
  if (!items) return null;
  const bytes = Buffer.from(items.passed, 'base64');
  return Array.from({ length: items.count }, (_, i) => (bytes[i >> 3]! >> (i & 7)) & 1).join('');
};

describe('items of an evaluation', () => {
  it('are a row of digits, the last one told', () => {
    expect(digits(parse('ITEMS 0110', 'step 3 loss: 1', 'ITEMS 011011101'))).toBe('011011101');
    expect(digits(parse('ITEMS 0110', 'ITEMS 4: 11', 'ITEMS 6: 0'))).toBe('0110110');
    expect(digits(parse('ITEMS 0110', 'ITEMS 4: 11', 'ITEMS 1000'))).toBe('1000');
  });

  it('or lines by name, whatever their order', () => {
    const one = parse('ITEM sum/2=pass', 'ITEM sum/1: FAIL', 'ITEM a b = ok');
    expect(digits(one)).toBe('101');
    expect(parse('ITEM a b=1', 'ITEM sum/1=0', 'ITEM sum/2=true')).toEqual(one);
    expect(parse('ITEM a b=1', 'ITEM sum/1=0', 'ITEM other=true')!.names).not.toBe(one!.names);
  });

  it.each([
    [['nothing']],
    [['ITEMS', 'ITEMS 012', 'ITEM x=maybe', 'METRIC ITEMS=3']],
    [['ITEMS 01', 'ITEMS 9: 01']],
    [Array.from({ length: 3 }, (_, i) => `ITEMS ${i * 2000}: ${'1'.repeat(2000)}`)],
  ])('are none where they are not told, have a hole or are too many: %#', (lines) => {
    expect(parse(...lines)).toBeNull();
  });

  it('or stand in the JSON file', () => {
    expect(digits(itemsOfJson([1, 0, true, 'pass', 'failed']))).toBe('10110');
    expect(digits(itemsOfJson({ b: true, a: 0 }))).toBe('01');
    for (const bad of [null, 3, 'x', [], [2], { a: 'x' }, {}, Array(maxItems + 1).fill(1)])
      expect(itemsOfJson(bad)).toBeNull();
  });

  it('come back as they were told, in at most 6 KB, however the row is cut', () => {
    const bits = fc
      .array(fc.constantFrom('0', '1'), { minLength: 1, maxLength: maxItems })
      .map((b) => b.join(''));
    fc.assert(
      fc.property(bits, fc.integer({ min: 1, max: 2000 }), (text, size) => {
        const lines: string[] = [];
        for (let at = 0; at < text.length; at += size)
          lines.push(`ITEMS ${at}: ${text.slice(at, at + size)}`);
        const items = parse(...lines);
        expect(digits(items)).toBe(text);
        expect(JSON.stringify(items).length).toBeLessThan(6000);
      }),
      { numRuns: 30 },
    );
  });
});

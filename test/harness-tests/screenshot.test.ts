import { describe, expect, it } from 'vitest';
import { vectorGlyph } from '../../src/screen/shot/vector-glyphs.ts';
import { bufferToSvg, svgToPng } from '../harness/screenshot.ts';
import { VirtualScreen } from '../harness/virtual-screen.ts';

const picture = async (output: string, options = {}) => {
  const screen = new VirtualScreen({ columns: 20, rows: 3, convertEol: true });
  await screen.feed(output);
  return bufferToSvg(screen.terminal, options);
};

describe('bufferToSvg', () => {
  it('places every letter by its own x', async () => {
    expect(await picture('a b', { window: false })).toMatch(/<text [^>]*x="0 18" y="15">ab<\/text>/);
  });

  it('draws colours, inverse, underline, and escapes what XML would read', async () => {
    const svg = await picture(
      '\u001B[38;2;1;2;3m<\u001B[0m\u001B[7m&\u001B[0m\u001B[4mu\u001B[0m\u001B[48;5;22m  \u001B[0m',
    );
    expect(svg).toContain('fill="#010203" x="0" y="15">&lt;<');
    expect(svg).toContain('fill="#11141a" x="9" y="15">&amp;<');
    expect(svg).toMatch(/<rect x="18" y="17" width="9" height="1"/);
    expect(svg).toMatch(/<rect x="27" y="0" width="18" height="20" fill="#005f00"/);
  });

  it('draws lines as paths that reach the edges of their cells', async () => {
    const svg = await picture('──', { window: false });
    expect(svg).not.toContain('<text');
    expect(svg).toContain('M0 9.5h4.5v1h-4.5z');
  });

  it('keeps wide characters on their grid', async () => {
    expect(await picture('日x', { window: false })).toMatch(/x="0 18" y="15">日x</);
  });

  it('becomes a PNG of the asked scale', async () => {
    const png = svgToPng(await picture('hello', { window: false }), 2);
    expect(Buffer.from(png.subarray(1, 4)).toString()).toBe('PNG');
    const view = new DataView(png.buffer, png.byteOffset);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([20 * 9 * 2, 3 * 20 * 2]);
  });
});

describe('vectorGlyph', () => {
  const cell = { x: 0, y: 0, width: 9, height: 20 };

  it('draws every box, block and braille character, and stays in the cell', () => {
    for (let code = 0x2500; code <= 0x28ff; code++) {
      if (code === 0x25a0) code = 0x2801;
      const char = String.fromCharCode(code);
      const glyph = vectorGlyph(char, cell);
      expect(glyph?.d, char).toMatch(/^M/);
      expect(glyph?.d, char).not.toContain('NaN');
    }
  });

  it('leaves letters to the font', () => {
    expect(vectorGlyph('a', cell)).toBeNull();
    expect(vectorGlyph('日', cell)).toBeNull();
  });
});

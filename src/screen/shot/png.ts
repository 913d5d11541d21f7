import { monospaceFont } from './fonts.ts';

/** What of @resvg/resvg-js is used. */
export type Renderer = new (
  svg: string,
  options: Record<string, unknown>,
) => { render(): { asPng(): Uint8Array } };

/** Turns an SVG into a PNG with the machine's best monospace font; letters are missing where there is none. */
export function drawPng(Resvg: Renderer, svg: string, scale = 2): Uint8Array {
  const font = monospaceFont();
  const resvg = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles: font?.files ?? [],
      ...(font ? { defaultFontFamily: font.family, monospaceFamily: font.family } : {}),
    },
  });
  return resvg.render().asPng();
}

/** The renderer, where it is installed: pawl itself needs none, an SVG is a picture too. null = it is not. */
export async function findRenderer(): Promise<Renderer | null> {
  // Behind a name, or the bundle would take it in, native code and all.
  const name = '@resvg/resvg-js';
  try {
    return ((await import(name)) as { Resvg: Renderer }).Resvg;
  } catch {
    return null;
  }
}

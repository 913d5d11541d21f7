// Numbers as people write them.

/** From here, and below the other, people read an exponent more easily than rows of zeros. */
export const hugeFrom = 1e9;
export const tinyBelow = 1e-4;

/** At most so many significant digits, never an exponent for everyday sizes: `24000`, `0.0173`, `3.1e-7`, `7.167e13`. */
export function plainNumber(x: number, digits = 4): string {
  if (!Number.isFinite(x)) return String(x);
  if (Math.abs(x) >= hugeFrom) return shortExponent(x.toExponential(digits - 1)).replace(/\.?0*e/, 'e');
  return Number.isInteger(x) ? String(x) : String(Number(x.toPrecision(digits)));
}

/** `1.2e+9` as `1.2e9`. */
export function shortExponent(text: string): string {
  return text.replace('e+', 'e');
}

const units = { '': 0, k: 1, m: 2, g: 3, t: 4 } as const;

/** Reads `20GB`, `500 MiB`, `1.5t`, a bare number of bytes; units are powers of 1024. @returns bytes, or null when it is none. */
export function parseSize(text: string | number): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(String(text).trim());
  if (!match) return null;
  const bytes = Number(match[1]) * 1024 ** units[match[2]!.toLowerCase() as keyof typeof units];
  return bytes >= 1 && Number.isSafeInteger(Math.round(bytes)) ? Math.round(bytes) : null;
}

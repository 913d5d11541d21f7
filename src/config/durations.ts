const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads `5m`, `90s`, `1h30m`, `500ms`; a bare number means seconds.
 * @returns ms, or null when it is not a duration.
 */
export function parseDuration(text: string | number): number | null {
  if (typeof text === 'number') return Number.isFinite(text) && text > 0 ? text * 1000 : null;
  const compact = text.trim().toLowerCase();
  if (/^\d+(\.\d+)?$/.test(compact)) return parseDuration(Number(compact));
  let total = 0;
  let rest = compact;
  while (rest) {
    const part = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*/.exec(rest);
    if (!part) return null;
    total += Number(part[1]) * unitMs[part[2] as keyof typeof unitMs];
    rest = rest.slice(part[0].length);
  }
  return total > 0 ? total : null;
}

/** ms as the shortest exact text of the same kind: `5m`, `1h30m`, `2.5s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  let seconds = ms / 1000;
  let text = '';
  for (const [unit, size] of [
    ['d', 86400],
    ['h', 3600],
    ['m', 60],
  ] as const) {
    const count = Math.floor(seconds / size);
    if (count > 0) text += `${count}${unit}`;
    seconds -= count * size;
  }
  return seconds > 0 ? `${text}${Number(seconds.toFixed(3))}s` : text;
}

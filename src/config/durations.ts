const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads `5m`, `90s`, `1h30m`, `500ms`. A bare number is none: who writes 3 may mean seconds or minutes.
 * @returns ms, or null when it is not a duration.
 */
export function parseDuration(text: string | number): number | null {
  if (typeof text === 'number') return null;
  const compact = text.trim().toLowerCase();
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

/** Why a text is no duration, with what to write. */
export function noDuration(text: string | number): string {
  const bare = String(text).trim();
  return /^\d+(\.\d+)?$/.test(bare) && Number(bare) > 0
    ? `'${bare}' has no unit; write ${bare}s, ${bare}m or ${bare}h`
    : `'${text}' is not a duration; write for example 30s, 5m or 1h30m`;
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

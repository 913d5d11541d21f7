/** Round values between two ends, ascending: steps of 1, 2, 2.5 or 5 times a power of ten. At most `most` of them. */
export function niceTicks(low: number, high: number, most: number): number[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span) || most < 1) return [];
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  for (const factor of [1, 2, 2.5, 5, 10, 20]) {
    const step = factor * power;
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    if (last - first + 1 > most) continue;
    // Numbers too large for their own spacing would count for ever.
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
  }
  return [];
}

/** Round values for a logarithmic axis: 1, 2, 5 times powers of ten, or plain nice ones over less than a decade. */
export function logTicks(low: number, high: number, most: number): number[] {
  if (!(low > 0) || !(high > low) || !Number.isFinite(high)) return [];
  const from = Math.floor(Math.log10(low));
  const to = Math.ceil(Math.log10(high));
  for (const factors of [[1, 2, 5], [1, 3], [1]]) {
    const ticks: number[] = [];
    for (let power = from; power <= to; power++) {
      for (const factor of factors) ticks.push(factor * 10 ** power);
    }
    const inside = ticks.filter((tick) => tick >= low && tick <= high);
    if (inside.length >= 2 && inside.length <= most) return inside;
    if (inside.length < 2) return niceTicks(low, high, most);
  }
  const step = Math.max(1, Math.ceil((to - from + 1) / most));
  const powers: number[] = [];
  for (let power = from; power <= to; power += step) powers.push(10 ** power);
  return powers.filter((tick) => tick >= low && tick <= high);
}

/**
 * The labels of an axis: all with the same number of decimals, as many as tell them apart, none longer than `longest`.
 * Numbers that cannot be written so get a k, M, G, T, or an exponent.
 */
export function tickLabels(ticks: readonly number[], longest: number): string[] {
  const least = Math.max(...ticks.map(Math.abs));
  const short = ticks.map((tick) => shortNumber(tick, longest));
  // Ends that are not round need no more digits than tell them apart.
  if (decimalsFor(ticks) > 4 && new Set(short).size === new Set(ticks).size) return short;
  for (let decimals = decimalsFor(ticks); decimals >= 0; decimals--) {
    const labels = ticks.map((tick) => tick.toFixed(decimals));
    const distinct = new Set(labels).size === new Set(ticks).size;
    if (!distinct || (decimals === 0 && least > 0 && least < 0.5)) break;
    if (labels.every((label) => label.length <= longest)) return labels;
  }
  return short;
}

/** A number in at most `longest` characters (never fewer than 4 are needed): 1234567 is 1.23M, 0.00001234 is 1.2e-5. */
export function shortNumber(value: number, longest = 6): string {
  if (!Number.isFinite(value)) return '?'.padEnd(1).slice(0, longest);
  if (value === 0) return '0';
  const size = Math.abs(value);
  const candidates: string[] = [];
  if (size >= 1e-4 && size < 1e15) {
    const [unit, suffix] =
      size < 1e4
        ? [1, '']
        : size < 1e6
          ? [1e3, 'k']
          : size < 1e9
            ? [1e6, 'M']
            : size < 1e12
              ? [1e9, 'G']
              : [1e12, 'T'];
    const scaled = value / unit;
    const digits = Math.max(0, 3 - Math.floor(Math.log10(Math.abs(scaled))));
    for (let decimals = Math.min(digits, 7); decimals >= 0; decimals--) {
      if (Number(scaled.toFixed(decimals)) !== 0) candidates.push(trimmed(scaled.toFixed(decimals)) + suffix);
    }
  }
  for (const decimals of [2, 1, 0]) candidates.push(value.toExponential(decimals).replace('e+', 'e'));
  return candidates.find((text) => text.length <= longest) ?? (value > 0 ? '>' : '<').slice(0, longest);
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

// As many decimals as the closest two ticks need.
function decimalsFor(ticks: readonly number[]): number {
  let closest = Math.abs(ticks[0] ?? 1) || 1;
  for (let i = 1; i < ticks.length; i++) {
    const gap = Math.abs(ticks[i]! - ticks[i - 1]!);
    if (gap > 0) closest = Math.min(closest, gap);
  }
  for (let decimals = 0; decimals < 8; decimals++) {
    const scaled = closest * 10 ** decimals;
    if (scaled >= 0.999 && Math.abs(scaled - Math.round(scaled)) < 1e-6 * Math.max(1, scaled))
      return decimals;
  }
  return 8;
}

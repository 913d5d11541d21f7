import type { Settings } from '../protocol/settings.ts';
import type { Segment } from './lines.ts';
import { createPattern, type Pattern } from './pattern.ts';

// Numbers that a script printed, found line by line while it prints. Pure: no files, no clock.

const number = String.raw`[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
const nonFinite = '[+-]?(?:nan|inf(?:inity)?)';
const name = String.raw`[A-Za-z_][\w./@-]{0,63}`;

/** Anywhere in a line, because progress output without a newline is glued in front of it; the last one of a line wins. */
const metricLine = new RegExp(
  String.raw`METRIC\s{1,8}(${name})\s{0,8}=\s{0,8}(${number}|${nonFinite})(?![\w.]|,\d)`,
  'gi',
);
const nameValue = new RegExp(
  String.raw`^\s{0,8}(${name})\s{0,32}:\s{0,64}(${number}|${nonFinite})\s?%?\s*$`,
  'i',
);
/** Names that mean something else to an object. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** How many names are remembered beside the metric itself; the newest stay. */
export const maxMetricNames = 64;

/** A number as scripts print it; NaN and infinities are recognised. null: not a number at all. */
export function parseNumber(text: string): number | null {
  const t = text.trim();
  if (/^[+-]?nan$/i.test(t)) return Number.NaN;
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(t);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return new RegExp(`^${number}$`).test(t) ? Number(t.replaceAll('_', '')) : null;
}

/** The metric as found: absent, or a number that may not be finite. */
export interface FoundMetrics {
  metric: number | null;
  /** Finite values by name, the metric too. */
  metrics: Record<string, number>;
  /** Something the user should know, such as a pattern that had to be given up. */
  note: string | null;
}

export interface MetricParser {
  push(segments: readonly Segment[]): void;
  result(): FoundMetrics;
}

/**
 * Collects metrics from output. The last occurrence of a name wins, and `METRIC name=value` wins over `name: value`.
 * @throws UserError when the user's pattern is not a regular expression.
 */
export function createMetricParser(metric: Settings['metric']): MetricParser {
  const stated = new Recent();
  const listed = new Recent();
  const most = metric.tail ?? 1;
  const own = { stated: new Tail(most), listed: new Tail(most), matched: new Tail(most) };
  const pattern: Pattern | null =
    metric.pattern === null ? null : createPattern(metric.pattern, 'metric.pattern');

  const takeText = (text: string): void => {
    if (text.includes('METRIC')) {
      for (const [, key, value] of text.matchAll(metricLine)) {
        if (key === metric.name) own.stated.push(parseNumber(value!));
        else stated.set(key!, parseNumber(value!));
      }
    } else if (text.includes(':')) {
      const [, key, value] = nameValue.exec(text) ?? [];
      if (key === undefined || value === undefined) return;
      if (key === metric.name) own.listed.push(parseNumber(value));
      else listed.set(key, parseNumber(value));
    }
  };

  return {
    push(segments) {
      for (const { text } of segments) takeText(text);
      if (!pattern) return;
      for (const match of pattern.match(segments.map((s) => s.text))) {
        const value = match ? parseNumber(match[1] ?? match[0]) : null;
        if (value !== null) own.matched.push(value);
      }
    },
    result() {
      const value = pattern ? own.matched.mean() : (own.stated.mean() ?? own.listed.mean());
      const all = new Map([...listed.entries(), ...stated.entries()].slice(-maxMetricNames));
      if (value !== null) all.set(metric.name, value);
      return {
        metric: value,
        metrics: Object.fromEntries([...all].filter(([, v]) => Number.isFinite(v))),
        note: pattern?.broken ?? null,
      };
    },
  };
}

/** A map that forgets the names that were not set for longest. */
class Recent {
  #values = new Map<string, number>();

  set(key: string, value: number | null): void {
    if (value === null || forbidden.has(key)) return;
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > maxMetricNames) this.#values.delete(this.#values.keys().next().value!);
  }

  entries(): [string, number][] {
    return [...this.#values];
  }
}

/** The mean of the last values: an evaluation that is repeated at the end of a training is surer than its last one. */
class Tail {
  #values: number[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  push(value: number | null): void {
    this.#values.push(value ?? Number.NaN);
    if (this.#values.length > this.#most) this.#values.shift();
  }

  mean(): number | null {
    const [first, ...more] = this.#values;
    if (first === undefined) return null;
    return more.length === 0 ? first : more.reduce((sum, v) => sum + v, first) / this.#values.length;
  }
}

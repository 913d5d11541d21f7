import type { CurvePoint } from '../protocol/events.ts';
import { decimate } from './decimate.ts';
import type { Segment } from './lines.ts';
import { parseNumber } from './metrics.ts';
import { createPattern } from './pattern.ts';
import { metricValue, type ProgressReading, readEpoch, readProgress, seriesRank } from './progress-line.ts';

/** Points kept while a trial runs. */
const maxLivePoints = 2000;
/** Points in a trial's result. */
export const maxResultPoints = 64;

export interface CurveResult {
  /** At most 64 points with both ends and the extremes. */
  points: CurvePoint[];
  /** What its values are, as the script calls it: `loss`, `train loss`; null = nothing was read. */
  of: string | null;
  /** Values that were NaN or infinite: they never become points. */
  nonFinite: number;
  /** Step of the first of them. */
  firstNonFinite: number | null;
  /** Something the user should know, such as a pattern that had to be given up. */
  note: string | null;
}

export interface CurveParser {
  /** @param seconds since the trial's start, when these segments were read. */
  push(segments: readonly Segment[], seconds: number): void;
  /** Points since the last call, at most 64. */
  fresh(): CurvePoint[];
  /** As in the result; known from the first point on. */
  of(): string | null;
  /** The latest values were NaN or infinite, two or more in a row: one alone may be a skipped step. */
  broken(): boolean;
  result(): CurveResult;
}

/**
 * Reads a trial's live curve from its output.
 * @param progress `auto`, or a regular expression with named groups `step`, `value`, `percent` (value is needed).
 * @param metricName stands in where no loss is printed.
 * @throws UserError when `progress` is not a regular expression.
 */
export function createCurveParser(progress: string, metricName: string): CurveParser {
  const series = new Series();
  if (progress !== 'auto') {
    const pattern = createPattern(progress, 'progress');
    return series.parser(
      () => 'progress',
      (segments, seconds) => {
        for (const match of pattern.match(segments.map((s) => s.text))) {
          const groups = match?.groups;
          const value = parseNumber(groups?.value ?? match?.[1] ?? '');
          if (value === null) continue;
          const percent = parseNumber(groups?.percent ?? '');
          const step = parseNumber((groups?.step ?? '').replaceAll(',', ''));
          const fraction = percent !== null && percent >= 0 && percent <= 100 ? percent / 100 : null;
          series.add({ step, value, fraction }, seconds);
        }
      },
      () => pattern.broken,
    );
  }
  const metric = metricValue(metricName);
  const context = new EpochContext();
  let key: string | null = null;
  return series.parser(
    () => (key === 'metric' ? metricName : key),
    (segments, seconds) => {
      for (const { text } of segments) {
        const reading = readProgress(text, metric);
        if (!reading) {
          context.note(text);
          continue;
        }
        if (key !== reading.key) {
          // One curve, of one series: the best one that this script prints.
          if (key !== null && seriesRank(reading.key) <= seriesRank(key)) continue;
          key = reading.key;
          series.clear();
        }
        series.add(context.place(reading), seconds);
      }
    },
    () => null,
  );
}

/** Remembers the epoch of scripts that print it on its own line, so that steps and shares count over all epochs. */
class EpochContext {
  #epoch: number | null = null;
  #epochs: number | null = null;

  note(text: string): void {
    const found = readEpoch(text);
    if (!found) return;
    this.#epoch = found.epoch;
    this.#epochs = found.epochs ?? this.#epochs;
  }

  place(reading: ProgressReading): { step: number | null; value: number; fraction: number | null } {
    const epoch = reading.epoch ?? this.#epoch;
    const epochs = reading.epochs ?? this.#epochs;
    const { step, steps, value } = reading;
    const within = step !== null && steps !== null && steps > 0 && step <= steps ? step / steps : null;
    let fraction = reading.fraction ?? within;
    // `epoch 3/10` counts the epoch that runs; with a share of that epoch it is 2 done and a part.
    if (epochs !== null && epochs > 0 && epoch !== null && epoch <= epochs) {
      if (fraction === null)
        fraction = Number.isInteger(epoch) && step !== null ? (epoch - 1) / epochs : epoch / epochs;
      else if (reading.epochs !== null || within !== null)
        fraction = (Math.max(1, epoch) - 1 + fraction) / epochs;
    }
    return { step: step ?? epoch, value, fraction: fraction === null ? null : Math.min(1, fraction) };
  }
}

/** The points of one curve: bounded, finite, steps never falling. */
class Series {
  #points: CurvePoint[] = [];
  #fresh: CurvePoint[] = [];
  #nonFinite = 0;
  #nonFiniteRow = 0;
  #firstNonFinite: number | null = null;
  #offset = 0;
  #lastStep = 0;

  clear(): void {
    this.#points = [];
    this.#fresh = [];
    this.#offset = 0;
    this.#lastStep = 0;
  }

  add(reading: { step: number | null; value: number; fraction: number | null }, seconds: number): void {
    const raw = reading.step ?? this.#lastStep + 1;
    // Steps that count anew in each epoch go on where the last one ended.
    if (raw < this.#lastStep) this.#offset += this.#lastStep;
    this.#lastStep = raw;
    const step = this.#offset + raw;
    if (!Number.isFinite(reading.value)) {
      this.#nonFinite += 1;
      this.#nonFiniteRow += 1;
      this.#firstNonFinite ??= step;
      return;
    }
    this.#nonFiniteRow = 0;
    const point = { step, seconds, value: reading.value, fraction: reading.fraction };
    this.#points.push(point);
    this.#fresh.push(point);
    if (this.#points.length > maxLivePoints) this.#points = decimate(this.#points, maxLivePoints / 2);
    if (this.#fresh.length > maxLivePoints) this.#fresh = decimate(this.#fresh, maxResultPoints);
  }

  parser(name: () => string | null, push: CurveParser['push'], note: () => string | null): CurveParser {
    const of = () => (this.#points.length > 0 ? name() : null);
    return {
      of,
      push,
      fresh: () => {
        const points = decimate(this.#fresh, maxResultPoints);
        this.#fresh = [];
        return points;
      },
      broken: () => this.#nonFiniteRow >= 2,
      result: () => ({
        points: decimate(this.#points, maxResultPoints),
        of: of(),
        nonFinite: this.#nonFinite,
        firstNonFinite: this.#firstNonFinite,
        note: note(),
      }),
    };
  }
}

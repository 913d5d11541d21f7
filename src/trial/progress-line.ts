import { parseNumber } from './metrics.ts';

// What one line says about progress, for the trainers people use: autoresearch and nanoGPT (`step 00952 (99.9%) | loss: 2.81`,
// `iter 100: loss 2.3`), plain scripts (`epoch 3/10 loss=0.1`), tqdm, Keras bars, and Hugging Face Trainer's dict lines.

/** What was read; null where the line does not say. */
export interface ProgressReading {
  /** Which series the value belongs to, normalised: `loss`, `train loss`, `val loss`, or the metric's name. */
  key: string;
  /** May be NaN or infinite. */
  value: number;
  step: number | null;
  steps: number | null;
  epoch: number | null;
  epochs: number | null;
  /** Share done, 0..1, as printed. */
  fraction: number | null;
}

const decimal = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const count = String.raw`\d{1,15}(?:,\d{3})*(?:\.\d+)?`;
const lossValue = new RegExp(
  String.raw`(?<![A-Za-z0-9])((?:[A-Za-z]{1,12}[ _/.-])?loss)['"]?\s{0,4}[:=]?\s{0,8}['"]?(${decimal}|[+-]?nan|[+-]?inf(?:inity)?)(?![A-Za-z0-9])`,
  'gi',
);
const stepCount = new RegExp(
  String.raw`(?<![A-Za-z])(?:step|iter|iteration|batch|update)['"]?\s{0,4}[:=#[(]?\s{0,4}(${count})(?:\s?(?:/|of)\s?(${count}))?`,
  'i',
);
const epochCount = new RegExp(
  String.raw`(?<![A-Za-z])epoch['"]?\s{0,4}[:=#[(]?\s{0,4}['"]?(${count})(?:\s?(?:/|of)\s?(${count}))?`,
  'i',
);
/** Keras starts the line with `10/100`, tqdm has `| 10/100 [`. */
const barCount = new RegExp(
  String.raw`(?:^\s{0,4}|\|\s{0,8})(${count})/(${count})(?=\s{0,4}[[\u2500-\u25ff]|\s)`,
);
/** Only where a percentage can mean nothing but progress: `(99.9%)` and tqdm's `45%|`. */
const percentDone = /\(\s?(\d{1,3}(?:\.\d+)?)\s?%\s?\)|(?:^|[\s:])(\d{1,3}(?:\.\d+)?)%\|/;
const seriesWord = /^(?:train|training|avg|mean|running|smooth|val|valid|validation|eval|test|dev|aux)\b/;
const digit = /\d/;

/** Reads one line. @param metric also accepted as the value's name where no loss is printed. */
export function readProgress(text: string, metric: RegExp | null): ProgressReading | null {
  if (!digit.test(text)) return null;
  const found = readLoss(text) ?? (metric ? readMetric(text, metric) : null);
  if (!found) return null;
  const step = stepCount.exec(text) ?? barCount.exec(text);
  const epoch = epochCount.exec(text);
  const percent = percentDone.exec(text);
  // A metric alone on its line is the final result, not a point of a curve.
  if (!found.isLoss && !step && !epoch && !percent) return null;
  const done = percent ? Number(percent[1] ?? percent[2]) / 100 : null;
  return {
    key: found.key,
    value: found.value,
    step: toCount(step?.[1]),
    steps: toCount(step?.[2]),
    epoch: toCount(epoch?.[1]),
    epochs: toCount(epoch?.[2]),
    fraction: done !== null && done <= 1 ? done : null,
  };
}

/** `Epoch 3/10` on a line of its own, as Keras prints above its bars. */
export function readEpoch(text: string): { epoch: number; epochs: number | null } | null {
  if (!/^\s{0,4}epoch/i.test(text)) return null;
  const match = epochCount.exec(text);
  const epoch = toCount(match?.[1]);
  return epoch === null ? null : { epoch, epochs: toCount(match?.[2]) };
}

/** Matches `name: value` and `name=value` for one name, anywhere in a line. */
export function metricValue(name: string): RegExp {
  const literal = name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return new RegExp(
    String.raw`(?<![A-Za-z0-9_])${literal}['"]?\s{0,4}[:=]\s{0,8}['"]?(${decimal}|[+-]?nan|[+-]?inf)`,
    'i',
  );
}

/** How much a series is the training curve: plain loss before train loss before any other. */
export function seriesRank(key: string): number {
  if (key === 'loss') return 4;
  if (/^(?:train|training|avg|mean|running|smooth)/.test(key)) return 3;
  return key.endsWith('loss') ? 2 : 1;
}

function readLoss(text: string) {
  if (!text.includes('oss') && !text.includes('OSS')) return null;
  let best: { key: string; value: number; isLoss: true } | null = null;
  for (const [, key, value] of text.matchAll(lossValue)) {
    const name = key!.toLowerCase().replace(/[_/.-]/g, ' ');
    // `train loss` and `policy_loss` are series of their own, `the loss` and `- loss` are plain losses.
    const series = /[_/]/.test(key!) || seriesWord.test(name) ? name : 'loss';
    if (best && seriesRank(best.key) >= seriesRank(series)) continue;
    best = { key: series, value: parseNumber(value!) ?? Number.NaN, isLoss: true };
  }
  return best;
}

function readMetric(text: string, metric: RegExp) {
  const value = parseNumber(metric.exec(text)?.[1] ?? '');
  return value === null ? null : { key: 'metric', value, isLoss: false as const };
}

/** Counts may have thousands separators: `1,664,000`. */
function toCount(text: string | undefined): number | null {
  return text === undefined ? null : Number(text.replaceAll(',', ''));
}

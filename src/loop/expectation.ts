import type { Direction } from '../protocol/words.ts';
import { improvementInScore, type Scale, toScore } from './score.ts';

// What a proposer says that its change will bring, as a number. Models write it in every form there is; what cannot be
// read with some certainty is no number.

export interface ExpectationContext {
  metric: string;
  direction: Direction;
  scale: Scale;
  /** The champion's metric that the change is compared with; null before there is one. */
  level: number | null;
}

const num = String.raw`\d+(?:\.\d+)?(?:e-?\d+)?|\.\d+`;
const sign = String.raw`[-+\u2212\u2013]?`;
const between = String.raw`\s*(?:-|\u2013|\u2212|\bto\b|\band\b|\.\.)\s*`;
const arrow = new RegExp(
  String.raw`(?<![\w.])(${num})\s*(%?)\s*(->|\u2192|=>|\bto\b)\s*~?(${num})\s*(%?)(?!\w)(?!\.\d)`,
  'i',
);
const percents = new RegExp(
  String.raw`(?<![\w.])(${sign})(${num})\s*%?(?:${between}(?:${sign})(${num}))?\s*(?:%|percent\b)`,
  'i',
);
const absolutes = new RegExp(
  String.raw`(?<![\w.])(${sign})(${num})(?:${between}(${num}))?(?![\w%])(?!\s*%)`,
  'gi',
);

/** Words of something else than the metric: a share of these says nothing of the gain. */
const otherThings =
  /\b(chance|likely|likelihood|probab\w*|confiden\w*|memory|vram|param\w*|throughput|overhead|compute|flops|steps?|epochs?|sigmas?)\b/i;
const pace = /\b(faster|slower|speed\w*|time|seconds?|quicker)\b/i;

/**
 * The expected gain on the decision scale (log: relative), positive = better; the middle of a range.
 * @returns null when the text names no number that is surely one
 */
export function expectedGain(text: string | null, context: ExpectationContext): number | null {
  // Every number has a digit, and most expectations of small models have none.
  if (text === null || !/\d/.test(text)) return null;
  for (const clause of text.slice(0, 400).split(/[;\n]|[,.]\s/)) {
    if (otherThings.test(clause.replaceAll(context.metric, ''))) continue;
    if (
      pace.test(clause) &&
      !pace.test(context.metric.replace(/[_-]/g, ' ')) &&
      !/_s$|_ms$/.test(context.metric)
    )
      continue;
    const gain = gainOf(clause.replaceAll(context.metric, ' '), context);
    if (gain !== null && Number.isFinite(gain)) return gain;
  }
  return null;
}

function gainOf(clause: string, context: ExpectationContext): number | null {
  const { direction, scale, level } = context;
  const score = (y: number) => toScore(y, scale, direction);
  const moved = arrow.exec(clause);
  if (moved) {
    // A rate between 0 and 1 is often told in percent.
    const unit = moved[2] === '%' && moved[5] === '%' && level !== null && Math.abs(level) <= 1 ? 100 : 1;
    const shares = unit === 1 && (moved[2] === '%' || moved[5] === '%');
    const [a, b] = [Number(moved[1]) / unit, Number(moved[4]) / unit];
    if (!shares && isLevel(a, level) && isLevel(b, level)) {
      const [from, to] = [score(a), score(b)];
      return from === null || to === null ? null : to - from;
    }
    if (moved[3] !== 'to') return null;
  }
  const share = percents.exec(clause);
  if (share) {
    const by = middle(share[2]!, share[3]) / 100;
    return signedGain(signOf(share[1]!, clause, direction), by, true, context);
  }
  for (const found of clause.matchAll(absolutes)) {
    const by = middle(found[2]!, found[3]);
    const isChange =
      found[1] !== '' || /\b(by|of)\s*(about|around|roughly|~)?\s*$/i.test(clause.slice(0, found.index));
    if (!isChange && isLevel(by, level)) {
      const [from, to] = [score(level!), score(by)];
      return from === null || to === null ? null : to - from;
    }
    // A bare number that is no level may be anything: a layer count, a version.
    if (isChange && level !== null && by < Math.abs(level))
      return signedGain(signOf(found[1]!, clause, direction), by, false, context);
  }
  return null;
}

/** Near enough to the present number to be meant as one. */
function isLevel(y: number, level: number | null): boolean {
  return level !== null && level !== 0 && y / level > 0.5 && y / level < 2;
}

/** Middle of a range; two numbers far apart are none. */
function middle(a: string, b: string | undefined): number {
  return b === undefined || Number(b) > 10 * Number(a) ? Number(a) : (Number(a) + Number(b)) / 2;
}

function signedGain(sign: number, by: number, relative: boolean, context: ExpectationContext): number | null {
  const { direction, scale, level } = context;
  if (level === null && !(relative && scale === 'log')) return null;
  const other = direction === 'minimize' ? 'maximize' : 'minimize';
  const way = sign > 0 ? direction : other;
  // Nothing falls by a hundred percent; whoever says so means "by a lot".
  const most = relative && way === 'minimize' ? Math.min(by, 0.9) : by;
  return sign * improvementInScore(most, relative, level ?? 1, scale, way);
}

/** +1: for the better. A word for better or worse decides, then one for up or down, then the sign itself. */
function signOf(mark: string, clause: string, direction: Direction): number {
  if (/\b(worse\w*|degrad\w*|regress\w*|hurts?)\b/i.test(clause)) return -1;
  if (/\b(better|improv\w*|gains?|benefits?|faster)\b/i.test(clause)) return 1;
  const down = /\b(lower\w*|decreas\w*|reduc\w*|drop\w*|falls?|fewer|less|down|cuts?|shrinks?|minus)\b/i.test(
    clause,
  );
  const up = /\b(higher|increas\w*|rais\w*|rises?|more|up|grows?|plus)\b/i.test(clause);
  const toBetter = direction === 'minimize' ? -1 : 1;
  if (down !== up) return down ? -toBetter : toBetter;
  if (mark !== '') return mark === '+' ? toBetter : -toBetter;
  return 1;
}

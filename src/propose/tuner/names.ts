// What a constant's name tells: whether it may be tuned, how promising it is, and on which scale it lives.

/** Words of a name, lower case: `MATRIX_LR`, `matrixLr` and `matrix-lr` are `matrix`, `lr`. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((w) => w !== '');
}

const machine = 'the machine, not the method';
const untunable: readonly [RegExp, string][] = [
  [/^(?:seed|seeds|rng)$/, 'a seed: a lucky one is not a better method'],
  [/^(?:port|host|pid|uid|id|version|year|date)$/, 'a name in the shape of a number'],
  [/^(?:every|interval|print|log|logging|verbose|debug|save|checkpoint|report)$/, 'output, not the result'],
  [
    /^(?:budget|time|timeout|second|seconds|sec|secs|minutes|hours|deadline)$/,
    'the time box is not a proposal',
  ],
  [/^(?:eval|evaluation|val|valid|validation|test|holdout)$/, 'how it is measured'],
  [/^(?:worker|workers|thread|threads|gpu|gpus|cpus|world)$/, machine],
  [/^(?:vocab|classes|flops|retries)$/, 'given by the data or the machine'],
];

/** Why a constant is left alone, or null when it may be tuned. */
export function leftAlone(name: string): string | null {
  const words = wordsOf(name);
  for (const [pattern, why] of untunable) {
    // A batch per GPU is a batch first.
    if (why === machine && words.includes('batch')) continue;
    if (words.some((word) => pattern.test(word))) return why;
  }
  return null;
}

/** What a constant is about. Groups are the `family` of a proposal; `promise` orders and scales the first looks. */
export interface Group {
  family: string;
  promise: number;
}

const groups: readonly [RegExp, Group][] = [
  [/\b(?:lr|learning rate|step size|eta|alpha)\b/, { family: 'learning rate', promise: 1.6 }],
  [
    /\b(?:weight decay|wd|decay|l2|dropout|drop|smoothing|reg|lambda)\b/,
    { family: 'regularisation', promise: 1 },
  ],
  [/\bbatch\b/, { family: 'batch size', promise: 1.25 }],
  [
    /\b(?:hidden|embed|embd|dim|width|depth|layers?|heads?|model|units|context|ratio|size|rank|n)\b/,
    { family: 'size', promise: 1.2 },
  ],
  [
    /\b(?:warmup|warmdown|cooldown|final|schedule|anneal|steps?|epochs?|iters?)\b/,
    { family: 'schedule', promise: 1.05 },
  ],
  [/\b(?:beta\d?|betas|momentum|adam|nesterov|ema|gamma|rho)\b/, { family: 'optimiser', promise: 0.9 }],
  [
    /\b(?:init|scale|gain|std|softcap|temperature|clip)\b/,
    { family: 'initialisation and limits', promise: 0.9 },
  ],
  [/\b(?:eps|epsilon)\b/, { family: 'optimiser', promise: 0.4 }],
];

/** What kind of constant a name stands for, and how much it usually promises. */
export function groupOf(name: string): Group {
  const words = wordsOf(name).join(' ');
  return groups.find(([pattern]) => pattern.test(words))?.[1] ?? { family: 'other constants', promise: 0.8 };
}

/** Names of things that are a share of something, and so lie between 0 and 1. */
export function isShare(name: string): boolean {
  return /\b(?:dropout|drop|momentum|beta\d?|ema|gamma|rho|prob|probability|p|frac|fraction|share|warmup|warmdown|cooldown|smoothing|mask|keep|final)\b/.test(
    wordsOf(name).join(' '),
  );
}

/** Names of what is never one or more: as a share of something, or because a sum over time would not end. */
export function isBelowOne(name: string): boolean {
  return /\b(?:dropout|momentum|beta\d?|betas|ema|prob|probability|frac|fraction|smoothing|rho|weight decay|wd)\b/.test(
    wordsOf(name).join(' '),
  );
}

// LOCKED. The data, the time box and the measurement. train.mjs may import from here and may change nothing here.
//
//   node prepare.mjs          prints the corpus' figures, the floor among them
//   node prepare.mjs --val    writes the validation text to stdout, for people who want to look at it

import { write } from './source.mjs';

const TRAIN_BYTES = 512 * 1024;
const VAL_BYTES = 16 * 1024;

// Taken now, so that nothing that train.mjs does to the globals later can reach into the measurement.
const { log2, abs } = Math;
const now = performance.now.bind(performance);

/** The time box of the training, in seconds. Evaluation comes on top. */
export const TIME_BUDGET = positive(process.env.PAWL_BUDGET_SECONDS, 5);

/** Seeds the model's initial weights and the order of its batches. The corpus has a seed of its own. */
export const SEED = Math.trunc(positive(process.env.PAWL_SEED, 1));

/** The training text, one byte per character. */
export const trainBytes = bytesOf(write(TRAIN_BYTES, 1).text);

// The same source, other draws. Not exported: the only way to meet these bytes is to be evaluated on them.
const validation = write(VAL_BYTES, 2);
const valBytes = bytesOf(validation.text);

/** Bits per byte of the validation text under its true source: what a perfect model would score. */
export const FLOOR_BPB = validation.bits / valBytes.length;

const loaded = now();

/**
 * Validation bits per byte. `predict(history, probabilities)` fills `probabilities[byte]` for the byte that follows
 * `history` (all validation bytes so far, oldest first). Bytes that cannot come may stay at zero; what is filled
 * in must sum to one. The next byte is revealed only after the prediction has been taken.
 */
export function evaluate(predict) {
  if ((now() - loaded) / 1000 > TIME_BUDGET * 1.5 + 5) {
    throw new Error(`the training overran its time box of ${TIME_BUDGET} s by far: it must end by the clock`);
  }
  const history = new Uint8Array(valBytes.length); // never the real buffer: a view of it would hold the future
  const probabilities = new Float64Array(256);
  let bits = 0;
  for (let i = 0; i < valBytes.length; i++) {
    probabilities.fill(0);
    predict(history.subarray(0, i), probabilities);
    let sum = 0;
    for (let byte = 0; byte < 256; byte++) {
      const p = probabilities[byte];
      if (!(p >= 0 && p <= 1.001))
        throw new Error(`not a probability: ${p} for byte ${byte} at position ${i}`);
      sum += p;
    }
    if (!(abs(sum - 1) <= 0.001))
      throw new Error(`the probabilities at position ${i} sum to ${sum}, not to 1`);
    const p = probabilities[valBytes[i]] / sum; // what is left of a rounding error is normalised away
    if (p === 0) throw new Error(`position ${i} has byte ${valBytes[i]}, which was given a probability of 0`);
    bits -= log2(p);
    history[i] = valBytes[i];
  }
  // A predictor that cannot see the future beats the true source by k bits with probability below 2^-k.
  if (bits < validation.bits - 64)
    throw new Error('better than the true source: the evaluation has been bypassed');
  return bits / valBytes.length;
}

function bytesOf(text) {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

function positive(text, fallback) {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : fallback;
}

if (process.argv[1]?.endsWith('prepare.mjs')) {
  if (process.argv.includes('--val')) {
    process.stdout.write(Buffer.from(valBytes));
  } else {
    console.log(`train_bytes:      ${trainBytes.length}`);
    console.log(`val_bytes:        ${valBytes.length}`);
    console.log(`distinct_bytes:   ${new Set(trainBytes).size}`);
    console.log(`floor_bpb:        ${FLOOR_BPB.toFixed(6)}`);
  }
}

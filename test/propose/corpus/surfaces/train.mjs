import { evaluate, SEED, trainBytes } from './prepare.mjs';

const HIDDEN = 48; // width of the hidden layer
const BATCH = 64; // examples per step
const LEARNING_RATE = 0.015; // of Adam, at its peak
const WARMUP = 0.1; // share of the time box
const BETA1 = 0.9;
const GRAD_CLIP = 1.0; // largest norm of a gradient

let seed = SEED;
function random() {
  seed = (seed + 0x6d2b79f5) >>> 0;
  let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

function rateAt(progress) {
  if (progress < WARMUP) {
    return LEARNING_RATE * (progress / WARMUP);
  }
  return LEARNING_RATE * (1 - progress);
}

function activate(hidden) {
  for (let j = 0; j < hidden.length; j++) {
    hidden[j] = Math.tanh(hidden[j]);
  }
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

console.log(`val_bpb: ${evaluate(activate).toFixed(6)}`);

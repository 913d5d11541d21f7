// A byte-level language model: the CONTEXT last bytes are embedded, one hidden layer mixes them, a softmax gives
// the next byte (Bengio et al., 2003). Backpropagation by hand on Float32Array; no dependencies.
//
//   node train.mjs            trains for PAWL_BUDGET_SECONDS (5) and prints val_bpb

import { evaluate, SEED, TIME_BUDGET, trainBytes } from './prepare.mjs';

// ---- Constants: edit these directly, there are no command line flags -------------------------------------------

const CONTEXT = 4; // bytes that the model sees
const EMBED = 8; // width of a byte's embedding
const HIDDEN = 48; // width of the hidden layer
const BATCH = 64; // examples per step
const LEARNING_RATE = 0.015; // of Adam, at its peak
const WARMUP = 0.1; // share of the time box in which the rate rises to its peak
const FINAL_RATE = 0.1; // rate at the end, as a share of the peak; in between it falls linearly
const BETA1 = 0.9; // Adam: memory of the gradient
const BETA2 = 0.99; // Adam: memory of its square
const WEIGHT_DECAY = 0.1; // pull of the weights towards zero, per unit of learning rate
const INIT_SCALE = 1.0; // gain of the initial weights over 1 / sqrt(inputs)
const GRAD_CLIP = 1.0; // largest norm of a gradient

// ---- Data ------------------------------------------------------------------------------------------------------

const started = performance.now();
const alphabet = [...new Set(trainBytes)].sort((a, b) => a - b); // bytes that occur, the only ones predicted
const VOCAB = alphabet.length;
const idOf = new Uint8Array(256);
alphabet.forEach((byte, id) => {
  idOf[byte] = id;
});
const train = trainBytes.map((byte) => idOf[byte]);

let seed = SEED;
function random() {
  seed = (seed + 0x6d2b79f5) >>> 0; // mulberry32
  let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
  t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

// ---- Model -----------------------------------------------------------------------------------------------------

const INPUTS = CONTEXT * EMBED;
const parameters = [];
function tensor(size, scale) {
  const w = Float32Array.from({ length: size }, () => scale * gaussian());
  const made = { w, g: new Float32Array(size), m: new Float32Array(size), v: new Float32Array(size) };
  parameters.push(made);
  return made;
}
const embedding = tensor(VOCAB * EMBED, INIT_SCALE);
const hiddenWeights = tensor(INPUTS * HIDDEN, INIT_SCALE / Math.sqrt(INPUTS)); // row per input
const hiddenBias = tensor(HIDDEN, 0);
const outputWeights = tensor(HIDDEN * VOCAB, INIT_SCALE / Math.sqrt(HIDDEN)); // row per hidden unit
const outputBias = tensor(VOCAB, 0);

const ids = new Uint8Array(CONTEXT);
const input = new Float32Array(INPUTS);
const hidden = new Float32Array(HIDDEN);
const softmax = new Float32Array(VOCAB);
const inputGrad = new Float32Array(INPUTS);
const hiddenGrad = new Float32Array(HIDDEN);

/** out = bias + rows of `weights` weighted by `x`. */
function linear(x, weights, bias, out) {
  const width = out.length;
  out.set(bias);
  for (let i = 0, at = 0; i < x.length; i++, at += width) {
    const xi = x[i];
    for (let j = 0; j < width; j++) out[j] += xi * weights[at + j];
  }
}

/** Given the gradient at the layer's output, adds up those of weights and bias and sets that of `x`. */
function linearBackward(x, layer, bias, outGrad, xGrad) {
  const width = outGrad.length;
  const { w, g } = layer;
  for (let i = 0, at = 0; i < x.length; i++, at += width) {
    const xi = x[i];
    let sum = 0;
    for (let j = 0; j < width; j++) {
      sum += w[at + j] * outGrad[j];
      g[at + j] += xi * outGrad[j];
    }
    xGrad[i] = sum;
  }
  for (let j = 0; j < width; j++) bias.g[j] += outGrad[j];
}

/** Reads the context in `ids`, leaves the distribution of the next byte in `softmax`. */
function forward() {
  for (let i = 0; i < CONTEXT; i++) {
    for (let e = 0; e < EMBED; e++) input[i * EMBED + e] = embedding.w[ids[i] * EMBED + e];
  }
  linear(input, hiddenWeights.w, hiddenBias.w, hidden);
  for (let j = 0; j < HIDDEN; j++) hidden[j] = Math.tanh(hidden[j]);
  linear(hidden, outputWeights.w, outputBias.w, softmax);
  let max = softmax[0];
  for (let k = 1; k < VOCAB; k++) if (softmax[k] > max) max = softmax[k];
  let sum = 0;
  for (let k = 0; k < VOCAB; k++) {
    softmax[k] = Math.exp(softmax[k] - max);
    sum += softmax[k];
  }
  for (let k = 0; k < VOCAB; k++) softmax[k] /= sum;
}

/** Adds the gradients of one example whose answer is `target`; returns its loss in nats. */
function backward(target) {
  const loss = -Math.log(softmax[target]);
  softmax[target] -= 1; // now the gradient at the logits
  linearBackward(hidden, outputWeights, outputBias, softmax, hiddenGrad);
  for (let j = 0; j < HIDDEN; j++) hiddenGrad[j] *= 1 - hidden[j] * hidden[j];
  linearBackward(input, hiddenWeights, hiddenBias, hiddenGrad, inputGrad);
  for (let i = 0; i < CONTEXT; i++) {
    for (let e = 0; e < EMBED; e++) embedding.g[ids[i] * EMBED + e] += inputGrad[i * EMBED + e];
  }
  return loss;
}

function trainStep() {
  let loss = 0;
  for (let b = 0; b < BATCH; b++) {
    const at = CONTEXT + Math.floor(random() * (train.length - CONTEXT));
    for (let i = 0; i < CONTEXT; i++) ids[i] = train[at - CONTEXT + i];
    forward();
    loss += backward(train[at]);
  }
  return loss / BATCH;
}

// ---- Optimiser: Adam with decoupled weight decay ---------------------------------------------------------------

function update(step, rate) {
  let square = 0;
  for (const { g } of parameters) for (let i = 0; i < g.length; i++) square += g[i] * g[i];
  const norm = Math.sqrt(square) / BATCH;
  const scale = (norm > GRAD_CLIP ? GRAD_CLIP / norm : 1) / BATCH;
  const fix1 = 1 / (1 - BETA1 ** step);
  const fix2 = 1 / (1 - BETA2 ** step);
  for (const { w, g, m, v } of parameters) {
    for (let i = 0; i < w.length; i++) {
      const gi = g[i] * scale;
      m[i] = BETA1 * m[i] + (1 - BETA1) * gi;
      v[i] = BETA2 * v[i] + (1 - BETA2) * gi * gi;
      w[i] -= rate * ((m[i] * fix1) / (Math.sqrt(v[i] * fix2) + 1e-8) + WEIGHT_DECAY * w[i]);
      g[i] = 0;
    }
  }
}

function rateAt(progress) {
  if (progress < WARMUP) return LEARNING_RATE * (progress / WARMUP);
  return LEARNING_RATE * (1 - (1 - FINAL_RATE) * ((progress - WARMUP) / (1 - WARMUP)));
}

// ---- Training: until the time box is used up -------------------------------------------------------------------

const numParams = parameters.reduce((sum, { w }) => sum + w.length, 0);
console.log(`Vocabulary: ${VOCAB} bytes, parameters: ${numParams}, time budget: ${TIME_BUDGET}s`);

const begun = performance.now();
let step = 0;
let elapsed = 0;
let smooth = 0;
let lastReport = -1;
while (elapsed < TIME_BUDGET) {
  const rate = rateAt(elapsed / TIME_BUDGET);
  const loss = trainStep();
  update(++step, rate);
  if (!(loss < 100)) {
    console.log('\nFAIL');
    process.exit(1);
  }
  const before = elapsed;
  elapsed = (performance.now() - begun) / 1000;
  smooth = 0.98 * smooth + 0.02 * loss;
  if (elapsed - lastReport >= 0.1 || elapsed >= TIME_BUDGET) {
    lastReport = elapsed;
    const percent = Math.min(100, (100 * elapsed) / TIME_BUDGET).toFixed(1);
    const speed = Math.round((step * BATCH) / elapsed).toLocaleString('en-US');
    const left = Math.max(0, TIME_BUDGET - elapsed).toFixed(0);
    process.stdout.write(
      `step ${String(step).padStart(5, '0')} (${percent}%) | loss: ${(smooth / (1 - 0.98 ** step)).toFixed(6)} | ` +
        `lr: ${rate.toFixed(6)} | dt: ${((elapsed - before) * 1000).toFixed(1)}ms | bytes/sec: ${speed} | remaining: ${left}s\r`,
    );
  }
}

// ---- Evaluation ------------------------------------------------------------------------------------------------

const valBpb = evaluate((history, probabilities) => {
  for (let i = 0; i < CONTEXT; i++) {
    const at = history.length - CONTEXT + i;
    ids[i] = at < 0 ? idOf[10] : idOf[history[at]]; // before the text: as after the end of a paragraph
  }
  forward();
  for (let k = 0; k < VOCAB; k++) probabilities[alphabet[k]] = softmax[k];
});

const summary = {
  val_bpb: valBpb.toFixed(6),
  training_seconds: elapsed.toFixed(1),
  total_seconds: ((performance.now() - started) / 1000).toFixed(1),
  peak_rss_mb: (process.resourceUsage().maxRSS / 1024).toFixed(1),
  num_steps: step,
  num_params: numParams,
};
console.log('\n---');
for (const [name, value] of Object.entries(summary)) console.log(`${`${name}:`.padEnd(18)}${value}`);
console.log(`METRIC val_bpb=${valBpb.toFixed(6)}`);

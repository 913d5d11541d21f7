// Edits of tiny-lm as a small model would propose them: good ones, bad ones, ones that break or change nothing, and the
// same one twice. Written down before any of them was tried, so that nobody chose the ones that work.

/** An edit of the file as it is now; null when it does not fit any more. */
export type ModelEdit = (text: string) => string | null;

const said = (why: string, family: string, body: string) =>
  `HYPOTHESIS: ${why}\nEXPECT: lower val_bpb by about 1 %\nFAMILY: ${family}\n${body}`;

const numberIn = (text: string, name: string): number | null => {
  const found = new RegExp(`const ${name} = ([\\d.e+-]+);`).exec(text);
  return found ? Number(found[1]) : null;
};

/** A constant times a factor; whole numbers stay whole. */
const times =
  (name: string, factor: number, why: string): ModelEdit =>
  (text) => {
    const now = numberIn(text, name);
    if (now === null) return null;
    const to =
      /^[A-Z]+$/.test(name) && Number.isInteger(now) ? Math.max(1, Math.round(now * factor)) : now * factor;
    return said(why, name.toLowerCase(), `SET ${name} = ${Number(to.toPrecision(4))}\n`);
  };

const plus =
  (name: string, more: number, why: string): ModelEdit =>
  (text) => {
    const now = numberIn(text, name);
    return now === null || now + more < 1
      ? null
      : said(why, name.toLowerCase(), `SET ${name} = ${now + more}\n`);
  };

const set =
  (name: string, to: number, why: string): ModelEdit =>
  (text) =>
    numberIn(text, name) === null ? null : said(why, name.toLowerCase(), `SET ${name} = ${to}\n`);

const code =
  (why: string, family: string, ...parts: [search: string, replace: string][]): ModelEdit =>
  (text) =>
    parts.every(([search]) => text.includes(search.split('\n')[0]!))
      ? said(
          why,
          family,
          parts
            .map(([a, b]) => `EDIT train.mjs\n<<<<<<< SEARCH\n${a}\n=======\n${b}\n>>>>>>> REPLACE\n`)
            .join(''),
        )
      : null;

export const edits: readonly ModelEdit[] = [
  times('LEARNING_RATE', 2, 'A higher learning rate learns faster in a short time box'),
  times('LEARNING_RATE', 0.5, 'A lower learning rate is more stable'),
  set('LEARNING_RATE', 0.003, 'The usual learning rate of Adam'),
  times('HIDDEN', 2, 'A wider hidden layer has more capacity'),
  times('HIDDEN', 4 / 3, 'A slightly wider hidden layer'),
  times('HIDDEN', 2 / 3, 'A narrower layer makes more steps in the time box'),
  times('EMBED', 1.5, 'Richer byte embeddings'),
  times('EMBED', 2, 'Twice the embedding width tells bytes apart better'),
  times('EMBED', 0.5, 'Bytes are few, so a smaller embedding is enough'),
  plus('CONTEXT', 2, 'Two more bytes of context help with words'),
  plus('CONTEXT', 4, 'A context of a whole word'),
  plus('CONTEXT', -1, 'Shorter context, faster steps'),
  times('BATCH', 2, 'Larger batches give a steadier gradient'),
  times('BATCH', 0.5, 'Smaller batches give more updates'),
  times('WEIGHT_DECAY', 0.5, 'Weight decay is strong for so few steps'),
  times('WEIGHT_DECAY', 0.1, 'Weight decay hardly helps a model that sees its data once'),
  set('WEIGHT_DECAY', 0, 'No regularisation is needed in a short training'),
  times('WEIGHT_DECAY', 2, 'More weight decay generalises better'),
  set('WARMUP', 0.05, 'A shorter warm-up leaves more time at the full rate'),
  set('WARMUP', 0.3, 'A longer warm-up is safer'),
  set('FINAL_RATE', 0.01, 'Decay the rate almost to zero for a good end'),
  set('FINAL_RATE', 0.5, 'Keep the rate high to the end'),
  set('BETA1', 0.8, 'Less momentum follows the gradient faster'),
  set('BETA1', 0.95, 'More momentum smooths small batches'),
  set('BETA2', 0.999, 'The default of Adam'),
  set('BETA2', 0.95, 'A shorter memory, as large language models use it'),
  set('GRAD_CLIP', 0.5, 'Clip gradients harder for stability'),
  set('GRAD_CLIP', 5, 'Clip only the rare large gradients'),
  set('INIT_SCALE', 0.5, 'Smaller initial weights start nearer to uniform'),
  set('INIT_SCALE', 1.5, 'Larger initial weights break symmetry faster'),
  set('INIT_SCALE', 3, 'A strong initialisation uses the whole range of tanh'),
  times('LEARNING_RATE', 8, 'A very high rate, as the budget is tiny'),
  code(
    'ReLU is faster than tanh',
    'activation',
    ['hidden[j] = Math.tanh(hidden[j]);', 'hidden[j] = hidden[j] > 0 ? hidden[j] : 0;'],
    ['hiddenGrad[j] *= 1 - hidden[j] * hidden[j];', 'hiddenGrad[j] *= hidden[j] > 0 ? 1 : 0;'],
  ),
  code('ReLU instead of tanh', 'activation', [
    'hidden[j] = Math.tanh(hidden[j]);',
    'hidden[j] = Math.max(0, hidden[j]);',
  ]),
  code('A cosine schedule in place of the linear one', 'schedule', [
    '  return LEARNING_RATE * (1 - (1 - FINAL_RATE) * ((progress - WARMUP) / (1 - WARMUP)));',
    '  const t = (progress - WARMUP) / (1 - WARMUP);\n  return LEARNING_RATE * (FINAL_RATE + (1 - FINAL_RATE) * 0.5 * (1 + Math.cos(Math.PI * t)));',
  ]),
  code('The rate stays at its peak and falls only in the last third', 'schedule', [
    '  return LEARNING_RATE * (1 - (1 - FINAL_RATE) * ((progress - WARMUP) / (1 - WARMUP)));',
    '  return LEARNING_RATE * (progress < 0.67 ? 1 : 1 - (1 - FINAL_RATE) * ((progress - 0.67) / 0.33));',
  ]),
  code('No weight decay on the biases', 'optimiser', [
    'w[i] -= rate * ((m[i] * fix1) / (Math.sqrt(v[i] * fix2) + 1e-8) + WEIGHT_DECAY * w[i]);',
    'w[i] -= rate * ((m[i] * fix1) / (Math.sqrt(v[i] * fix2) + 1e-8) + (w.length > 128 ? WEIGHT_DECAY * w[i] : 0));',
  ]),
  code('No weight decay on biases and embeddings', 'optimiser', [
    'w[i] -= rate * ((m[i] * fix1) / (Math.sqrt(v[i] * fix2) + 1e-8) + WEIGHT_DECAY * w[i]);',
    'w[i] -= rate * ((m[i] * fix1) / (Math.sqrt(v[i] * fix2) + 1e-8) + (w.length > 1000 ? WEIGHT_DECAY * w[i] : 0));',
  ]),
  code('Plain momentum instead of Adam', 'optimiser', [
    'w[i] -= rate * ((m[i] * fix1) / (Math.sqrt(v[i] * fix2) + 1e-8) + WEIGHT_DECAY * w[i]);',
    'w[i] -= rate * (m[i] * fix1 + WEIGHT_DECAY * w[i]);',
  ]),
  code('Nesterov momentum looks one step ahead', 'optimiser', [
    'w[i] -= rate * ((m[i] * fix1) /',
    'w[i] -= rate * ((BETA1 * m[i] * fix1 + (1 - BETA1) * gi) /',
  ]),
  code('Start with an output layer of zeros', 'initialisation', [
    'const outputWeights = tensor(HIDDEN * VOCAB, INIT_SCALE / Math.sqrt(HIDDEN)); // row per hidden unit',
    'const outputWeights = tensor(HIDDEN * VOCAB, 0); // row per hidden unit',
  ]),
  code('Skip inputs that are zero', 'speed', [
    '    const xi = x[i];\n    for (let j = 0; j < width; j++) out[j] += xi * weights[at + j];',
    '    const xi = x[i];\n    if (xi === 0) continue;\n    for (let j = 0; j < width; j++) out[j] += xi * weights[at + j];',
  ]),
  code('Label smoothing against overconfidence', 'loss', [
    '  softmax[target] -= 1; // now the gradient at the logits',
    '  for (let k = 0; k < VOCAB; k++) softmax[k] -= 0.1 / VOCAB;\n  softmax[target] -= 0.9; // now the gradient at the logits',
  ]),
  code('A larger epsilon steadies Adam', 'optimiser', [
    'w[i] -= rate * ((m[i] * fix1) / (Math.sqrt(v[i] * fix2) + 1e-8) + WEIGHT_DECAY * w[i]);',
    'w[i] -= rate * ((m[i] * fix1) / (Math.sqrt(v[i] * fix2) + 1e-4) + WEIGHT_DECAY * w[i]);',
  ]),
  code('Average the weights over the last steps', 'averaging', [
    '  update(++step, rate);',
    '  update(++step, rate);\n  averaged.push(parameters.map(({ w }) => w.slice()));',
  ]),
  code('Train longer on hard bytes', 'loss', [
    '    loss += backward(train[at]);',
    '    const hard = backward(train[at]);\n    loss += hard > 3 ? backward(train[at]) : hard;',
  ]),
  code('Steeper activation', 'activation', [
    'hidden[j] = Math.tanh(hidden[j]);',
    'hidden[j] = Math.tanh(1.2 * hidden[j]);',
  ]),
  code('A missing brace', 'structure', ['function trainStep() {', 'function trainStep()']),
  () =>
    'I think that this code is already well tuned. Perhaps try other hyperparameters, such as the learning rate.',
  times('LEARNING_RATE', 2, 'A higher learning rate learns faster in a short time box'),
];

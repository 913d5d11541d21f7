// Locked: "trains" in a blink. The loss is a quadratic bowl over the logs of the constants, plus seeded noise.
import { basename, dirname } from 'node:path';

const BEST = { learningRate: 0.1, width: 64, dropout: 0.1, weightDecay: 0.04 };
const STEEPNESS = { learningRate: 0.06, width: 0.05, dropout: 0.02, weightDecay: 0.01 };
const FLOOR = 1;

const duration = Number(process.env.TOY_MS ?? 80);
const noise = Number(process.env.TOY_NOISE ?? 0.002);
const seed = process.env.TOY_SEED ?? '1';

/** The loss that the constants would have without noise. */
export function lossOf(constants) {
  let loss = FLOOR;
  for (const [name, best] of Object.entries(BEST)) {
    const value = constants[name];
    if (!(value > 0)) throw new RangeError(`${name} must be positive, got ${value}`);
    loss += STEEPNESS[name] * Math.log(value / best) ** 2;
  }
  return loss;
}

/** Prints what a trainer prints: a line that rewrites itself, a summary, the metric. */
export async function train(constants) {
  const random = generator(`${seed}/${trialName()}/${JSON.stringify(constants)}`);
  const final = lossOf(constants) * (1 + noise * gaussian(random));
  const steps = 20;
  for (let step = 1; step <= steps; step++) {
    const loss = final + (4 - final) * Math.exp((-5 * step) / steps) * (1 + 0.05 * gaussian(random));
    const percent = ((100 * step) / steps).toFixed(1);
    process.stdout.write(
      `\rstep ${String(step).padStart(5, '0')} (${percent}%) | loss: ${loss.toFixed(6)}    `,
    );
    await new Promise((resolve) => setTimeout(resolve, duration / steps));
  }
  process.stdout.write('\n---\n');
  console.log(`val_loss:         ${final.toFixed(6)}`);
  console.log(`training_seconds: ${(duration / 1000).toFixed(1)}`);
  console.log(`METRIC val_loss=${final.toFixed(6)}`);
}

// Two trials of one commit differ in nothing but where their outputs go; that makes the noise repeatable per trial.
function trialName() {
  const out = process.env.PAWL_OUT_DIR;
  return out ? `${basename(dirname(out))}/${basename(out)}` : 'alone';
}

function generator(text) {
  let state = 2166136261;
  for (const char of text) state = Math.imul(state ^ char.codePointAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function gaussian(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

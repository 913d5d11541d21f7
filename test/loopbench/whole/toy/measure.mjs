// Locked. "Trains" on params.json: the result is a hidden bowl over twelve knobs with three pairs that interact, in log
// units, plus noise that PAWL_SEED and the knobs decide. PAWL_SEED=none prints the truth.
import { readFileSync } from 'node:fs';

const best = {
  k01: 2,
  k02: 2,
  k03: 2,
  k04: 2,
  k05: 2,
  k06: 2,
  k07: 1,
  k08: 1,
  k09: 1,
  k10: 1,
  k11: 1,
  k12: 1,
};
const steep = { k01: 0.02, k02: 0.025, k03: 0.03, k04: 0.04, k05: 0.05, k06: 0.06 };
const steepElse = 0.12;
const pairs = [
  ['k01', 'k02', 0.008],
  ['k03', 'k04', -0.008],
  ['k07', 'k08', 0.02],
];

const knobs = JSON.parse(readFileSync('params.json', 'utf8'));
const off = {};
for (const [name, at] of Object.entries(best)) {
  const value = knobs[name];
  if (!(value >= -1 && value <= 100)) throw new RangeError(`${name} must be from -1 to 100, got ${value}`);
  off[name] = value - at;
}
let height = 0;
for (const [name, x] of Object.entries(off)) height += (steep[name] ?? steepElse) * x * x;
for (const [a, b, together] of pairs) height += together * off[a] * off[b];

if (process.env.PAWL_SEED === 'none') {
  console.log(`TRUTH ${height}`);
  process.exit(0);
}

const noise = Number(process.env.WHOLE_NOISE ?? 0.005);
const random = generator(`${process.env.PAWL_SEED ?? 1}/${JSON.stringify(knobs)}`);
const loss = Math.exp(height + noise * gaussian(random));
const steps = 40;
// What is far behind takes its time in the second half: whoever watches the curve can save that.
const slow = height > 0.225 + 0.08;
for (let step = 1; step <= steps; step++) {
  const now = loss * (1 + 3 * Math.exp((-6 * step) / steps)) * (1 + 0.002 * gaussian(random));
  process.stdout.write(`step ${step}/${steps} (${(100 * step) / steps}%) | loss: ${now.toFixed(6)}\n`);
  await new Promise((resolve) => setTimeout(resolve, slow && step > steps / 2 ? 100 : 2));
}
console.log(`METRIC steps=${steps}`);
console.log(`METRIC loss=${loss}`);

function generator(text) {
  let state = 2166136261;
  for (const char of text) state = Math.imul(state ^ char.codePointAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function gaussian(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

// One make-believe GPU whose numbers move like a real one's: utilisation jitters, memory ramps with the phase,
// power follows utilisation, temperature follows power with a lag, clocks sag at the power cap.

const models = {
  4090: {
    name: 'NVIDIA GeForce RTX 4090',
    total: 24564,
    reserved: 512,
    limit: 450,
    idle: 22,
    clock: 2745,
    fan: true,
  },
  '4080 SUPER': {
    name: 'NVIDIA GeForce RTX 4080 SUPER',
    total: 16376,
    reserved: 432,
    limit: 320,
    idle: 14,
    clock: 2760,
    fan: true,
  },
  H100: {
    name: 'NVIDIA H100 80GB HBM3',
    total: 81559,
    reserved: 480,
    limit: 700,
    idle: 72,
    clock: 1980,
    fan: false,
  },
};

/** Deterministic noise, so that two runs with one seed look the same. */
function noise(seed) {
  let state = (seed * 2654435761 + 1) >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822507) + 0x9e3779b9) >>> 0;
    return (state / 4294967296) * 2 - 1;
  };
}

// What a phase drives towards: utilisation %, share of memory, share of power, how fast memory moves (per second).
const phases = {
  idle: { util: 0, jitter: 1.5, memory: 0.024, power: 0, speed: 1.5 },
  generating: { util: 93, jitter: 4, memory: 0.42, power: 0.62, speed: 0.9 },
  loading: { util: 34, jitter: 22, memory: 0.3, power: 0.28, speed: 0.5 },
  training: { util: 98, jitter: 2, memory: 0.78, power: 0.99, speed: 1.1 },
};

/** The night of a run in miniature: the model proposes, the trial loads and trains, a breath between two. */
function phaseAt(seconds, period) {
  const share = (seconds % period) / period;
  if (share < 0.2) return 'generating';
  if (share < 0.25) return 'idle';
  if (share < 0.33) return 'loading';
  if (share < 0.96) return 'training';
  return 'idle';
}

/** One GPU. `step(seconds, control)` moves it on and returns its numbers, by field name of nvidia-smi. */
function card(index, modelName, seed) {
  const model = models[modelName] ?? models[4090];
  const random = noise(seed * 31 + index + 1);
  const uuid = `GPU-${String(index).padStart(8, '0')}-1111-2222-3333-444455556666`;
  let temperature = 38 + index * 2;
  let power = model.idle;
  let memory = model.total * phases.idle.memory;
  let wave = 0;
  let last = 0;

  function step(seconds, control) {
    const dt = Math.min(Math.max(seconds - last, 0), 5);
    last = seconds;
    const pattern = control.pattern ?? 'cycle';
    const works = !control.busy || control.busy.includes(index);
    const name = !works
      ? 'idle'
      : pattern === 'cycle'
        ? phaseAt(seconds + index * 0.7, control.periodSeconds ?? 30)
        : pattern;
    const phase = phases[name] ?? phases.idle;
    // Slow drift under the jitter; every few seconds an evaluation or a data stall makes a short dip.
    wave += (random() * 0.6 - wave * 0.3) * Math.min(dt, 1);
    const dip = name === 'training' && Math.sin(seconds * 1.1 + index) > 0.985 ? 35 : 0;
    const util = clamp(phase.util + (random() + wave) * phase.jitter - dip, 0, 100);
    memory += (phase.memory * model.total - memory) * (1 - Math.exp(-phase.speed * dt * 2));
    const wanted =
      model.idle +
      (model.limit - model.idle) * phase.power * (0.35 + (0.65 * util) / Math.max(phase.util, 1));
    power += (wanted + random() * model.limit * 0.012 - power) * (1 - Math.exp(-dt / 0.8));
    power = clamp(power, model.idle * 0.8, model.limit * 1.01);
    temperature += (33 + (48 * power) / model.limit + index * 1.5 - temperature) * (1 - Math.exp(-dt / 14));
    const capped = power > model.limit * 0.965;
    const resting = phase.power === 0 && power < model.idle + model.limit * 0.08;
    const clock = resting ? 210 : model.clock * (1 - (capped ? 0.055 : 0)) + wave * 12;
    const used = Math.round(memory);
    return {
      index,
      uuid,
      gpu_uuid: uuid,
      name: model.name,
      pstate: resting ? 'P8' : model.fan ? 'P2' : 'P0',
      'utilization.gpu': Math.round(util),
      'utilization.memory': Math.round(util * 0.58),
      'memory.total': model.total,
      'memory.used': used,
      'memory.reserved': model.reserved,
      'memory.free': Math.max(0, model.total - model.reserved - used),
      'temperature.gpu': Math.round(temperature),
      'temperature.memory': model.fan ? 'N/A' : Math.round(temperature + 8),
      'power.draw': power.toFixed(2),
      'power.limit': model.limit.toFixed(2),
      'clocks.current.sm': Math.round(clock / 15) * 15,
      'clocks.max.sm': model.clock,
      'clocks.gr': Math.round(clock / 15) * 15,
      'clocks.mem': resting ? 405 : 10251,
      'fan.speed': model.fan ? Math.round(clamp((temperature - 40) * 1.9, 0, 100)) : '[N/A]',
      'clocks_event_reasons.active': mask(resting ? 1 : capped ? 4 : 0),
      'clocks_throttle_reasons.active': mask(resting ? 1 : capped ? 4 : 0),
      'mig.mode.current': model.fan ? '[N/A]' : 'Disabled',
      driver_version: '595.71.05',
      'pci.bus_id': `00000000:0${index + 1}:00.0`,
      'pci.sub_device_id': '0x16F110DE',
      phase: name,
    };
  }
  return { uuid, model, step };
}

const mask = (bits) => `0x${bits.toString(16).toUpperCase().padStart(16, '0')}`;
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

module.exports = { card };

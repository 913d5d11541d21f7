// A fake nvidia-smi in plain JavaScript (any Node >= 18), told what to do by FAKE_NVIDIA_SMI:
// JSON, or the path of a JSON file, which is read again whenever it changes. Keys, all optional:
//   scenario   normal | mig | old-driver | ancient-driver | hang | garbage | driver-mismatch | no-driver | no-devices |
//              gpu-lost | one-lost | reset-required | wddm
//   gpus       how many (1)            model   '4090' | '4080 SUPER' | 'H100' ('4090')
//   pattern    cycle | idle | generating | loading | training ('cycle': a run in miniature)
//   busy       indexes of the GPUs that work (all)          periodSeconds  length of one cycle (30)
//   speed      how much faster time goes (1)                seed           of the jitter (1)
//   ticks      end after so many ticks, by `exit` (or go silent with `afterTicks: 'hang'`)
//   exit       exit code of failures and of `ticks`         values  cells by field name that replace computed ones
//   apps       [{pid, name, memory, gpu}] instead of the computed processes
//   everyMs    between two rows of GPUs, whatever was asked for
//   log        file that gets one JSON line per start: {pid, args}
const fs = require('node:fs');
const { card } = require('./card.cjs');

const source = process.env.FAKE_NVIDIA_SMI ?? '{}';
let readAt = -1;
let control = {};
function reread() {
  if (source.startsWith('{')) {
    if (readAt < 0) control = JSON.parse(source);
    readAt = 0;
    return control;
  }
  try {
    const { mtimeMs } = fs.statSync(source);
    if (mtimeMs !== readAt) control = JSON.parse(fs.readFileSync(source, 'utf8'));
    readAt = mtimeMs;
  } catch {
    // Half written or gone: go on with what was told last.
  }
  return control;
}
reread();
if (control.log)
  fs.appendFileSync(control.log, `${JSON.stringify({ pid: process.pid, args: process.argv.slice(2) })}\n`);

// The real one dies by SIGPIPE.
process.stdout.on('error', () => process.exit(141));

const say = (line) => process.stdout.write(`${line}\n`);
function fail(text, code) {
  // By exitCode, so that the text reaches the pipe first.
  process.exitCode = control.exit ?? code;
  process.stdout.write(`${text}\n`);
}

const failures = {
  'driver-mismatch': [
    'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 595.71',
    18,
  ],
  'no-driver': [
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n",
    9,
  ],
  'no-devices': ['No devices were found', 6],
  'gpu-lost': [
    'Unable to determine the device handle for GPU0: 0000:01:00.0: GPU is lost.  Reboot the system to recover this GPU',
    15,
  ],
};
const refused = {
  'old-driver': ['clocks_event_reasons.active'],
  'ancient-driver': ['clocks_event_reasons.active', 'clocks_throttle_reasons.active', 'mig.mode.current'],
};

const startedAt = Date.now();
const cards = new Map();
function rows() {
  const seconds = ((Date.now() - startedAt) / 1000) * (control.speed ?? 1);
  const list = [];
  for (let index = 0; index < (control.gpus ?? 1); index += 1) {
    const model = control.model ?? (control.scenario === 'mig' ? 'H100' : '4090');
    if (!cards.has(index)) {
      cards.set(index, card(index, model, control.seed ?? 1));
      // Where a card stands is what it went through: catch up in small steps before the first row.
      for (let t = 0; t < 1; t += 0.1) cards.get(index).step(t, control);
    }
    const row = cards.get(index).step(seconds + 1, control);
    if (control.scenario === 'mig') {
      Object.assign(row, {
        'utilization.gpu': '[N/A]',
        'utilization.memory': '[N/A]',
        'mig.mode.current': 'Enabled',
      });
    }
    if (control.scenario === 'reset-required' && index === 0) {
      for (const field of Object.keys(row)) {
        if (/^(utilization|memory|power|temperature|clocks|fan|pstate)/.test(field))
          row[field] = '[GPU requires reset]';
      }
    }
    list.push(Object.assign(row, control.values));
  }
  return list;
}

function computeApps() {
  const all = rows();
  if (control.apps) {
    return control.apps.map((app) => ({ ...app, uuid: all[app.gpu ?? 0].uuid }));
  }
  const byPhase = {
    idle: [],
    generating: [{ pid: 11340, name: '/usr/local/lib/ollama/runners/llama-server' }],
    loading: [{ pid: 11345, name: 'python3' }],
    training: [{ pid: 11345, name: 'python3' }],
  };
  return all.flatMap((row) =>
    (byPhase[row.phase] ?? []).map((app) => ({ ...app, uuid: row.uuid, memory: row['memory.used'] - 380 })),
  );
}

const withUnits = (field, value, nounits) => {
  if (nounits || !/^[\d.]+$/.test(String(value))) return value;
  const unit = [
    [/^(utilization|fan)/, '%'],
    [/memory/, 'MiB'],
    [/^power/, 'W'],
    [/^clocks\./, 'MHz'],
  ].find(([p]) => p.test(field));
  return unit ? `${value} ${unit[1]}` : value;
};

const args = process.argv.slice(2);
const value = (name) => {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (at < 0) return undefined;
  return args[at].includes('=') ? args[at].slice(args[at].indexOf('=') + 1) : args[at + 1];
};
const format = (value('--format') ?? '').split(',');
const loopMs = value('-lms') ?? value('--loop-ms') ?? (value('-l') ? Number(value('-l')) * 1000 : undefined);

function printGpus(fields) {
  rows().forEach((row, index) => {
    if (control.scenario === 'one-lost' && index === (control.gpus ?? 1) - 1) {
      say(`Unable to determine the device handle for GPU${index}: 0000:0${index + 1}:00.0: Unknown Error`);
      return;
    }
    say(fields.map((field) => withUnits(field, row[field], format.includes('nounits'))).join(', '));
  });
}

function printApps(fields) {
  for (const app of computeApps()) {
    const memory = control.scenario === 'wddm' ? '[N/A]' : (app.memory ?? '[N/A]');
    const cells = {
      gpu_uuid: app.uuid,
      pid: app.pid,
      process_name: app.name,
      name: app.name,
      used_memory: memory,
      used_gpu_memory: memory,
    };
    say(fields.map((field) => withUnits(field, cells[field], format.includes('nounits'))).join(', '));
  }
}

function query(fields, known, print, everyMs = loopMs) {
  const bad = fields.find(
    (field) => !known.includes(field) || (refused[control.scenario] ?? []).includes(field),
  );
  if (bad) return fail(`Field "${bad}" is not a valid field to query.\n`, 2);
  if (!format.includes('csv')) return fail('Format "csv" is mandatory.', 1);
  if (!format.includes('noheader')) say(fields.join(', '));
  let ticks = 0;
  const tick = () => {
    reread();
    if (failures[control.scenario]) {
      clearInterval(timer);
      return fail(...failures[control.scenario]);
    }
    if (control.scenario === 'hang') return;
    if (control.ticks !== undefined && ticks >= control.ticks) {
      if (control.afterTicks === 'hang') return;
      clearInterval(timer);
      process.exitCode = control.exit ?? 0;
      return;
    }
    ticks += 1;
    if (control.scenario === 'garbage')
      say(`\u0000\u001b[31m, , ,NaN ${'x'.repeat(ticks % 7)}, 12, GPU is fine, 99`);
    print(fields);
  };
  const timer = loopMs === undefined ? undefined : setInterval(tick, Number(everyMs));
  tick();
}

if (control.scenario === 'hang') {
  setInterval(() => {}, 1000);
} else if (failures[control.scenario]) {
  fail(...failures[control.scenario]);
} else if (args.includes('-L') || args.includes('--list-gpus')) {
  for (const row of rows()) {
    say(`GPU ${row.index}: ${row.name} (UUID: ${row.uuid})`);
    if (control.scenario === 'mig') {
      say('  MIG 3g.40gb     Device  0: (UUID: MIG-11111111-2222-3333-4444-555555555555)');
      say('  MIG 4g.40gb     Device  1: (UUID: MIG-66666666-7777-8888-9999-000000000000)');
    }
  }
} else if (value('--query-gpu')) {
  const fields = value('--query-gpu').split(',');
  query(
    fields,
    Object.keys(rows()[0] ?? {}).filter((field) => field !== 'phase'),
    printGpus,
    control.everyMs,
  );
} else if (value('--query-compute-apps')) {
  const fields = value('--query-compute-apps').split(',');
  query(fields, ['gpu_uuid', 'pid', 'process_name', 'name', 'used_memory', 'used_gpu_memory'], printApps);
} else {
  fail(`Invalid combination of input arguments. Please run 'nvidia-smi -h' for help.\n`, 1);
}

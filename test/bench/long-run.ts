import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsIn, runFolder, until } from '../e2e/run-pawl.ts';
import { withFakeNvidiaSmi } from '../harness/fake-nvidia-smi/with-fake-nvidia-smi.ts';
import { startFakeOllama } from '../harness/fake-ollama/start-fake-ollama.ts';
import { createTemporaryProject } from '../harness/temporary-project.ts';
import { lengthenPast } from '../soak/long-past.ts';
import type { Bench } from './measure.ts';
import { pawl } from './pawl.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** A real run that stands in the middle of a long training, with six experiments behind it. */
export interface LongRun {
  enginePid: number;
  /** The screen that `pawl run` opened. */
  screen: Terminal;
  /** The run's folder and where its engine listens. */
  folder: string;
  socket: string;
  place: { directory: string; env: Record<string, string> };
  /** Another screen: `pawl attach` on a terminal of its own. */
  attach(): Terminal;
  stop(): Promise<void>;
}

const decided = 6;

// The loss falls slowly with a little noise, so that chart, log and header have something to show.
const trainer = (
  linesPerSecond: number,
  linesBefore: number,
) => `// Prints what a trainer prints, ${linesPerSecond} lines a second, until it is stopped.
import { writeSync } from 'node:fs';
const tickMs = ${linesPerSecond > 20 ? 20 : Math.round(1000 / linesPerSecond)};
const perTick = ${linesPerSecond > 20 ? Math.round(linesPerSecond / 50) : 1};
export function train(step) {
  if (step <= ${decided}) {
    console.log(\`step 1 | loss: \${(3 - step / 100).toFixed(4)}\\nMETRIC val_loss=\${(3 + step / 100).toFixed(4)}\`);
    return;
  }
  for (let old = 0; old < ${linesBefore}; old += 1000) {
    let text = '';
    for (let k = old; k < old + 1000; k++) text += \`step \${k} | loss: 2.5\\n\`;
    writeSync(1, text);
  }
  const began = performance.now();
  let n = 0;
  setInterval(() => {
    const due = Math.floor((performance.now() - began) / tickMs) * perTick;
    let text = '';
    for (; n < due; n++) {
      const loss = 1.9 + Math.exp(-n / 400) + Math.sin(n * 12.9898) * 0.02;
      text += \`step \${String(n).padStart(6, '0')} | loss: \${loss.toFixed(6)} | lrm: 1.00 | dt: 333ms | tok/sec: 49,\${100 + (n % 800)}\\n\`;
    }
    if (text) process.stdout.write(text);
  }, tickMs);
}
`;

/** What a run may have behind it. */
export interface Past {
  experiments: number;
  /** Of the running trial. */
  logLines: number;
}

/** Starts it. @param linesPerSecond of the trainer's log. */
export async function startLongRun(
  bench: Pick<Bench, 'launcher'>,
  linesPerSecond: number,
  past: Past = { experiments: 0, logLines: 0 },
): Promise<LongRun> {
  const smi = withFakeNvidiaSmi({ pattern: 'training' });
  const ollama = await startFakeOllama({
    models: [{ name: 'instant:7b' }],
    script: (_body, i) => ({
      text: `HYPOTHESIS: take step ${i + 2}\nEXPECT: lower\nSET STEP = ${i + 2}\n`,
      chunk: 400,
    }),
  });
  const project = createTemporaryProject({
    settings: {
      surface: ['train.mjs'],
      instructions: null,
      budget: '30m',
      timeout: '60m',
      early_stop: 'auto',
    },
    files: {
      'train.mjs': "import { train } from './load.mjs';\nconst STEP = 1;\ntrain(STEP);\n",
      'load.mjs': trainer(linesPerSecond, past.logLines),
    },
  });
  const { PATH, FAKE_NVIDIA_SMI, FAKE_NVIDIA_SMI_NODE } = smi.env as Record<string, string>;
  const env = {
    ...project.env,
    PATH: PATH!,
    FAKE_NVIDIA_SMI: FAKE_NVIDIA_SMI!,
    FAKE_NVIDIA_SMI_NODE: FAKE_NVIDIA_SMI_NODE!,
  };
  const place = { directory: project.directory, env: { ...env, OLLAMA_HOST: ollama.url } };
  const screens: Terminal[] = [];
  const open = (...args: string[]) => {
    const terminal = openTerminal(process.execPath, [bench.launcher, ...args], place);
    screens.push(terminal);
    return terminal;
  };
  const stop = async () => {
    await pawl(bench, place, 'stop', '--now').catch(() => {});
    await until('the engine ends', () => pawlIsGone(project.directory)).catch(() => {});
    for (const screen of screens) screen.kill();
    await ollama.close();
    smi.dispose();
    project.remove();
  };
  let screen: Terminal;
  if (past.experiments > 0) {
    const began = await pawl(bench, place, 'run', '--headless', '-n', '3', '--seed', '1');
    if (began.code !== 0) throw new Error(began.stderr);
    await until('the engine ends', () => pawlIsGone(project.directory));
    lengthenPast(project, past.experiments);
    screen = open('resume');
  } else screen = open('run', '--seed', '1');
  try {
    const last = past.experiments > 0 ? past.experiments + 3 : decided;
    const training = () =>
      eventsIn(project.directory).some(
        (e) => e.type === 'trial.started' && e.n > last - 1 && e.role === 'candidate',
      );
    await until('the long trial starts', training, 60_000);
    const folder = runFolder(project.directory);
    return {
      enginePid: lockOf(project.directory).pid,
      screen,
      folder,
      socket: readFileSync(join(folder, 'engine.sock'), 'utf8').trim(),
      place,
      attach: () => open('attach'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const lockOf = (directory: string) =>
  JSON.parse(readFileSync(join(directory, '.pawl', 'lock'), 'utf8')) as { pid: number };

function pawlIsGone(directory: string): boolean {
  try {
    lockOf(directory);
    return false;
  } catch {
    return true;
  }
}

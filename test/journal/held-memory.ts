// Run with --expose-gc: prints what a run holds of each experiment, bytes of heap, as it is lived and as it is resumed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldPast } from '../../src/engine/past.ts';
import { openSession, type Session } from '../../src/engine/session.ts';
import { continueJournal, openJournal } from '../../src/journal/write.ts';
import type { EventBody } from '../../src/protocol/events.ts';
import { aRun } from './a-run.ts';

const experiments = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'pawl-held-'));
const path = join(folder, 'journal.jsonl');
const collect = globalThis.gc as () => void;

function held(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

const hex = (n: number, salt: string) => (salt + n.toString(16)).padEnd(40, 'f');

/** What a model says besides its proposal: what is cut out of a reply must not keep the reply. */
const reply = (n: number) =>
  `HYPOTHESIS: a warm-up of ${n} steps lets the rate be higher\nEXPECT: 2 % lower\n${'A thought of the model. '.repeat(300)}${n}`;

/** The events of one experiment of an ordinary night, with a short curve. */
function night(n: number, base: string): EventBody[] {
  const sha = hex(n, 'a');
  const by = { proposer: 'ollama', model: `a-model-with-a-name:${7}b` } as const;
  const said = reply(n);
  const hypothesis = said.slice(12, said.indexOf('\n'));
  const expect = said.slice(said.indexOf('EXPECT') + 8, said.indexOf('A thought') - 1);
  const value = 3 - n / 1e5;
  const curve = [1, 2, 3].map((step) => ({
    step,
    seconds: step * 0.1234567,
    value: value / step,
    fraction: null,
  }));
  return [
    { type: 'experiment.started', n, parent: base, proposer: 'ollama', by },
    {
      type: 'experiment.proposed',
      n,
      attempt: 1,
      hypothesis,
      expect,
      family: 'learning rate schedule',
      constants: [{ path: 'source/train.py', name: 'WARMUP_STEPS', from: 100, to: n }],
      seconds: 3.25,
      tokens: 180,
      by,
      form: 'edit',
    },
    {
      type: 'experiment.committed',
      n,
      sha,
      tree: hex(n, 'b'),
      parent: base,
      files: ['source/train.py'],
      added: 1,
      removed: 1,
      fuzzy: false,
      codeLines: 0,
    },
    {
      type: 'trial.started',
      n,
      k: 0,
      role: 'candidate',
      sha,
      process: { pid: 1000 + n, startTicks: 5000 + n, bootId: '0b80d544-03d3-4b92-9d18-f7343a9fecb9' },
      seed: 7,
    },
    {
      type: 'trial.ended',
      n,
      k: 0,
      role: 'candidate',
      outcome: 'ok',
      why: null,
      metric: value,
      metrics: { val_bpb: value },
      seconds: 300.123,
      exit: 0,
      signal: null,
      peakRssMiB: 1024.5,
      peakVramMiB: null,
      curve,
      curveOf: 'loss',
      logBytes: 4096,
      swept: 0,
      conditions: { gpus: [], foreignCores: null, waited: null },
    },
    {
      type: 'experiment.decided',
      n,
      verdict: 'discarded',
      metric: value,
      gain: -0.0012345,
      z: -0.512345,
      sigma: 0.0024,
      why: `${value} vs 2.999: -0.5 sigma, within the noise`,
      by: 'engine',
      confidence: null,
      label: 'noise',
      bar: 2.999,
    },
  ];
}

/** Appends a night of experiments. @returns bytes of heap that each one has added. */
function live(session: Session, from: number, to: number, base: string): number {
  const before = held();
  for (let n = from; n < to; n++) for (const body of night(n, base)) session.append(body);
  return (held() - before) / (to - from);
}

try {
  const { journal } = openJournal(path);
  const session = openSession(foldPast([]), {
    journal,
    resultsPath: join(folder, 'results.tsv'),
    event() {},
    pulse() {},
  });
  const beginning = aRun().filter((body) => !('n' in body) || body.n === 0);
  for (const body of beginning.slice(0, beginning.findIndex((b) => b.type === 'experiment.decided') + 1))
    session.append(body);
  const { base } = session.state;
  // The first ones also pay for code that is compiled and tables that grow once.
  live(session, 1, 301, base);
  const lived = live(session, 301, experiments, base);
  journal.close();
  const resume = () => continueJournal(path, foldPast);
  resume().journal.close();
  const before = held();
  const again = resume();
  const resumed = (held() - before) / again.past.state.experiments.length;
  again.journal.close();
  const count = session.state.experiments.length + again.past.state.experiments.length;
  process.stdout.write(`${JSON.stringify({ lived, resumed, count })}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

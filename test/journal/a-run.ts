import { parseSettings } from '../../src/config/load-config.ts';
import type { EventBody, ProcessId } from '../../src/protocol/events.ts';

const engine: ProcessId = { pid: 1, startTicks: 1, bootId: 'x' };
const ended = {
  why: null,
  exit: 0,
  signal: null,
  peakRssMiB: 10,
  peakVramMiB: null,
  curve: [],
  logBytes: 3,
  swept: 0,
};

/** A short life of a run: baseline, one kept and reverted, one crash, one that never ran. */
export function aRun(): EventBody[] {
  const settings = parseSettings('command: x\nsurface: train.py\nmetric: val_bpb\n');
  const base = 'b'.repeat(40);
  const one = '1'.repeat(40);
  const two = '2'.repeat(40);
  const trial = (n: number, sha: string, outcome: 'ok' | 'crashed', metric: number | null): EventBody[] => [
    {
      type: 'trial.started',
      n,
      k: 0,
      role: n === 0 ? 'baseline' : 'candidate',
      sha,
      process: engine,
      seed: 1,
    },
    {
      type: 'trial.ended',
      n,
      k: 0,
      role: n === 0 ? 'baseline' : 'candidate',
      outcome,
      metric,
      metrics: metric === null ? {} : { val_bpb: metric, ...(n === 1 ? { peak_vram_mb: 45056 } : {}) },
      seconds: 5,
      ...ended,
    },
  ];
  const decided = {
    gain: null,
    z: null,
    sigma: null,
    by: 'engine',
    confidence: null,
    label: null,
  } as const;
  const proposed = (n: number, hypothesis: string): EventBody => ({
    type: 'experiment.proposed',
    n,
    attempt: 1,
    hypothesis,
    expect: null,
    family: null,
    constants: [],
    seconds: 1,
    tokens: 100,
  });
  const committed = (n: number, sha: string): EventBody => ({
    type: 'experiment.committed',
    n,
    sha,
    tree: sha,
    parent: base,
    files: ['train.py'],
    added: 1,
    removed: 1,
    fuzzy: false,
  });
  return [
    {
      type: 'run.started',
      tag: 'nov20',
      project: '/p',
      base,
      branch: 'pawl/nov20',
      settings,
      proposer: { kind: 'tuner', why: 'no Ollama', model: null },
      sandbox: { level: 'off', why: 'not there' },
      host: { cpus: 2, memoryMiB: 1000, node: '24', platform: 'linux' },
      gpus: [],
      seed: 1,
      version: '0',
      cookie: 'c',
      engine,
    },
    { type: 'experiment.started', n: 0, parent: base, proposer: 'human' },
    committed(0, base),
    ...trial(0, base, 'ok', 1),
    { type: 'experiment.decided', n: 0, verdict: 'kept', metric: 1, why: 'baseline', ...decided },
    { type: 'experiment.started', n: 1, parent: base, proposer: 'tuner' },
    proposed(1, 'Raise\tLR   twice'),
    committed(1, one),
    ...trial(1, one, 'ok', 0.9),
    { type: 'experiment.decided', n: 1, verdict: 'kept', metric: 0.9, why: 'better', ...decided },
    {
      type: 'champion.moved',
      from: base,
      to: one,
      n: 1,
      by: 'engine',
      cause: 'kept',
      reverted: [],
      restored: [],
      why: 'better',
    },
    { type: 'human.noted', id: 'a', text: 'try depth', sticky: false },
    { type: 'experiment.started', n: 2, parent: one, proposer: 'ollama' },
    proposed(2, 'Break it'),
    committed(2, two),
    ...trial(2, two, 'crashed', null),
    { type: 'experiment.decided', n: 2, verdict: 'crashed', metric: null, why: 'exit 1', ...decided },
    {
      type: 'champion.moved',
      from: one,
      to: base,
      n: 0,
      by: 'user',
      cause: 'reverted',
      reverted: [1],
      restored: [],
      why: 'by key',
    },
    { type: 'experiment.started', n: 3, parent: base, proposer: 'tuner' },
    { type: 'experiment.rejected', n: 3, attempt: 1, code: 'format', why: 'no edit' },
    { type: 'experiment.decided', n: 3, verdict: 'rejected', metric: null, why: 'no edit', ...decided },
  ];
}

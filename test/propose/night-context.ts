import type { HistoryRow, ProposalContext } from '../../src/propose/proposer.ts';
import { context, row } from './ollama/sample-context.ts';
import { trainPy } from './surface-sample.ts';

// A run as it looks to a proposer: some kept, most noise or worse, some crashes, all by a fixed rule.

const knobs = [
  ['LEARNING_RATE', 'learning rate', 0.01],
  ['BATCH', 'batch size', 32],
  ['WARMUP', 'schedule', 10],
] as const;

function made(n: number): HistoryRow {
  const [name, family, from] = knobs[n % 3]!;
  const to = Number((from * (1 + (n % 7) / 4)).toPrecision(3));
  const constants = [{ path: 'train.py', name, from, to }];
  if (n % 11 === 0)
    return row(n, {
      hypothesis: `Normalise the hidden state in forward, variant ${n}`,
      family: 'architecture',
      verdict: 'crashed',
      z: null,
      gain: null,
      metric: null,
      why: n % 2 === 0 ? "NameError: name 'norm' is not defined" : 'CUDA out of memory',
      added: 4,
    });
  const hypothesis = `Move ${name} to ${to}, as the loss still falls at the end`;
  if (n % 9 === 4)
    return row(n, { hypothesis, family, constants, verdict: 'kept', z: 2.6, confidence: 'confirmed' });
  if (n === 20) return row(n, { hypothesis, family, constants, verdict: 'reverted', z: 2.1 });
  return n % 2 === 0
    ? row(n, { hypothesis, family, constants, z: -0.3, label: 'noise' })
    : row(n, { hypothesis, family, constants, z: -3.4, label: 'worse' });
}

/** The context of experiment `count + 1` after `count` of them, everything in it that there can be. */
export function night(count: number, over: Partial<ProposalContext> = {}): ProposalContext {
  return context({
    n: count + 1,
    instructions: `Work on the schedule first.\n${'Keep the code short and readable. '.repeat(60)}`.trim(),
    guards: [
      { name: 'peak_vram_mb', max: 24_000, min: null, worseBy: null, now: 18_044.2 },
      { name: 'accuracy', max: null, min: null, worseBy: { by: 0.01, relative: true }, now: 0.61 },
    ],
    champion: { n: 4, metric: 1.1834567 },
    history: [
      row(0, { verdict: 'kept', hypothesis: 'baseline', metric: 1.25 }),
      ...Array.from({ length: count }, (_, i) => made(i + 1)),
    ],
    lastFailure: {
      n: count,
      hypothesis: `idea ${count}`,
      tail: `${'step 10 loss 2.31\n'.repeat(40)}Traceback (most recent call last):\n  File "train.py", line 17, in forward\n    h = norm(h)\nNameError: name 'norm' is not defined\n`,
    },
    notes: [
      { id: 'a', text: 'leave BATCH alone for now', sticky: true },
      { id: 'b', text: 'try a cosine schedule', sticky: false },
    ],
    predictions: 'Of your last 12 expectations 3 came true; you expect too much.',
    surface: new Map([['train.py', trainPy]]),
    ...over,
  });
}

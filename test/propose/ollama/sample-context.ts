import type { HistoryRow, ProposalContext, ProposerIo } from '../../../src/propose/proposer.ts';
import type { Pulse } from '../../../src/protocol/pulse.ts';
import type { Settings } from '../../../src/protocol/settings.ts';
import { surface } from '../surface-sample.ts';

export const modelSettings: Settings['model'] = {
  name: 'auto',
  host: 'auto',
  numCtx: 'auto',
  think: 'auto',
  sharing: 'auto',
  allowRemote: false,
};

export function context(over: Partial<ProposalContext> = {}): ProposalContext {
  return {
    n: 3,
    goal: 'Lower the loss.',
    instructions: 'Keep it readable.',
    metric: { name: 'val_loss', direction: 'minimize' },
    budgetMs: 5000,
    command: 'python train.py',
    surface,
    champion: { n: 0, metric: 1.25 },
    history: [],
    lastFailure: null,
    notes: [],
    seed: 7,
    ...over,
  };
}

export function row(n: number, over: Partial<HistoryRow> = {}): HistoryRow {
  return {
    n,
    hypothesis: `idea ${n}`,
    family: null,
    proposer: 'ollama',
    verdict: 'discarded',
    z: -0.4,
    gain: -0.01,
    metric: 1.3,
    constants: [],
    why: 'within noise',
    added: 1,
    removed: 1,
    ...over,
  };
}

/** Collects what a proposer shows. */
export function screen(signal: AbortSignal = new AbortController().signal) {
  const pulses: Pulse[] = [];
  const io: ProposerIo = { signal, pulse: (p) => pulses.push(p) };
  const text = (channel: 'thinking' | 'answer') =>
    pulses.map((p) => (p.type === 'model.tokens' && p.channel === channel ? p.text : '')).join('');
  const notes = () => pulses.flatMap((p) => (p.type === 'model.stats' && p.note ? [p.note] : []));
  return { pulses, io, text, notes };
}

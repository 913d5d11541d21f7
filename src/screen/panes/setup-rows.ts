import type { RunState } from '../../journal/state.ts';
import { clean } from '../../protocol/clean.ts';
import type { Row } from '../spans.ts';
import { cut } from '../text/cut.ts';
import { clock, memory } from '../text/format.ts';
import { labelled } from './content.ts';

/** What the run was set up with, each with a tick, or with what one should know of it: shown until its first trial. */
export function setupRows(run: RunState, columns: number): Row[] {
  const { settings, proposer, sandbox, gpus } = run;
  if (!settings) return [];
  const { metric, surface, command, budgetMs } = settings;
  const [gpu] = gpus;
  const rows: [string, string, boolean][] = [
    ['branch', `${run.branch} on ${run.base.slice(0, 7)}`, true],
    ['command', `${command}  (${clock(budgetMs / 1000)} each)`, true],
    ['metric', `${metric.name}, ${metric.direction === 'minimize' ? 'smaller' : 'larger'} is better`, true],
    ['surface', surface.join(', '), true],
  ];
  if (proposer) {
    const who = proposer.model ?? proposer.kind;
    // A proposer that nobody asked for.
    const standsIn = proposer.kind === 'tuner' && settings.proposer === 'auto';
    rows.push(['proposer', proposer.why ? `${who}: ${proposer.why}` : who, !standsIn]);
  }
  if (sandbox)
    rows.push([
      'sandbox',
      sandbox.level === 'off' ? `off: ${sandbox.why}` : sandbox.why,
      sandbox.level !== 'off',
    ]);
  const device = gpu
    ? `${gpu.name}${gpu.memoryMiB === null ? '' : ` ${memory(gpu.memoryMiB)}`}`
    : 'none: trials run on the CPU';
  rows.push(['GPU', gpus.length > 1 ? `${gpus.length} x ${device}` : device, true]);
  return rows.map(([label, text, good]) => [
    good ? { text: '✓ ', tone: 'kept' } : { text: '! ', tone: 'warn' },
    ...labelled(label, 10, [{ text: cut(clean(text), columns - 12), tone: 'fg' }]),
  ]);
}

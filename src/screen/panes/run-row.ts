import { clean } from '../../protocol/clean.ts';
import { rowWidth, spread } from '../paint.ts';
import { holdPending, perHour, silentFor, upSeconds } from '../selectors.ts';
import type { Row } from '../spans.ts';
import type { Snapshot } from '../store.ts';
import { cut } from '../text/cut.ts';
import { clock, memory } from '../text/format.ts';
import { barred } from './content.ts';

type RunRowInput = Pick<Snapshot, 'run' | 'live' | 'view' | 'now'>;

/** At this level of thrift and beyond, a part is short, or gone. Mode, warnings and counts never go. */
const gives = { up: 1, words: 2, rate: 3, sandbox: 4, project: 5, tag: 6, proposer: 7, none: 8 } as const;

const leastWhy = 24;

/** Whose run it is, who proposes, how it goes: as much of it as fits, the least important goes first. */
export function runRow(input: RunRowInput, columns: number): Row {
  const { run } = input;
  if (!run.tag) return [{ text: 'waiting for the engine', tone: 'dim' }];
  const right = notice(input);
  const room = columns - rowWidth(right) - (right.length > 0 ? 2 : 0);
  let left: Row = [];
  for (let level = 0; level <= gives.none; level++) {
    const parts = partsAt(input, level);
    left = barred(parts, Number.POSITIVE_INFINITY);
    const why =
      level < gives.sandbox && (isStandIn(run) || run.proposer?.kind === 'hybrid') ? leastWhy + 3 : 0;
    if (rowWidth(left) + why <= room) break;
  }
  const rest = room - rowWidth(left) - 3;
  if (run.proposer && rest >= leastWhy)
    left.push({ text: ' │ ', tone: 'border' }, { text: cut(clean(whyAsked(run)), rest), tone: 'dim' });
  return spread(left, right, columns);
}

function partsAt(input: RunRowInput, level: number): Row[] {
  const { run, now } = input;
  const parts: Row[] = [];
  if (level < gives.project)
    parts.push([
      { text: clean(baseName(run.project)), tone: 'title' },
      { text: `/${clean(run.tag)}`, tone: 'dim' },
    ]);
  else if (level < gives.tag) parts.push([{ text: clean(run.tag), tone: 'dim' }]);
  if (level < gives.proposer) parts.push([{ text: proposerName(run), tone: 'fg' }]);
  else if (level < gives.none) parts.push([{ text: cut(proposerName(run), 12), tone: 'fg' }]);
  parts.push(counts(run, level < gives.words));
  const turn = run.ended ? null : turnWords(run.plateau);
  if (turn) parts.push([{ text: level < gives.rate ? `plateau: ${turn}` : 'plateau', tone: 'accent' }]);
  const rate = perHour(run);
  if (rate !== null && level < gives.rate)
    parts.push([{ text: `${rate >= 100 ? rate.toFixed(0) : rate.toFixed(1)}/h`, tone: 'dim' }]);
  const up = upSeconds(run, now);
  if (Number.isFinite(up) && level < gives.up) parts.push([{ text: `up ${clock(up)}`, tone: 'dim' }]);
  // The state itself says it while a proposal waits.
  if (input.live.phase.phase !== 'approving' || run.ended)
    parts.push([
      run.mode === 'approve' ? { text: 'APPROVE', tone: 'warn', bold: true } : { text: 'AUTO', tone: 'dim' },
    ]);
  if (run.sandbox?.level === 'off') parts.push([{ text: 'no sandbox', tone: 'warn' }]);
  else if (run.sandbox && level < gives.sandbox) parts.push([{ text: 'sandboxed', tone: 'dim' }]);
  const tight = lowDisk(input);
  if (tight) parts.push([{ text: tight, tone: 'warn' }]);
  const slowed = throttled(input);
  if (slowed) parts.push([{ text: slowed, tone: 'warn' }]);
  return parts;
}

// What one must not miss, at the right end: the past that one looks at, a hold or stop that waits.
function notice(input: RunRowInput): Row {
  const { run, view, live } = input;
  if (view.selected !== null) {
    const what = view.selected === 0 ? 'the baseline' : `#${view.selected}`;
    return [{ text: ` ◂ viewing ${what}, Esc = live `, tone: 'accent', inverse: true }];
  }
  if (live.wishes.stop && !run.ended) return [{ text: '■ stops after this trial', tone: 'warn' }];
  if (holdPending(input)) return [{ text: '‖ holds after this trial, p releases', tone: 'live' }];
  if (run.held?.by === 'user' && !run.ended) return [{ text: 'p releases', tone: 'live' }];
  const silent = silentFor(input);
  if (silent !== null) return [{ text: `! no output for ${clock(silent)}`, tone: 'warn' }];
  return [];
}

// A proposer that nobody asked for: why it is there matters more than how long the run is up.
function isStandIn({ proposer, settings }: Snapshot['run']): boolean {
  return proposer !== null && proposer.kind === 'tuner' && settings?.proposer === 'auto';
}

// Told before a trial must not start any more, which holds the run.
function lowDisk({ live, run }: RunRowInput): string | null {
  const disk = live.host?.disk;
  return disk && !run.ended && disk.freeMiB < 3 * disk.neededMiB ? `DISK ${memory(disk.freeMiB)} left` : null;
}

function throttled({ live, run }: RunRowInput): string | null {
  if (run.ended) return null;
  const reasons = live.gpu?.gpus.flatMap(({ throttle }) => throttle ?? []) ?? [];
  return reasons.length > 0 ? 'THROTTLED' : null;
}

/** How the run searches since nothing was kept for long; null in the usual way. */
function turnWords(plateau: Snapshot['run']['plateau']): string | null {
  switch (plateau?.turn) {
    case 're-measure':
      return 'champion again';
    case 'other-way':
      return 'other ways';
    case 'structural':
      return 'structure only';
    case 'near-miss':
      return 'near misses';
    case 'fork':
      return `from ${plateau.of === 0 ? 'the baseline' : `#${plateau.of}`}`;
    default:
      return null;
  }
}

function proposerName(run: Snapshot['run']): string {
  const { proposer } = run;
  if (proposer?.kind === 'hybrid') {
    const arm = asked(run)?.arm;
    return arm
      ? `hybrid: ${clean(arm.model ?? arm.proposer)}${arm.proposer === 'panel' ? ' panel' : ''}`
      : 'hybrid';
  }
  return proposer ? clean(proposer.model ?? proposer.kind) : 'no proposer';
}

/** Why this proposer: in a mixture, why this one of them now. */
function whyAsked(run: Snapshot['run']): string {
  const { arm, choice } = asked(run) ?? {};
  if (!arm || !choice) return run.proposer!.why;
  // The name stands before it already.
  const name = arm.model ?? arm.proposer;
  const rest = choice.startsWith(name) ? choice.slice(name.length).replace(/^( panel)?[:,] /, '') : choice;
  return rest;
}

/** The latest experiment that somebody was asked for. */
function asked(run: Snapshot['run']) {
  return run.experiments.findLast((e) => e && e.n > 0 && e.proposer !== 'human');
}

function counts({ counts: c }: Snapshot['run'], inWords: boolean): Row {
  const failed = c.crashed + c['timed-out'];
  const row: Row = [
    { text: `●${c.kept}`, tone: 'kept' },
    { text: inWords ? ' kept ' : ' ', tone: 'dim' },
    { text: `·${c.discarded}`, tone: 'discarded' },
    { text: inWords ? ' discarded ' : ' ', tone: 'dim' },
    { text: `×${failed}`, tone: failed > 0 ? 'crashed' : 'dim' },
    { text: inWords ? ' crashed' : '', tone: 'dim' },
  ];
  const other = c.rejected + c.skipped + c.reverted;
  if (other > 0) row.push({ text: ` +${other}${inWords ? ' others' : ''}`, tone: 'dim' });
  return row;
}

function baseName(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? path;
}

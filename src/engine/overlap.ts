import type { OverlapPlan } from '../gpu/overlap-policy.ts';
import type { GpuReport } from '../gpu/sampler.ts';
import type { RunState } from '../journal/state.ts';
import { countIdeas } from '../loop/stop-rules.ts';
import type { Arm } from '../protocol/events.ts';
import { whoseProcess } from '../trial/whose-process.ts';
import { askOne, hasAhead, isFor } from './ahead.ts';
import { isOllama } from './lease.ts';
import { pickArm } from './pick-arm.ts';
import type { Bench } from './step.ts';

// Where the model shares nothing with a trial, it writes the next proposal while the trial runs. That one waits in
// memory, as those of a batch do, and has to fit the champion as it is by then.

/** A proposal that is being written beside a trial. */
interface Writing {
  arm: Arm;
  turn: string;
  /** GPUs that it is written on. */
  on: readonly number[];
  /** Never rejects. */
  ended: Promise<void>;
  end(): void;
}

/** What the model does beside trials. */
export interface Overlap {
  writing: Writing | null;
  /** The model wrote while the latest trial ran. */
  beside: boolean;
  /** It is not done any more in this sitting. */
  over: boolean;
  /** The reason that the user was told. */
  told: string | null;
}

/** Nothing is written beside a trial yet. */
export function newOverlap(): Overlap {
  return { writing: null, beside: false, over: false, told: null };
}

/** With a trial of `n` running: asks the model for the next proposal, where it may write beside it. */
export function writeBeside(bench: Bench, n: number): void {
  const { session, controls, overlap } = bench;
  const { state } = session;
  if ((state.settings!.model.overlap ?? 'auto') === 'off' || overlap.over || overlap.writing) return;
  if (state.mode === 'approve' || isLast(state) || noteWaits(state)) return;
  const { by: arm } = pickArm(session, bench.proposer, n + 1);
  if (arm.model === undefined || hasAhead(bench, arm)) return;
  const abort = new AbortController();
  const end = () => abort.abort(new Error('what was being written is not wanted any more'));
  const done = controls.aside(end);
  if (done === null) return;
  const writing: Writing = { arm, turn: turnOf(state), on: [], ended: Promise.resolve(), end };
  overlap.writing = writing;
  writing.ended = write(bench, n, writing, abort.signal)
    .catch((error: Error) => {
      if (abort.signal.aborted) return;
      // A fault of ours must not cost the trial; asked in its turn, it shows again.
      overlap.over = true;
      process.stderr.write(`writing beside a trial: ${error.stack}\n`);
    })
    .finally(() => {
      done();
      if (overlap.writing === writing) overlap.writing = null;
    });
}

/** Before experiment `n` is proposed: waits for what is being written for it; ends what would not be taken. */
export async function takeOverWriting(bench: Bench, n: number, signal: AbortSignal): Promise<void> {
  const { overlap, session } = bench;
  const { writing } = overlap;
  if (writing === null || !isFor(writing, session.state.experiments[n]!.arm)) return;
  if (writing.turn !== turnOf(session.state)) writing.end();
  if (signal.aborted) writing.end();
  signal.addEventListener('abort', writing.end, { once: true });
  await writing.ended;
  signal.removeEventListener('abort', writing.end);
  signal.throwIfAborted();
}

/** Ends what is being written; resolves when the model is not asked any more. */
export async function endWriting(overlap: Overlap): Promise<void> {
  overlap.writing?.end();
  await overlap.writing?.ended;
}

async function write(bench: Bench, n: number, writing: Writing, signal: AbortSignal): Promise<void> {
  const { session, lease, overlap, reports } = bench;
  const plan = await lease.beside(writing.arm.model!);
  tell(bench, plan);
  if (!plan.may || !lease.trialRuns) return;
  signal.throwIfAborted();
  overlap.beside = true;
  writing.on = plan.on;
  const asked = session.state.settings!.model.overlap ?? 'auto';
  const stop = reports.follow((report) => {
    if (asked === 'on' || !trialCame(report, plan.on, session.state.cookie)) return;
    overlap.over = true;
    session.notice('warn', 'a trial came onto the GPU of the model: it writes no more while trials run');
    writing.end();
  });
  try {
    const running = session.state.experiments[n]!;
    const pending = [running, ...bench.ahead.map((w) => w.proposal)];
    const made = await askOne(bench, n, n + 1, writing.arm, pending, signal, plan.on);
    if (made !== null && !signal.aborted) bench.ahead.push(made);
  } finally {
    stop();
  }
}

/** Once for each decision: that it is done, or that it cannot be although it was asked for. */
function tell({ session, overlap }: Bench, plan: OverlapPlan): void {
  const wanted = session.state.settings!.model.overlap === 'on';
  if ((!plan.may && !wanted) || overlap.told === plan.why) return;
  overlap.told = plan.why;
  if (plan.may) session.notice('info', `the model writes ahead while trials run: ${plan.why}`);
  else
    session.notice(
      'warn',
      `model.overlap is on, but the model does not write while a trial runs: ${plan.why}`,
    );
}

/** Whether a process of the run, other than the model's, is on one of these GPUs. */
function trialCame(report: GpuReport, on: readonly number[], cookie: string): boolean {
  const uuids = new Set(report.gpus.filter((g) => on.includes(g.index)).map((g) => g.uuid));
  return report.processes.some(
    (p) => uuids.has(p.gpuUuid) && !isOllama(p.name) && whoseProcess(p.pid, process.pid, cookie) === 'ours',
  );
}

/** What is written for after the last experiment is never tried. */
function isLast(state: RunState): boolean {
  const most = state.settings!.stop.experiments;
  return most !== null && countIdeas(state).decided + 1 >= most;
}

/** It goes to the next proposal, which has to know it. */
const noteWaits = ({ notes }: RunState) => notes.some((note) => note.usedBy === null && !note.withdrawn);

const turnOf = (state: RunState) => state.plateau?.turn ?? 'usual';

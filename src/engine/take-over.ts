import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalEvent, ProcessId } from '../protocol/events.ts';
import { UserError } from '../protocol/failure.ts';
import { isAlive } from '../trial/process-table.ts';
import type { TrialRunner } from '../trial/runner.ts';

/** A process that was killed a moment ago may take so long to be gone, ms. */
const dyingMs = 2000;

/**
 * Before anything of an earlier engine is touched: makes sure that it is dead, and that nothing of its trials lives.
 * @returns how many processes had to be killed.
 * @throws UserError while the engine that the journal names lives, whatever became of its lock.
 */
export async function takeOver(
  events: readonly JournalEvent[],
  runner: Pick<TrialRunner, 'sweep'>,
): Promise<number> {
  const engine = lastEngine(events);
  const until = performance.now() + dyingMs;
  while (engine && engine.pid !== process.pid && isAlive(engine)) {
    if (performance.now() > until)
      throw new UserError(
        `the engine of this run (pid ${engine.pid}) lives, but its lock is gone. See it with: pawl attach\n` +
          `If it hangs: kill ${engine.pid}`,
        3,
      );
    await sleep(50);
  }
  const started = events.find((e) => e.type === 'run.started');
  if (!started) return 0;
  return runner.sweep(started.cookie, openTrial(events));
}

/** The engine that worked on the run last, or null when it ended in order. */
function lastEngine(events: readonly JournalEvent[]): ProcessId | null {
  const last = events.findLast(
    (e) => e.type === 'run.started' || e.type === 'run.resumed' || e.type === 'run.ended',
  );
  return last && 'engine' in last ? last.engine : null;
}

function openTrial(events: readonly JournalEvent[]): ProcessId | null {
  const last = events.findLast((e) => e.type === 'trial.started' || e.type === 'trial.ended');
  return last?.type === 'trial.started' ? last.process : null;
}

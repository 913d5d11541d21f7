import type { EventType } from '../protocol/events.ts';

// What survives a power cut, and in which order it gets to the disk:
//
//   1. an experiment's objects (blob, tree, commit), each fsynced by git      core.fsync=committed
//   2. refs/pawl/<tag>/<n>, which names the commit, fsynced by git            core.fsync=reference
//   3. `experiment.committed` in the journal, which names both                fdatasync
//   4. the trial; `trial.started` in the journal                              fdatasync, while the trial runs
//   5. `experiment.decided`                                                   fdatasync
//   6. a keep: champion ref and branch in one transaction                     fsynced by git
//   7. `champion.moved`                                                       fdatasync
//
// So what the journal names is there, and what it says was decided stays decided. A cut between two of these leaves one
// step that the next start completes (6 without 7, 5 without 6) or takes back (2 without 3, 4 without its end).
// Everything else (worktree, its index, results.tsv, lock, socket) is made anew from these at the next start; prompts,
// replies, diffs and logs are synced by the system in its own time.

/**
 * Events that are on the disk when the next step begins. The others ride on the next of these: losing them costs at most
 * the trial that was running.
 */
export const durableEvents: ReadonlySet<string> = new Set<EventType>([
  'run.started',
  'run.resumed',
  'run.ended',
  'experiment.committed',
  'trial.started',
  'experiment.decided',
  'champion.moved',
  'human.noted',
]);

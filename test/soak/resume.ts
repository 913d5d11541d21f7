import { statSync } from 'node:fs';
import { join } from 'node:path';
import { eventsIn, runFolder, until } from '../e2e/run-pawl.ts';
import { openSmallRun } from '../kills/small-run.ts';
import { lengthenPast } from './long-past.ts';

/** From `pawl resume` to the line in the journal that says the run goes on, ms, after so many experiments. */
export async function resumeTime(
  experiments: number,
  rounds: number,
): Promise<{ ms: number[]; journalMiB: number }> {
  const run = await openSmallRun();
  try {
    const ran = await run.run('run', '--headless', '-n', '2', '--seed', '1');
    if (ran.code !== 0) throw new Error(ran.stderr);
    await run.engineGone();
    lengthenPast(run.project, experiments);
    const journal = join(runFolder(run.project.directory), 'journal.jsonl');
    const journalMiB = statSync(journal).size / 2 ** 20;
    const ms: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const size = statSync(journal).size;
      const began = performance.now();
      const pawl = run.start('resume', '--headless', '-n', String(experiments + round));
      await until('the run goes on', () => statSync(journal).size > size, 120_000);
      ms.push(Math.round(performance.now() - began));
      await pawl.ended;
      await run.engineGone();
    }
    const decided = eventsIn(run.project.directory).filter((e) => e.type === 'experiment.decided').length;
    if (decided !== experiments + rounds + 1) throw new Error(`${decided} are decided`);
    return { ms, journalMiB };
  } finally {
    await run.end();
  }
}

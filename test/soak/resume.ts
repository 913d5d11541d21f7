import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { eventsIn, runFolder, until } from '../e2e/run-pawl.ts';
import { openSmallRun } from '../kills/small-run.ts';
import { lengthenPast } from './long-past.ts';

/**
 * From `pawl resume` to the line in the journal that says the run goes on, ms, after so many experiments; and what it
 * took of the processors by then (command, engine and their children, ms): the only part that a busy machine leaves alone.
 */
export async function resumeTime(
  experiments: number,
  rounds: number,
): Promise<{ ms: number[]; cpuMs: number[]; journalMiB: number }> {
  const run = await openSmallRun();
  try {
    const ran = await run.run('run', '--headless', '-n', '2', '--seed', '1');
    if (ran.code !== 0) throw new Error(ran.stderr);
    await run.engineGone();
    lengthenPast(run.project, experiments);
    const journal = join(runFolder(run.project.directory), 'journal.jsonl');
    const journalMiB = statSync(journal).size / 2 ** 20;
    const ms: number[] = [];
    const cpuMs: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const size = statSync(journal).size;
      const began = performance.now();
      const pawl = run.start('resume', '--headless', '-n', String(experiments + round));
      let refused = '';
      void pawl.ended.then(({ code, stderr }) => {
        if (code !== 0) refused = `resume ended with ${code}: ${stderr}`;
      });
      await until('the run goes on', () => refused !== '' || statSync(journal).size > size, 120_000);
      if (refused !== '') throw new Error(refused);
      ms.push(Math.round(performance.now() - began));
      cpuMs.push([run.engine(), pawl.child.pid].reduce<number>((sum, pid) => sum + cpuOf(pid ?? 0), 0));
      await pawl.ended;
      await run.engineGone();
    }
    const decided = eventsIn(run.project.directory).filter((e) => e.type === 'experiment.decided').length;
    if (decided !== experiments + rounds + 1) throw new Error(`${decided} are decided`);
    return { ms, cpuMs, journalMiB };
  } finally {
    await run.end();
  }
}

/** User and system time of a process and of its children that have ended, ms; 0 where there is no /proc. */
function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ');
    // utime, stime, cutime, cstime: the kernel counts them in hundredths of a second.
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
  } catch {
    return 0;
  }
}

// npm run kills [-- RANDOM [SEED [VISITS]]]: kills a run at every named step (VISITS times each, 1 unless told) and RANDOM
// times (200) at any moment by any hand: the engine, a trial alone, the watching command, a screen, all at once. Says what
// survived.
import { availableParallelism } from 'node:os';
import { campaign } from './campaign.ts';

const random = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? 1);
const visits = Number(process.argv[4] ?? 1);
const lanes = Math.max(1, Math.min(4, availableParallelism()));
const began = performance.now();
let done = 0;
const tally = await campaign({
  visits,
  random,
  lanes,
  seed,
  say({ kill, killed, faults }) {
    if (killed) done += 1;
    const what =
      'name' in kill
        ? `${kill.when} ${kill.name} (${kill.count})${kill.all ? ', everybody' : ''}`
        : `${kill.whom} after ${kill.afterMs} ms`;
    const end = !killed
      ? 'not reached'
      : faults.length === 0
        ? 'survived'
        : `FAILED\n    ${faults.join('\n    ')}`;
    process.stdout.write(`${String(done).padStart(4)} ${what}: ${end}\n`);
  },
});
process.stdout.write(
  `\nkills ${tally.kills} (${tally.random} at random), survived ${tally.survived} (seed ${seed}, ${Math.round((performance.now() - began) / 1000)} s)\n` +
    `named steps ${tally.named}, hit ${tally.steps.size}\n` +
    `journal lines or verdicts lost ${tally.lost}, orphans left ${tally.orphans}, files, refs or entries of the user changed ${tally.changed}\n`,
);
process.exitCode = tally.faults.length > 0 ? 1 : 0;

// npm run kills [-- KILLS [SEED]]: kills a run at every named step and at random, and says what survived.
import { campaign } from './campaign.ts';

const kills = Number(process.argv[2] ?? 300);
const seed = Number(process.argv[3] ?? 1);
const began = performance.now();
let done = 0;
const tally = await campaign({
  kills,
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
  `\nkills ${tally.kills}, survived ${tally.survived} (seed ${seed}, ${Math.round((performance.now() - began) / 1000)} s)\n` +
    `named steps ${tally.named}, hit ${tally.steps.size}\n` +
    `journal lines or verdicts lost ${tally.lost}, orphans left ${tally.orphans}, files, refs or entries of the user changed ${tally.changed}\n`,
);
process.exitCode = tally.faults.length > 0 ? 1 : 0;

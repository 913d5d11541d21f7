// npm run soak [-- EXPERIMENTS]: a night in fast motion, and what it cost early and late; then a resume of a long run.
// npm run soak -- --screen [MINUTES]: what a screen weighs that watches a night of twelve hours, told in so many minutes.
import { availableParallelism, loadavg } from 'node:os';
import { resumeTime } from './resume.ts';
import { soakScreenAndTell } from './screen-main.ts';
import { soak } from './soak.ts';
import { complaintsOf } from './verdict.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
if (process.argv[2] === '--screen')
  process.exit(await soakScreenAndTell(Number(process.argv[3] ?? 4), print));
const experiments = Number(process.argv[2] ?? 5000);
const s = await soak(experiments, print);
print(`experiments                ${s.experiments} in ${Math.round(s.seconds)} s`);
print(
  `engine memory              ${s.rssMiB.early} MiB after a tenth, ${s.rssMiB.late} MiB at the end, at most ${s.rssMiB.most} MiB; ${s.rssBytesPerExperiment} bytes per experiment of the second half`,
);
print(
  `open descriptors           ${s.descriptors.early} after a tenth, ${s.descriptors.late} at the end, at most ${s.descriptors.most}`,
);
print(
  `overhead per experiment    ${s.overheadMs.first} ms in the first ${s.window}, ${s.overheadMs.last} ms in the last ${s.window} (medians)`,
);
print(`journal                    ${s.journalBytesPerExperiment} bytes per experiment`);
print(
  `disk per experiment        .git ${s.kibPerExperiment.git} KiB (refs ${s.kibPerExperiment.refs}), run folder ${s.kibPerExperiment.run} KiB`,
);
const complaints = complaintsOf(s);
for (const complaint of complaints) print(`FAULT ${complaint}`);
print(`verdict                    ${complaints.length === 0 ? 'held' : `${complaints.length} faults`}`);
const { ms, cpuMs, journalMiB } = await resumeTime(10_000, 3);
print(
  `resume after 10000         ${ms.join(', ')} ms, of the processors ${cpuMs.join(', ')} ms ` +
    `(journal ${journalMiB.toFixed(1)} MiB; target 1000 ms; load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores)`,
);
process.exitCode = complaints.length > 0 ? 1 : 0;

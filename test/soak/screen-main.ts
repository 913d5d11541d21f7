import { availableParallelism, loadavg } from 'node:os';
import { soakScreen } from './screen-soak.ts';
import { screenComplaintsOf } from './screen-verdict.ts';

/** npm run soak -- --screen [MINUTES]: a screen's night of twelve hours, told in so many minutes. @returns the exit code */
export async function soakScreenAndTell(minutes: number, print: (line: string) => void): Promise<number> {
  const s = await soakScreen({ experiments: 700, hours: 12, seconds: minutes * 60, rest: 20 }, print);
  print(
    `night                      ${s.experiments} experiments, ${s.hours} hours in ${Math.round(s.seconds)} s: ${s.frames} frames, ` +
      `${s.logLines} log lines (${Math.round(s.logLines / s.seconds)} a second), ${s.keys} keys, ${s.resizes} resizes`,
  );
  const row = (name: string, early: number, middle: number, late: number) =>
    print(
      `${name.padEnd(27)}${early} MiB after a tenth, ${middle} in the middle, ${late} at the end: ${(late / early).toFixed(3)} times`,
    );
  row('screen memory', s.early.rssMiB, s.middle.rssMiB, s.late.rssMiB);
  if (s.early.pssMiB !== null && s.middle.pssMiB !== null && s.late.pssMiB !== null)
    row('  its own share (PSS)', s.early.pssMiB, s.middle.pssMiB, s.late.pssMiB);
  print(`  told fast                at most ${s.mostRssMiB} MiB`);
  print(`load                       ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores`);
  const complaints = screenComplaintsOf(s);
  for (const complaint of complaints) print(`FAULT ${complaint}`);
  print(`verdict                    ${complaints.length === 0 ? 'held' : `${complaints.length} faults`}`);
  return complaints.length > 0 ? 1 : 0;
}

import type { ScreenSoak } from './screen-soak.ts';

/** After hours a screen may weigh so much of what it weighed after a tenth of them. */
const mostGrowth = 1.1;

/** What the night has shown to be wrong with the screen, one sentence each; nothing when it held. */
export function screenComplaintsOf(s: ScreenSoak): string[] {
  const out: string[] = [];
  const [early, late] = [s.early.rssMiB, s.late.rssMiB];
  if (!(late <= mostGrowth * early))
    out.push(`the screen's memory grew from ${early} to ${late} MiB: more than ${mostGrowth} times`);
  if (!s.lastWords.includes(`: ${s.experiments} experiments`))
    out.push(`the screen did not follow to the end, or could not be left: ${JSON.stringify(s.lastWords)}`);
  return out;
}

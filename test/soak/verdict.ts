import type { Soak } from './soak.ts';

/** What a long run may cost more at its end than at its beginning: memory a fifth, time a quarter and a bit, descriptors a few. */
const limits = { rss: 1.2, overhead: 1.25, overheadMs: 10, descriptors: 8 };

/** What a soak has shown to be wrong, one sentence each; nothing when it held. */
export function complaintsOf(s: Soak): string[] {
  const { rssMiB, descriptors, overheadMs } = s;
  const out = [...s.faults];
  if (rssMiB.late > limits.rss * rssMiB.early)
    out.push(
      `memory grew from ${rssMiB.early} to ${rssMiB.late} MiB: more than ${percent(limits.rss)} of the beginning`,
    );
  if (overheadMs.last > limits.overhead * overheadMs.first + limits.overheadMs)
    out.push(`an experiment took ${overheadMs.first} ms at first and ${overheadMs.last} ms at last`);
  if (descriptors.late > descriptors.early + limits.descriptors)
    out.push(`open descriptors grew from ${descriptors.early} to ${descriptors.late}`);
  return out;
}

const percent = (x: number) => `${Math.round(x * 100)} %`;

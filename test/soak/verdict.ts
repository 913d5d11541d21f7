import type { Soak } from './soak.ts';

/** What a long run may cost more at its end than at its beginning: memory a fifth, time a quarter and a bit, descriptors a few. */
const limits = { rss: 1.2, overhead: 1.25, overheadMs: 10, descriptors: 8 };

/**
 * Bytes of memory that an experiment may add once all code is warm. Of each the engine holds 2 kB, which is what happened
 * in it (test/journal/held-memory.test.ts); its heap grows by a fifth of that, and is never packed quite tight.
 */
const mostBytes = 4096;
/** A page that comes or goes weighs too much among fewer. */
const leastExperiments = 2000;

/** What a soak has shown to be wrong, one sentence each; nothing when it held. */
export function complaintsOf(s: Soak): string[] {
  const { rssMiB, descriptors, overheadMs } = s;
  const out = [...s.faults];
  if (rssMiB.late > limits.rss * rssMiB.early)
    out.push(
      `memory grew from ${rssMiB.early} to ${rssMiB.late} MiB: more than ${percent(limits.rss)} of the beginning`,
    );
  if (s.experiments >= leastExperiments && s.rssBytesPerExperiment > mostBytes)
    out.push(
      `each experiment of the second half took ${s.rssBytesPerExperiment} bytes of memory: more than ${mostBytes}`,
    );
  if (overheadMs.last > limits.overhead * overheadMs.first + limits.overheadMs)
    out.push(`an experiment took ${overheadMs.first} ms at first and ${overheadMs.last} ms at last`);
  if (descriptors.late > descriptors.early + limits.descriptors)
    out.push(`open descriptors grew from ${descriptors.early} to ${descriptors.late}`);
  return out;
}

const percent = (x: number) => `${Math.round(x * 100)} %`;

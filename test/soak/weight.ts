import { readFileSync } from 'node:fs';

/** Memory of a process, MiB. */
export interface Weight {
  rssMiB: number;
  /** Of pages that others have too, its share; null where the kernel does not tell. */
  pssMiB: number | null;
}

/** What a process weighs now. */
export function weightOf(pid: number): Weight {
  const rssMiB = mibIn(readFileSync(`/proc/${pid}/status`, 'latin1'), 'VmRSS');
  try {
    return { rssMiB, pssMiB: mibIn(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'), 'Pss') };
  } catch {
    return { rssMiB, pssMiB: null };
  }
}

const mibIn = (text: string, name: string): number =>
  Math.round((Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]) / 1024) * 10) / 10;

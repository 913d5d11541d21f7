import type { GpuProcess } from '../protocol/pulse.ts';

export type GpuOwner = 'trial' | 'model' | 'other';

/** What must be known of a process to tell whose it is. */
export interface Kin {
  ppid: number;
  pgid: number;
  session: number;
}

const deepest = 40;

/**
 * Whose memory that is: the running trial's (its process group, session or descendants), the model server's by its
 * program's name, or somebody else's.
 * @param trial pid of the trial's first process, which leads its group; null = none runs
 * @param kinOf null for a process that is gone
 */
export function ownerOf(
  { pid, name }: Pick<GpuProcess, 'pid' | 'name'>,
  trial: number | null,
  kinOf: (pid: number) => Kin | null,
): GpuOwner {
  if (trial !== null) {
    let at: number | null = pid;
    for (let depth = 0; at !== null && at > 1 && depth < deepest; depth++) {
      if (at === trial) return 'trial';
      const kin = kinOf(at);
      if (kin?.pgid === trial || kin?.session === trial) return 'trial';
      at = kin?.ppid ?? null;
    }
  }
  return /(^|[/\\])(ollama|llama-server|llama_server)\b|[/\\]ollama[/\\]/i.test(name) ? 'model' : 'other';
}

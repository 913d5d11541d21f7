import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { GpuProcess } from '../protocol/pulse.ts';

// Who computes on AMD GPUs, by the kernel's compute driver (amdkfd): /sys/class/kfd/kfd/proc/<pid>/vram_<gpu id> holds
// bytes, topology/nodes/<n> says which card a gpu id is. No program is started. Programs that use a card for graphics
// only (Vulkan) are not listed there.

/** Where the kernel's compute driver tells of itself. */
export const kfdRoot = '/sys/class/kfd/kfd';

const mebi = 1_048_576;

const text = (path: string): Promise<string | null> =>
  readFile(path, 'utf8').then(
    (all) => all.trim(),
    () => null,
  );

/** The render node (`renderD128`) of each gpu id. */
export async function kfdCards(root: string = kfdRoot): Promise<Map<string, string>> {
  const nodes = join(root, 'topology', 'nodes');
  const cards = new Map<string, string>();
  for (const node of await readdir(nodes).catch(() => [])) {
    const id = await text(join(nodes, node, 'gpu_id'));
    const minor = /^drm_render_minor (\d+)$/m.exec((await text(join(nodes, node, 'properties'))) ?? '')?.[1];
    // A processor's node has the id 0.
    if (id !== null && id !== '0' && minor !== undefined) cards.set(id, `renderD${minor}`);
  }
  return cards;
}

/**
 * Who computes on the cards now, and with how much of their memory; null where the kernel does not tell.
 * @param uuidOf the identity of a card by its gpu id; null = not one of ours
 */
export async function kfdProcesses(
  uuidOf: (id: string) => string | null,
  root: string = kfdRoot,
  proc = '/proc',
): Promise<GpuProcess[] | null> {
  const folder = join(root, 'proc');
  const pids = await readdir(folder).catch(() => null);
  if (pids === null) return null;
  const found = await Promise.all(
    pids
      .filter((pid) => /^\d+$/.test(pid))
      .map(async (pid): Promise<GpuProcess[]> => {
        const files = await readdir(join(folder, pid)).catch(() => []);
        const rows: GpuProcess[] = [];
        for (const file of files) {
          const uuid = file.startsWith('vram_') ? uuidOf(file.slice(5)) : null;
          if (uuid === null) continue;
          const bytes = await text(join(folder, pid, file));
          // It has opened the card and holds nothing there.
          if (bytes === '0' || bytes === null) continue;
          const memoryMiB = /^\d+$/.test(bytes) ? Math.round(Number(bytes) / mebi) : null;
          rows.push({ gpuUuid: uuid, pid: Number(pid), name: await nameOf(proc, pid), memoryMiB });
        }
        return rows;
      }),
  );
  return found.flat();
}

/** Its program's path where we may see it, else the name that it goes by. */
async function nameOf(proc: string, pid: string): Promise<string> {
  const exe = await readlink(join(proc, pid, 'exe')).catch(() => null);
  return exe ?? (await text(join(proc, pid, 'comm'))) ?? 'unknown';
}

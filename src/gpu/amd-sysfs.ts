import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GpuSample } from '../protocol/pulse.ts';
import { kfdCards, kfdProcesses } from './amd-processes.ts';
import { PeakMemory } from './peak-memory.ts';
import type { GpuSampler } from './sampler.ts';

/** Where the kernel lists graphics cards. */
export const drmRoot = '/sys/class/drm';

export interface AmdCard {
  /** `.../cardN/device` */
  folder: string;
  name: string;
  memoryTotalMiB: number | null;
  uuid: string | null;
  /** Its render node, such as `renderD128`; null = it has none. */
  render: string | null;
}

async function text(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    // Not every card has every file, and a sleeping or reset card refuses to be read.
    return null;
  }
}

/** A whole number from a file, divided by `per`; null when it is not there. */
async function number(path: string, per = 1): Promise<number | null> {
  const value = await text(path);
  return value !== null && /^\d+$/.test(value) ? Number(value) / per : null;
}

const mebi = 1_048_576;

/** The AMD GPUs of this machine by the kernel's own files; empty when there are none or this is not Linux. */
export async function amdCards(root: string = drmRoot): Promise<AmdCard[]> {
  const entries = await readdir(root).catch(() => []);
  const cards = entries
    .filter((name) => /^card\d+$/.test(name))
    .sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)));
  const found = await Promise.all(
    cards.map(async (card): Promise<AmdCard | null> => {
      const folder = join(root, card, 'device');
      if ((await text(join(folder, 'vendor'))) !== '0x1002') return null;
      const total = await number(join(folder, 'mem_info_vram_total'), mebi);
      // The old radeon driver says nothing: no live numbers there.
      if (total === null && (await text(join(folder, 'gpu_busy_percent'))) === null) return null;
      const product = await text(join(folder, 'product_name'));
      const id = await text(join(folder, 'device'));
      return {
        folder,
        name: product || `AMD GPU${id ? ` ${id}` : ''}`,
        memoryTotalMiB: total,
        uuid: (await text(join(folder, 'unique_id'))) || null,
        render:
          (await readdir(join(folder, 'drm')).catch(() => [])).find((name) => /^renderD\d+$/.test(name)) ??
          null,
      };
    }),
  );
  return found.filter((card) => card !== null);
}

/** What its processes are matched with. */
const identityOf = ({ uuid, render }: AmdCard): string | null => uuid ?? render;

/** Reads one card now. A sleeping card is left asleep: it uses nothing, and reading it would wake it. */
async function readAmdCard(card: AmdCard, index: number): Promise<GpuSample> {
  const asleep = (await text(join(card.folder, 'power', 'runtime_status'))) === 'suspended';
  const read = (file: string, per = 1): Promise<number | null> =>
    asleep ? Promise.resolve(null) : number(join(card.folder, file), per);
  const sensors = (await readdir(join(card.folder, 'hwmon')).catch(() => []))[0];
  const sensor = (file: string, per: number): Promise<number | null> =>
    sensors === undefined ? Promise.resolve(null) : read(join('hwmon', sensors, file), per);
  const [busy, memoryBusy, used, temperature, average, input, cap, clock, fan, fanMax] = await Promise.all([
    read('gpu_busy_percent'),
    read('mem_busy_percent'),
    read('mem_info_vram_used', mebi),
    sensor('temp1_input', 1000),
    sensor('power1_average', 1_000_000),
    sensor('power1_input', 1_000_000),
    sensor('power1_cap', 1_000_000),
    sensor('freq1_input', 1_000_000),
    sensor('pwm1', 1),
    sensor('pwm1_max', 1),
  ]);
  const total = card.memoryTotalMiB;
  return {
    index,
    uuid: identityOf(card),
    name: card.name,
    utilization: busy,
    memoryUtilization: memoryBusy,
    memoryTotalMiB: total === null ? null : Math.round(total),
    memoryUsedMiB: used === null ? null : Math.round(used),
    memoryFreeMiB: total === null || used === null ? null : Math.round(total - used),
    temperatureC: temperature,
    powerW: average ?? input,
    powerLimitW: cap,
    smClockMHz: clock,
    fanPercent: fan === null ? null : Math.round((fan * 100) / (fanMax || 255)),
    pstate: asleep ? 'asleep' : null,
    // The driver tells of it in a binary table that differs from card to card.
    throttle: null,
    mig: false,
  };
}

/** Live AMD numbers from /sys, without any process. */
export function amdSysfs(options: { root?: string; kfd?: string; intervalMs?: number } = {}): GpuSampler {
  const peak = new PeakMemory();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  return {
    start(onReport) {
      let cards: AmdCard[] | null = null;
      let ids: Map<string, string> | null = null;
      const tick = async (): Promise<void> => {
        cards ??= await amdCards(options.root);
        const known = cards;
        ids ??= await kfdCards(options.kfd);
        const renders = ids;
        const uuidOf = (id: string) => {
          const card = known.find(({ render }) => render !== null && render === renders.get(id));
          return card ? identityOf(card) : null;
        };
        const [gpus, processes] = await Promise.all([
          Promise.all(known.map(readAmdCard)),
          kfdProcesses(uuidOf, options.kfd),
        ]);
        if (stopped) return;
        peak.see(gpus);
        const mute = gpus.every(
          (gpu) => gpu.memoryUsedMiB === null && gpu.utilization === null && gpu.pstate === null,
        );
        const stale = gpus.length === 0 ? 'no AMD GPU here' : mute ? 'the AMD driver gives no numbers' : null;
        onReport({
          at: Date.now(),
          gpus,
          processes: processes ?? [],
          ...(processes === null ? { processesUnknown: true } : {}),
          stale,
        });
        // Set after the reading: a slow driver delays the next look instead of piling them up.
        timer = setTimeout(tick, options.intervalMs ?? 1000).unref();
      };
      void tick();
    },
    peakMemoryMiB: (reset) => peak.read(reset),
    async stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { GpuProcess, GpuSample, Pulse } from '../../src/protocol/pulse.ts';
import { emptyLive, foldPulse } from '../../src/screen/live.ts';
import type { PaneContent } from '../../src/screen/panes/content.ts';
import { type GpuInput, gpuContent } from '../../src/screen/panes/gpu-content.ts';
import { splitBar, splitMemory } from '../../src/screen/panes/memory-split.ts';
import { gpuSample } from './fixtures.ts';
import { linesOf, rowText } from './row-text.ts';

const inner = { width: 56, height: 16 };
const trial: GpuProcess = {
  gpuUuid: 'GPU-1',
  pid: 40_213,
  name: '/usr/bin/python3',
  memoryMiB: 18_000,
  owner: 'trial',
};
const model: GpuProcess = {
  gpuUuid: 'GPU-1',
  pid: 1822,
  name: '/lib/ollama/llama-server',
  memoryMiB: 4000,
  owner: 'model',
};

function input(
  gpus: GpuSample[],
  change: Partial<GpuInput> & { stale?: string; processes?: GpuProcess[]; processesUnknown?: boolean } = {},
): GpuInput {
  const { stale = null, processes = [], processesUnknown = false, ...more } = change;
  const pulses: Pulse[] = [
    { type: 'gpu', at: 1, gpus, processes, processesUnknown, stale },
    {
      type: 'host',
      at: 1,
      cpu: 12,
      memoryUsedMiB: 9000,
      memoryTotalMiB: 64_000,
      trialRssMiB: 512,
      engineRssMiB: 90,
    },
  ];
  const live = pulses.reduce((state, pulse) => foldPulse(state, pulse, 1), emptyLive());
  return {
    known: true,
    gpus: gpus.map(({ name }) => ({ name, memoryMiB: 24_564 })),
    gpu: live.gpu,
    host: live.host,
    phase: { phase: 'training', n: 17, since: 0, detail: '' },
    lease: null,
    energyWh: null,
    experiments: 16,
    past: null,
    scroll: 0,
    ...more,
  };
}
const text = (content: PaneContent) => linesOf(content.rows).join('\n');

test('what the driver does not say is n/a, never none: throttling at 95 degrees, and whose the memory is', () => {
  const hot = { ...gpuSample, temperatureC: 95, throttle: null };
  const content = text(gpuContent(input([hot], { processesUnknown: true }), inner));
  expect(content).toContain('throttling n/a');
  expect(content).not.toContain('not throttled');
  expect(content).toContain('in use 22.1G');
  expect(content).toContain('processes n/a: the driver does not tell');
});

test('one GPU: every quantity, whose memory it is, who uses it, what it drew', () => {
  const content = gpuContent(
    input([gpuSample], {
      processes: [trial, model],
      energyWh: 1320,
      lease: { holder: 'trial', step: null, sharing: 'swap', why: 'they do not fit', swapSeconds: 4.12 },
    }),
    inner,
  );
  expect(content.title).toBe('RTX 4090');
  expect(text(content)).toMatchInlineSnapshot(`
    "util    97% ━━━━━━━━━━━━╸                             ▇
    mem   22.1G ━━━━━━━━━━══┅ of 24.0G                    ▇
      ━ trial 17.6G │ ═ model 3.9G │ ┅ in use 630M
      free 1.9G
    power  402W ━━━━━━━━━━━╸─ of 450W                     ▆
    temp    71° ━━━━━━━━━────                             ▅
    2625 MHz │ fan 64% │ P2 │ not throttled
    used by the trial of #17
    swap 4.1 s each: they do not fit
    energy 1.32 kWh in this run │ 82.5 Wh an experiment
    trial python3                       pid 40213     17.6G
    model llama-server                  pid 1822       3.9G

    cpu     12% ━╸───────────                             ▁
    ram    8.8G ━━─────────── of 62.5G                    ▁
    trial 512M │ pawl 90M"
  `);
});

test('a MIG device and an old card: what is not told stands there as n/a', () => {
  const mig = {
    ...gpuSample,
    mig: true,
    utilization: null,
    powerW: null,
    temperatureC: null,
    smClockMHz: null,
    fanPercent: null,
    pstate: null,
  };
  const content = gpuContent(input([mig]), inner);
  expect(content.aside).toBe('MIG');
  const all = text(content);
  expect(all).toMatch(/util +n\/a .* MIG/);
  expect(all).toMatch(/power +n\/a/);
  expect(all).toMatch(/temp +n\/a/);
  expect(all).toContain('MIG is on: the driver tells no share of an instance');
  expect(all).toContain('energy n/a: no GPU here tells its power');
  expect(all).toContain('┅ in use');
});

test('old numbers say that they are old and why, and nothing of them shines', () => {
  const content = gpuContent(input([gpuSample], { stale: 'nvidia-smi stopped answering' }), inner);
  expect(text(content)).toContain('! old numbers: nvidia-smi stopped answering');
  expect(content.aside).toBe('stale');
  const util = content.rows.find((row) => row[0]?.text.startsWith('util'))!;
  expect(new Set(util.map((s) => s.tone))).toEqual(new Set(['dim']));
});

test('throttling is told in words', () => {
  const content = gpuContent(input([{ ...gpuSample, throttle: ['power cap', 'thermal (hardware)'] }]), inner);
  expect(text(content)).toContain('throttled: power cap, thermal (hardware)');
});

test('several GPUs: whole where they fit, in short where not, a line each where there are many; none is lost', () => {
  const gpus = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...gpuSample,
      index,
      uuid: `GPU-${index}`,
      name: `NVIDIA A100-${index}`,
    }));
  expect(text(gpuContent(input(gpus(2)), { width: 56, height: 24 }))).toMatch(/power[\s\S]*power/);
  const brief = text(gpuContent(input(gpus(2)), { width: 56, height: 10 }));
  expect(brief).toMatch(/0 A100-0\nutil[^\n]*\nmem[^\n]*\n1 A100-1\nutil/);
  expect(brief).not.toContain('power ');
  const many = gpuContent(input(gpus(8)), { width: 56, height: 12 });
  for (let i = 0; i < 8; i++) expect(text(many)).toContain(`${i} A100-${i}`);
  const scrolled = gpuContent(input(gpus(16), { scroll: 8 }), { width: 56, height: 12 });
  expect(text(scrolled)).toContain('15 A100-15');
  expect(scrolled.foot).toMatch(/7–18 of 18/);
});

test('no GPU: CPU and RAM, and that no energy is known', () => {
  const content = gpuContent(input([]), inner);
  expect(content.title).toBe('none: CPU and RAM');
  expect(text(content)).toMatch(
    /cpu +12%[\s\S]*trial 512M │ pawl 90M[\s\S]*No GPU found[\s\S]*Energy is not known/,
  );
});

test('the split adds up, whatever the driver says', () => {
  const mib = fc.option(fc.integer({ min: 0, max: 30_000 }));
  const process = fc.record({
    memoryMiB: mib,
    owner: fc.constantFrom('trial', 'model', 'other', undefined) as fc.Arbitrary<GpuProcess['owner']>,
  });
  fc.assert(
    fc.property(
      mib,
      mib,
      mib,
      fc.array(process, { maxLength: 4 }),
      fc.integer({ min: 1, max: 40 }),
      (total, used, free, list, columns) => {
        const gpu = { ...gpuSample, memoryTotalMiB: total, memoryUsedMiB: used, memoryFreeMiB: free };
        const processes = list.map((p, pid) => ({
          gpuUuid: 'GPU-1',
          pid,
          name: 'x',
          memoryMiB: p.memoryMiB,
          ...(p.owner ? { owner: p.owner } : {}),
        }));
        const split = splitMemory(gpu, processes);
        if (split === null) {
          expect(total === null || used === null || total === 0).toBe(true);
          return;
        }
        for (const value of Object.values(split)) expect(value).toBeGreaterThanOrEqual(0);
        expect(stringWidth(rowText(splitBar(split, columns)))).toBe(columns);
      },
    ),
  );
});

test('a process of another GPU does not count here', () => {
  const split = splitMemory(gpuSample, [trial, { ...trial, gpuUuid: 'GPU-9', memoryMiB: 5000 }])!;
  expect([split.trial, split.unsaid]).toEqual([18_000, 4630]);
});

test('rows fit the pane at any size', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 20, max: 120 }),
      fc.integer({ min: 3, max: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (width, height, count) => {
        const gpus = Array.from({ length: count }, (_, index) => ({ ...gpuSample, index }));
        const { rows } = gpuContent(input(gpus, { processes: [trial, model], energyWh: 12 }), {
          width,
          height,
        });
        expect(rows.length).toBeLessThanOrEqual(height);
      },
    ),
    { numRuns: 60 },
  );
});

test('a replay says that gauges are live only, not that it waits for them', () => {
  const text = gpuContent({ ...input([]), gpu: null, host: null, replay: true }, inner)
    .rows.map((row) => row.map((span) => span.text).join(''))
    .join('\n');
  expect(text).toContain('A replay has no gauges');
  expect(text).not.toContain('Waiting');
});

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type GpuInventory, gpuInventory, type InventoryOptions } from '../../src/gpu/inventory.ts';
import {
  type FakeNvidiaSmi,
  type FakeNvidiaSmiOptions,
  isAlive,
  withFakeNvidiaSmi,
} from '../harness/fake-nvidia-smi/with-fake-nvidia-smi.ts';
import { bundleForTest } from './bundle-for-test.ts';

let child: Awaited<ReturnType<typeof bundleForTest>>;
let folder = '';
beforeAll(async () => {
  child = await bundleForTest(
    "import { runInventoryChild } from './inventory.ts'; if (process.argv[2] === '__gpu-inventory') await runInventoryChild();",
  );
  folder = mkdtempSync(join(tmpdir(), 'pawl-inventory-'));
});
afterAll(() => {
  child.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const fakes: FakeNvidiaSmi[] = [];
afterEach(() => {
  for (const fake of fakes.splice(0)) fake.dispose();
});

/** Folder with a program of this name; it stands for lspci, which not every machine has. */
function program(name: string, script: string): string {
  const bin = mkdtempSync(join(folder, 'bin-'));
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
  return bin;
}

function ask(
  told: FakeNvidiaSmiOptions | null,
  bins: string[] = [],
  more: Partial<InventoryOptions> = {},
): Promise<GpuInventory> {
  const fake = told ? withFakeNvidiaSmi(told) : null;
  if (fake) fakes.push(fake);
  const env = fake?.env ?? process.env;
  return gpuInventory({
    childArgs: [child.file, '__gpu-inventory'],
    env: { ...env, PATH: [...bins, env.PATH ?? ''].join(delimiter) },
    places: [],
    drmRoot: join(folder, 'no-drm'),
    ...more,
  });
}

const noLspci = () => program('lspci', 'exit 127');
const lspci = (line: string, slot = '01:00.0') =>
  program(
    'lspci',
    `cat <<'END'\n${slot} VGA compatible controller: ${line} (prog-if 00 [VGA controller])\n\tRegion 1: Memory at 6000000000 (64-bit, prefetchable) [size=256M]\nEND`,
  );

describe('nvidia-smi works', () => {
  test('systeminformation finds nothing without lspci; the driver still tells', async () => {
    expect(await ask({ gpus: 2, model: 'H100' }, [noLspci()])).toEqual({
      gpus: [
        { name: 'NVIDIA H100 80GB HBM3', vendor: 'NVIDIA', memoryMiB: 81559 },
        { name: 'NVIDIA H100 80GB HBM3', vendor: 'NVIDIA', memoryMiB: 81559 },
      ],
      why: null,
    });
  });

  test('a card that both see is listed once', async () => {
    expect(await ask({}, [lspci('NVIDIA Corporation AD102 [GeForce RTX 4090] (rev a1)')])).toEqual({
      gpus: [{ name: 'NVIDIA GeForce RTX 4090', vendor: 'NVIDIA', memoryMiB: 24564 }],
      why: null,
    });
  });

  test('the other cards of the machine are listed after it', async () => {
    const { gpus } = await ask({}, [lspci('Intel Corporation Arc A770 (rev 08)', '03:00.0')]);
    expect(gpus.map((gpu) => gpu.vendor)).toEqual(['NVIDIA', 'Intel']);
    // The window of 256 MiB is not the memory of the card.
    expect(gpus[1]!.memoryMiB).toBeNull();
  });
});

describe('without a driver that answers', () => {
  test('no GPU at all is a normal answer', async () => {
    expect(await ask(null, [noLspci()])).toEqual({ gpus: [], why: 'no GPU here' });
  });

  test('a card that only draws a console is no GPU', async () => {
    const { gpus, why } = await ask(null, [lspci('ASPEED Technology, Inc. ASPEED Graphics Family (rev 41)')]);
    expect(gpus).toEqual([]);
    expect(why).toContain('only a display adapter');
  });

  test('a card whose driver is broken is listed, with the reason', async () => {
    const { gpus, why } = await ask({ scenario: 'driver-mismatch' }, [
      lspci('NVIDIA Corporation AD102 [GeForce RTX 4090] (rev a1)'),
    ]);
    expect(gpus).toHaveLength(1);
    expect(gpus[0]).toMatchObject({ vendor: 'NVIDIA', memoryMiB: null });
    expect(why).toContain('version mismatch');
  });
});

describe('it always ends', () => {
  test('a driver that hangs: the loop goes on, the deadline holds, nothing is left', async () => {
    const pidFile = join(folder, 'lspci.pid');
    const hanging = program('lspci', `echo $$ > '${pidFile}'; exec sleep 600`);
    let beats = 0;
    const heart = setInterval(() => {
      beats += 1;
    }, 20);
    const from = performance.now();
    const { gpus, why } = await ask({ scenario: 'hang' }, [hanging], { deadlineMs: 1500 });
    clearInterval(heart);
    expect(performance.now() - from).toBeLessThan(5000);
    expect(beats).toBeGreaterThan(30);
    expect(gpus).toEqual([]);
    expect(why).toBe('nvidia-smi did not answer within 1.5 s');
    const lspciPid = Number(readFileSync(pidFile, 'utf8'));
    await vi.waitFor(() => {
      expect(fakes[0]!.living()).toEqual([]);
      expect(isAlive(lspciPid)).toBe(false);
    });
  });

  test('a child that cannot be started, and one that prints nonsense', async () => {
    const missing = await ask(null, [], { childArgs: [join(folder, 'nowhere.mjs')] });
    expect(missing).toMatchObject({ gpus: [], why: expect.stringContaining('could not list') });
    const odd = await ask(null, [], { childArgs: ['-e', 'console.log("pawl-controllers:{not json")'] });
    expect(odd).toMatchObject({ gpus: [], why: expect.stringContaining('exit code 0') });
  });
});

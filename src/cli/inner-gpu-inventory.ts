import { runInventoryChild } from '../gpu/inventory-child.ts';

/** Asks systeminformation for the GPUs in a process of its own: it blocks, and can hang with the driver. */
export async function run(): Promise<number> {
  await runInventoryChild();
  return 0;
}

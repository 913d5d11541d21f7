import { keepHeapSmall } from './cli/small-heap.ts';

/** Entry of the bundle; the launcher passes the arguments after `pawl`. */
export async function main(args: string[]): Promise<void> {
  // An engine has flags of its own, and young things that live longer.
  if (!args[0]?.startsWith('__')) keepHeapSmall();
  const { run } = await import('./cli/run-command-line.ts');
  process.exitCode = await run(args);
}

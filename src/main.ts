/** Entry of the bundle; the launcher passes the arguments after `pawl`. */
export async function main(args: string[]): Promise<void> {
  const { run } = await import('./cli/run-command-line.ts');
  process.exitCode = await run(args);
}

import type { EarlyInterrupts } from './early-interrupts.ts';
import type { WatchOptions } from './run-options.ts';

export interface Watched {
  socket: string;
  runDir: string;
  /** The command that started this: a headless `run` is the run's owner, its Ctrl-C stops the run. */
  owner: boolean;
  /** Ctrl-C since before the engine listened. */
  early?: EarlyInterrupts;
}

/** Shows a run that is going on: the screen on a terminal, plain lines otherwise. @returns the exit code. */
export async function watch(run: Watched, options: WatchOptions): Promise<number> {
  const plain =
    options.headless ||
    run.early?.seen ||
    options.json ||
    !process.stdout.isTTY ||
    !process.stdin.isTTY ||
    process.env.TERM === 'dumb';
  if (plain) {
    const { watchPlain } = await import('./watch-plain.ts');
    return watchPlain(run, options.json);
  }
  run.early?.end();
  const { attachScreen } = await import('../screen/attach-screen.tsx');
  const { summary } = await import('../plain/event-line.ts');
  const result = await attachScreen({
    socketPath: run.socket,
    runDir: run.runDir,
    ...(options.theme ? { theme: options.theme } : {}),
  });
  const { state } = result;
  const line = summary(state);
  if (result.outcome === 'detached') {
    process.stdout.write(
      `pawl goes on with run ${state.tag}: ${line}.\nBack to the screen: pawl attach   Stop: pawl stop\n`,
    );
    return 0;
  }
  if (result.outcome === 'engine-gone') {
    process.stderr.write(
      `pawl: the engine of run ${state.tag} is gone (${line}). Nothing decided is lost.\nGo on: pawl resume\n`,
    );
    return 1;
  }
  const ended = state.ended;
  const text = `run ${state.tag} ${ended?.outcome ?? 'ended'}: ${ended?.why ?? ''}. ${line}.\n`;
  if (ended?.outcome === 'failed') {
    process.stderr.write(`pawl: ${text}${ended.tail.map((l) => `  ${l}\n`).join('')}`);
  } else process.stdout.write(text);
  return result.exitCode;
}

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { copyHarmless } from './harmless-copy.ts';

/** Other programs in our terminal, and the terminal's clipboard. What goes wrong is told by an Error for the user. */
export interface Outside {
  /** Lets the user change texts in $EDITOR. @returns the new texts, or null when nothing was changed */
  edit(files: readonly { name: string; text: string }[]): Promise<string[] | null>;
  /**
   * Opens a copy of a file in $EDITOR at a line (1-based), without terminal controls and without secrets: what is
   * recorded stays as it is.
   */
  look(path: string, line: number): Promise<void>;
  /** Opens such a copy in $PAGER. */
  page(path: string, line: number): Promise<void>;
  /** @returns how many characters did not fit */
  copy(text: string): number;
  /** As Ctrl-Z does in other programs. */
  suspend(): Promise<void>;
}

export interface OutsideOptions {
  /** Gives the terminal away while `work` runs, and takes it back. */
  lend(work: () => Promise<void>): Promise<void>;
  write(codes: string): void;
  copyCodes(text: string): { codes: string; left: number };
  env: NodeJS.ProcessEnv;
}

/** Programs and clipboard of the user's terminal. */
export function createOutside({ lend, write, copyCodes, env }: OutsideOptions): Outside {
  const editor = env.VISUAL || env.EDITOR || 'vi';
  const pager = env.PAGER || 'less';

  /** Runs a program as the user's shell would: `EDITOR="code -w"` has an argument. */
  const run = async (what: string, command: string, args: string[]) => {
    let code: number | null = null;
    await lend(async () => {
      code = await new Promise<number | null>((resolve) => {
        const child = spawn('/bin/sh', ['-c', `${command} "$@"`, command, ...args], {
          stdio: 'inherit',
          env,
        });
        child.once('error', () => resolve(127));
        child.once('close', resolve);
      });
    });
    if (code === 127) throw new Error(`there is no ${command}; set ${what}`);
    return code;
  };

  /** A private folder for as long as the work lasts, also when the screen is ended in the middle of it. */
  const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
    const folder = mkdtempSync(join(env.TMPDIR || tmpdir(), 'pawl-edit-'));
    const remove = () => rmSync(folder, { recursive: true, force: true });
    process.once('exit', remove);
    try {
      return await work(folder);
    } finally {
      process.off('exit', remove);
      remove();
    }
  };

  const show = (what: string, program: string, path: string, line: number) =>
    inFolder(async (folder) => {
      const copy = join(folder, basename(path));
      await copyHarmless(path, copy);
      await run(what, program, [...lineArgument(program, line), copy]);
    });

  return {
    edit: (files) =>
      inFolder(async (folder) => {
        const paths = files.map(({ name }) => join(folder, name));
        for (const [i, path] of paths.entries()) {
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, files[i]!.text);
        }
        const code = await run('$EDITOR', editor, paths);
        if (code !== 0) throw new Error(`${editor} ended with ${code ?? 'a signal'}; nothing is changed`);
        const texts = paths.map((path) => readFileSync(path, 'utf8'));
        return texts.every((text, i) => text === files[i]!.text) ? null : texts;
      }),
    look: (path, line) => show('$EDITOR', editor, path, line),
    page: (path, line) => show('$PAGER', pager, path, line),
    copy(text) {
      const { codes, left } = copyCodes(text);
      write(codes);
      return left;
    },
    suspend: () =>
      lend(async () => {
        process.kill(0, 'SIGTSTP');
        // While we are stopped no timer fires; where nobody can stop us (no shell above) it fires at once.
        await new Promise((resolve) => setTimeout(resolve, 60));
      }),
  };
}

/** Programs that take `+12`; to others it would be a file of that name. */
function lineArgument(command: string, line: number): string[] {
  const program = basename(command.trim().split(/\s+/, 1)[0]!);
  const knows = /^(vi|vim|nvim|view|nano|pico|emacs|emacsclient|micro|joe|kak|hx|helix|less|more|most)$/.test(
    program,
  );
  return knows && line > 1 ? [`+${line}`] : [];
}

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../protocol/failure.ts';
import type { CommandInput } from './command.ts';
import { tell } from './print.ts';
import { runIn } from './run.ts';
import { runOverrides } from './run-options.ts';

const samples = () => fileURLToPath(new URL('../sample-projects/', import.meta.url));

/** `pawl demo [sample]`: copies a sample project, makes it a git repository, runs the real loop on it. */
export async function run(input: CommandInput): Promise<number> {
  const sample = input.args[0] ?? 'tiny-lm';
  const known = readdirSync(samples(), { withFileTypes: true })
    .filter((d) => d.isDirectory())
    .map((d) => d.name);
  if (!known.includes(sample))
    throw new UserError(`there is no sample '${sample}'. Samples: ${known.join(', ')}`);
  // Before anything is copied.
  runOverrides(input);
  const dir = input.options.dir === undefined ? freeFolder() : resolve(String(input.options.dir));
  if (existsSync(join(dir, 'pawl.yaml'))) {
    tell(`going on in ${dir}`);
    return runIn(dir, input, true);
  }
  if (existsSync(dir) && readdirSync(dir).length > 0) {
    throw new UserError(`${dir} is not empty. Give another folder with --dir, or leave --dir out.`);
  }
  makeProject(join(samples(), sample), dir);
  tell(`the demo lives in ${dir} (${sample}, its own git repository)`);
  return runIn(dir, input, true);
}

function freeFolder(): string {
  for (let i = 1; ; i++) {
    const dir = resolve(i === 1 ? 'pawl-demo' : `pawl-demo-${i}`);
    if (!existsSync(dir)) return dir;
  }
}

function makeProject(from: string, dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
    cpSync(from, dir, { recursive: true });
  } catch (error) {
    throw new UserError(`cannot make ${dir}: ${(error as Error).message}`, 3);
  }
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    git('init', '--quiet', '--initial-branch=main');
    git('add', '--all');
    // The demo's own first commit: its author is pawl, whatever the user's git says, and no hook or key is asked.
    git(
      ...['-c', 'user.name=pawl demo', '-c', 'user.email=demo@localhost', '-c', 'commit.gpgsign=false'],
      ...['-c', 'core.hooksPath=/dev/null'],
      ...['commit', '--quiet', '--message', `The sample project ${basename(from)}`],
    );
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT'
        ? 'git is not installed (apt, dnf or pacman: install git; or https://git-scm.com)'
        : String((error as { stderr?: Buffer }).stderr ?? error);
    throw new UserError(`cannot make ${dir} a git repository: ${why}`, 3);
  }
}

import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

export interface TemporaryProjectOptions {
  /** Name of the repository's folder: spaces and unicode are welcome. */
  folder?: string;
  /** The project lives in this folder of the repository instead of its root. */
  subfolder?: string;
  /** State of git: a commit on `main` unless told. */
  git?: 'committed' | 'detached' | 'no-commits' | 'none';
  /** The user has told git who they are; true unless told. */
  identity?: boolean;
  /** Laid over the default pawl.yaml, top-level key by key; `null` removes a key. */
  settings?: Readonly<Record<string, unknown>>;
  /** Further or replaced files, by path in the project, committed with it. */
  files?: Readonly<Record<string, string>>;
  /** How long one trial takes, ms. */
  trialMs?: number;
  /** Standard deviation of the metric, as a fraction of it. */
  noise?: number;
  /** Seed of that noise. */
  seed?: number;
  /** Further environment for what runs in the project. */
  env?: Readonly<Record<string, string>>;
}

export interface TemporaryProject {
  /** The project's folder: where pawl.yaml is. */
  directory: string;
  /** The repository's folder; the same unless there is a subfolder. */
  repository: string;
  /** A home of its own, so that no test reads or writes the person's settings. */
  home: string;
  /** The whole environment for a process in this project; nothing of the person's git, XDG or Ollama gets in. */
  env: Record<string, string>;
  /** Runs git in the repository and returns its output without the last line break. */
  git(...args: string[]): string;
  write(path: string, content: string): void;
  read(path: string): string;
  /** Removes everything, home included. */
  remove(): void;
}

const TOY = fileURLToPath(new URL('./toy-project/', import.meta.url));

const SETTINGS = {
  goal: 'Lower the validation loss.',
  instructions: 'program.md',
  surface: ['train.mjs'],
  command: 'node train.mjs',
  budget: '1s',
  // A trial that a test holds on to, or that a busy machine makes wait, is not judged by the clock: neither for being
  // late, nor for its curve, nor for what else runs. Tests of those rules turn them on.
  timeout: '120s',
  early_stop: 'off',
  contaminated: 'count',
  metric: { name: 'val_loss', direction: 'minimize' },
  // Tests count trials; what verifies has a test of its own.
  verify: 0,
  // The same on every machine, and trials can be talked to by files; the sandbox has tests of its own.
  sandbox: 'off',
};

/** Makes a small git project whose training takes a blink: four constants, a hidden bowl, seeded noise. */
export function createTemporaryProject(options: TemporaryProjectOptions = {}): TemporaryProject {
  // Kept short: a unix socket's whole path may have 107 bytes, and the runtime folder is inside.
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-')));
  const home = join(root, 'home');
  const repository = join(root, options.folder ?? 'project');
  const directory = options.subfolder ? join(repository, options.subfolder) : repository;
  const env = { ...isolatedEnvironment(root, home, options), ...options.env };

  cpSync(TOY, directory, { recursive: true });
  const write = (path: string, content: string) => {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  };
  write('pawl.yaml', pawlYaml(options.settings ?? {}));
  for (const [path, content] of Object.entries(options.files ?? {})) write(path, content);

  consent(env, directory);

  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: repository,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).replace(/\n$/, '');
  if (options.identity ?? true) {
    writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Test Person\n\temail = test@example.invalid\n');
  }
  setUpGit(git, options.git ?? 'committed');

  return {
    directory,
    repository,
    home,
    env,
    git,
    write,
    read: (path) => readFileSync(join(directory, path), 'utf8'),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

/** The project's pawl.yaml may turn the sandbox off only when its user agrees. */
function consent(env: Record<string, string>, directory: string): void {
  const folder = join(env.XDG_CONFIG_HOME!, 'pawl');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.yaml'), stringify({ consent: { no_sandbox: [directory] } }));
}

function setUpGit(git: TemporaryProject['git'], state: NonNullable<TemporaryProjectOptions['git']>): void {
  if (state === 'none') return;
  git('init', '--quiet', '--initial-branch=main');
  if (state === 'no-commits') return;
  git('add', '--all');
  const author = ['-c', 'user.name=Test Person', '-c', 'user.email=test@example.invalid'];
  git(...author, 'commit', '--quiet', '--message=The project as it was');
  if (state === 'detached') git('checkout', '--quiet', '--detach');
}

function isolatedEnvironment(
  root: string,
  home: string,
  options: TemporaryProjectOptions,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(GIT_|XDG_|OLLAMA_|PAWL_|TOY_)/.test(name)) env[name] = value;
  }
  const folders = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_STATE_HOME: join(home, '.local/state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_RUNTIME_DIR: join(root, 'run'),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  // As where pawl is installed: its hints name it by that word.
  const bin = join(root, 'bin');
  mkdirSync(bin);
  symlinkSync(fileURLToPath(new URL('../../bin/pawl.js', import.meta.url)), join(bin, 'pawl'));
  return {
    ...env,
    ...folders,
    PATH: `${bin}${delimiter}${env.PATH ?? ''}`,
    GIT_CONFIG_NOSYSTEM: '1',
    // Nobody listens there: a test that wants a model says so by `env`.
    OLLAMA_HOST: 'http://127.0.0.1:9',
    TOY_MS: String(options.trialMs ?? 80),
    TOY_NOISE: String(options.noise ?? 0.002),
    TOY_SEED: String(options.seed ?? 1),
  };
}

function pawlYaml(changes: Readonly<Record<string, unknown>>): string {
  const settings = Object.entries({ ...SETTINGS, ...changes }).filter(([, value]) => value !== null);
  return stringify(Object.fromEntries(settings));
}

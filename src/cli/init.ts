import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { configName } from '../config/load-config.ts';
import { risesWhenBetter } from '../config/metric-names.ts';
import { defaultPersonas } from '../propose/panel/personas.ts';
import { UserError } from '../protocol/failure.ts';
import type { CommandInput } from './command.ts';
import { say } from './print.ts';

interface Guess {
  surface: string;
  command: string;
  check: string | null;
  instructions: string | null;
  metric: string | null;
  /** What the command needs and git does not track. */
  link: string[];
}

/** `pawl init`: writes a commented pawl.yaml with what it could find out, and says what to look at. */
export async function run(input: CommandInput): Promise<number> {
  const dir = resolve(String(input.options.dir ?? '.'));
  const path = join(dir, configName);
  if (input.options.panel === true) return writePersonas(dir, path);
  if (existsSync(path)) throw new UserError(`${path} exists already; edit it, or remove it first.`);
  const guess = look(dir);
  try {
    writeFileSync(path, template(guess), { flag: 'wx' });
  } catch (error) {
    throw new UserError(`cannot write ${path}: ${(error as Error).message}`, 3);
  }
  say(
    `Wrote ${path}. Look at these lines, they are guesses:\n` +
      `  surface: [${guess.surface}]\n  command: ${guess.command}\n  metric:  ${guess.metric ?? 'val_loss (not found; put in what your script prints)'}\n${guess.link.length > 0 ? `  link:    [${guess.link.join(', ')}]   (git does not track it; trials see it read-only)\n` : ''}` +
      `Then commit it and start:  ${existsSync(join(dir, '.git')) ? '' : 'git init && '}git add ${configName} ${guess.surface} && git commit -m "Start" && pawl run`,
  );
  return 0;
}

/** `pawl init --panel`: the panel's personas as files to edit; one that is there already stays as it is. */
function writePersonas(dir: string, config: string): number {
  const folder = join(dir, 'personas');
  const written: string[] = [];
  try {
    mkdirSync(folder, { recursive: true });
    for (const { name, text } of defaultPersonas) {
      const file = join(folder, `${name}.md`);
      if (existsSync(file)) continue;
      writeFileSync(file, `${text}\n`, { flag: 'wx' });
      written.push(name);
    }
  } catch (error) {
    throw new UserError(`cannot write ${folder}: ${(error as Error).message}`, 3);
  }
  say(
    `${written.length > 0 ? `Wrote ${written.join(', ')}` : 'All personas were there already'} (${folder}). Edit, add or remove them (2 to 9).\n` +
      `Put this into ${existsSync(config) ? config : `${configName} (make one with: pawl init)`}:\n  proposer: panel\n  panel: {personas: personas}`,
  );
  return 0;
}

/** The script that trains, and how it is usually run: the file name first, then what lies beside it. */
function look(dir: string): Guess {
  const files = existsSync(dir) ? readdirSync(dir) : [];
  const has = (name: string) => files.includes(name);
  const candidates = [
    'train.py',
    'main.py',
    'train.mjs',
    'train.js',
    'train.ts',
    'train.jl',
    'bench.py',
    'run.py',
  ];
  const script = candidates.find(has) ?? files.find((name) => name.endsWith('.py')) ?? 'train.py';
  const python = has('uv.lock') ? 'uv run' : has('.venv') ? '.venv/bin/python' : 'python3';
  const [command, check] = script.endsWith('.py')
    ? [`${python} ${script}`, `${python === 'uv run' ? 'uv run python' : python} -m py_compile ${script}`]
    : script.endsWith('.jl')
      ? [`julia ${script}`, null]
      : [`node ${script}`, script.endsWith('.ts') ? null : `node --check ${script}`];
  return {
    surface: script,
    command,
    check,
    instructions: ['program.md', 'PROGRAM.md', 'README.md'].find(has) ?? null,
    metric: findMetric(join(dir, script)),
    link: inputsOf(dir, files, script, command),
  };
}

/** Folders and files beside the script that git does not track, and that the command or the script names. */
function inputsOf(dir: string, files: readonly string[], script: string, command: string): string[] {
  const text = existsSync(join(dir, script))
    ? readFileSync(join(dir, script), 'utf8').slice(0, 1_000_000)
    : '';
  return files
    .filter((name) => {
      if (/^(?:\.git|\.pawl|__pycache__|personas|pawl\.yaml)$/.test(name) || name === script) return false;
      if (/[\s,[\]{}#:'"]/.test(name)) return false;
      const environment = name === '.venv' ? /^(?:\.venv\/|uv run)/.test(command) : name === 'node_modules';
      const named = new RegExp(`["'\`](?:\\./)?${name.replace(/[.*+?^${}()|\\]/g, '\\$&')}["'\`/]`).test(
        text,
      );
      return (environment || named) && !isTracked(dir, name);
    })
    .sort();
}

function isTracked(dir: string, name: string): boolean {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    return execFileSync('git', ['ls-files', '--', name], { cwd: dir, stdio: [...stdio] }).length > 0;
  } catch {
    // No git, or no repository yet: nothing is tracked.
    return false;
  }
}

/** A name that the script seems to print as its result. */
function findMetric(path: string): string | null {
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8').slice(0, 1_000_000);
  const told = /METRIC (\w+)=/.exec(text) ?? /["'`](val_\w+|test_\w+|accuracy|score|loss):/.exec(text);
  return told?.[1] ?? null;
}

function template(g: Guess): string {
  const higher = g.metric !== null && risesWhenBetter(g.metric);
  const name = g.metric ?? 'val_loss';
  const optional = (line: string, present: boolean) => (present ? line : `# ${line}`);
  return `# What pawl may change, how it measures, and when it stops.

goal: ${higher ? 'Raise' : 'Lower'} ${name}.
${optional(`instructions: ${g.instructions ?? 'program.md'}`, g.instructions !== null)}   # plain English for the model; read afresh before every proposal

surface: [${g.surface}]        # the only files that may change (globs)
${optional(`link: [${g.link.join(', ') || 'data, .venv'}]`, g.link.length > 0)}        # untracked inputs that the script needs
command: ${g.command}
${optional(`check: ${g.check ?? 'python3 -m py_compile train.py'}`, g.check !== null)}   # at most 30 s, before any GPU time

budget: 5m                   # told to the script as PAWL_BUDGET_SECONDS
timeout: 10m                 # hard limit: loading, compiling and evaluation included
metric: {name: ${name}, direction: ${higher ? 'maximize' : 'minimize'}}   # the script prints METRIC ${name}=1.23 or ${name}: 1.23

strictness: balanced         # fast | balanced | careful | strict
proposer: auto               # a local Ollama model when there is one, else the tuner
# model: qwen3-coder:30b
# stop: {experiments: 100, after: 8h}
`;
}

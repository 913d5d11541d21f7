import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../protocol/failure.ts';
import { ownTextFault } from '../protocol/own-text.ts';
import type { Settings } from '../protocol/settings.ts';
import { resolveSettings } from './defaults.ts';
import { risesWhenBetter } from './metric-names.ts';
import { nearest } from './nearest.ts';
import { readYaml } from './read-yaml.ts';
import { configSchema, knownKeys, sectionsWith } from './schema.ts';
import { lineOf, problemsOf, type YamlSource } from './yaml-problems.ts';

/** Name of a project's settings file. */
export const configName = 'pawl.yaml';

/**
 * The folder of the nearest pawl.yaml at or above `from`.
 * @throws UserError (exit 2) when there is none.
 */
export function findProject(from: string): string {
  for (let dir = resolve(from); ; dir = dirname(dir)) {
    if (existsSync(join(dir, configName))) return dir;
    if (dirname(dir) === dir) break;
  }
  throw new UserError(
    `No ${configName} in ${resolve(from)} or above it.\n` +
      `Write one with \`pawl init\`, or see a working one with \`pawl demo\`.`,
  );
}

/**
 * Reads and checks a project's pawl.yaml.
 * @throws UserError (exit 2) that lists every problem as `pawl.yaml:line: field: what, and how to mend it`.
 */
export function loadSettings(projectDir: string): Settings {
  const path = join(projectDir, configName);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(`Cannot read ${path}: ${(error as Error).message}`);
  }
  const settings = parseSettings(text, basename(path));
  mustExist(settings.instructions, projectDir, text);
  mustHavePersonas(settings.panel?.personas ?? null, projectDir, text);
  return settings;
}

/** The model would work without them, and the user would wonder all night why it does not listen. */
function mustExist(instructions: string | null, projectDir: string, text: string): void {
  if (instructions === null) return;
  const line = text.split('\n').findIndex((l) => /^["']?instructions\b/.test(l)) + 1;
  const path = resolve(projectDir, instructions);
  if (existsSync(path)) {
    // It becomes part of a prompt: a pawl.yaml from somewhere must not send a file of the user's to a model.
    const fault = ownTextFault(realpathSync(projectDir), realpathSync(path));
    if (fault === null && statSync(path).isFile()) return;
    const mend = fault === null ? 'Name a text file' : 'Put a text of its own into the project';
    throw new UserError(
      `${configName}:${line}: instructions: ${instructions} ${fault ?? 'is not a plain file'}. ${mend}.`,
    );
  }
  const guess = nearest(instructions, readdirSync(projectDir));
  throw new UserError(
    `${configName}:${line}: instructions: ${instructions} does not exist. ` +
      (guess ? `Did you mean ${guess}?` : 'Write it (plain English for the model), or remove the line.'),
  );
}

/** A panel of one has nothing to talk about, and one of dozens would talk all night. */
function mustHavePersonas(folder: string | null, projectDir: string, text: string): void {
  if (folder === null) return;
  const line = text.split('\n').findIndex((l) => /\bpersonas["']?\s*:/.test(l)) + 1;
  const at = `${configName}:${line}: panel.personas: ${folder}`;
  const path = resolve(projectDir, folder);
  if (!existsSync(path)) {
    throw new UserError(`${at} does not exist. Make it with \`pawl init --panel\`, or remove the line.`);
  }
  const fault = ownTextFault(realpathSync(projectDir), realpathSync(path));
  if (fault !== null) throw new UserError(`${at} ${fault}. Put a folder of its own into the project.`);
  const texts = readdirSync(path, { withFileTypes: true }).filter(({ name }) => name.endsWith('.md'));
  const odd = texts.find((entry) => !entry.isFile());
  if (odd) throw new UserError(`${at}: ${odd.name} is no plain file. Put its text there instead of a link.`);
  const count = texts.length;
  if (count < 2 || count > 9)
    throw new UserError(`${at} has ${count} .md files; a panel takes 2 to 9, one for each persona.`);
}

/** As loadSettings, from text; `name` is used in messages. */
export function parseSettings(text: string, name = configName): Settings {
  const read = readYaml(text, name);
  if ('problem' in read) throw new UserError(read.problem);
  const { plain } = read;
  if (plain === null || typeof plain !== 'object' || Array.isArray(plain)) {
    throw new UserError(
      `${name}: expected \`key: value\` lines; at least command, surface and metric are needed.`,
    );
  }
  const source: YamlSource = { name, ...read, knownKeys, sectionsWith, needed, examples };
  const parsed = configSchema.safeParse(plain);
  if (!parsed.success) {
    throw new UserError(causesOnly(problemsOf(parsed.error, source)).join('\n'));
  }
  const settings = resolveSettings(parsed.data);
  const { metric } = parsed.data;
  if (!('direction' in metric && metric.direction) && risesWhenBetter(metric.name)) {
    const { name: called } = metric;
    throw new UserError(
      `${name}:${lineOf(['metric'], source)}: metric: which way is ${called} better? ` +
        `Write \`metric: {name: ${called}, direction: maximize}\`, or minimize if less is better.`,
    );
  }
  if (parsed.data.panel && settings.proposer !== 'panel' && settings.proposer !== 'hybrid') {
    throw new UserError(
      `${name}:${lineOf(['panel'], source)}: panel: nobody would ask it with proposer: ${settings.proposer}. ` +
        'Write proposer: panel, or hybrid, or remove panel.',
    );
  }
  if (settings.timeoutMs < settings.budgetMs) {
    throw new UserError(
      `${name}:${lineOf(['timeout'], source)}: timeout: is shorter than budget (${settings.budgetMs / 1000}s); ` +
        'every trial would be cut off. Give at least the budget plus start-up and evaluation.',
    );
  }
  return settings;
}

/** A misspelt key is also a missing one: its own line tells it all. */
function causesOnly(problems: string[]): string[] {
  const meant = problems.flatMap((p) => /Did you mean '([^']+)'\?/.exec(p)?.[1] ?? []);
  const isEcho = (p: string) => meant.some((key) => p.includes(`: ${key}: is missing`));
  return problems.filter((p) => !isEcho(p));
}

const examples: Record<string, string> = {
  budget: '`budget: 5m`',
  timeout: '`timeout: 10m`',
  'stop.after': '`stop: {after: 8h}`',
  'stop.experiments': '`stop: {experiments: 100}`',
  'stop.target': '`stop: {target: 0.95}`',
  'stop.plateau': '`stop: {plateau: 60}`',
  surface: '`surface: [train.py]`',
  link: '`link: [data]`',
  metric: '`metric: {name: val_bpb, direction: minimize}`',
  guards: '`guards: [{name: peak_vram_mb, max: 24000}]`',
  command: '`command: python train.py`',
  check: '`check: python -m py_compile train.py`',
  min_gain: '`min_gain: 1%`',
  verify: '`verify: 5`, 0 for none',
  plateau: '`plateau: 25`, or `plateau: off`',
  stop: '`stop: {after: 8h}`',
  model: '`model: qwen3:8b`',
  'metric.name': '`metric: {name: val_bpb, direction: minimize}`',
};

const needed: Record<string, string> = {
  command: 'Write the command that trains and prints the metric, such as `command: python train.py`.',
  surface: 'List the files that may be changed, such as `surface: [train.py]`.',
  metric: 'Name the number to improve, such as `metric: {name: val_bpb, direction: minimize}`.',
};

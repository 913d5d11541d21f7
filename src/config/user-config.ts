import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { isMap, parseDocument } from 'yaml';
import { UserError } from '../protocol/failure.ts';
import type { UserSettings } from '../protocol/user-settings.ts';
import { nearest } from './nearest.ts';
import { readYaml } from './read-yaml.ts';
import {
  knownUserKeys,
  resolveUserSettings,
  sectionSchema,
  type UserConfigSection,
  userConfigSections,
} from './user-schema.ts';
import { lineOf, problemsOf, type YamlSource } from './yaml-problems.ts';

/** The user's own settings, and what is wrong with the file they stand in. */
export interface UserConfig {
  path: string;
  /** What can be used: a section with a mistake in it is as shipped. */
  settings: UserSettings;
  /** Each as `file:line: field: what, and how to mend it`; empty when all is well. */
  problems: string[];
  /** `file:line: field` of a place in the file, for problems that only others can see (a key, a theme). */
  where(path: readonly string[]): string;
}

/** The folder of the user's own settings: $XDG_CONFIG_HOME/pawl, or ~/.config/pawl. */
export function userConfigDir(env: NodeJS.ProcessEnv = process.env): string {
  const xdg = env.XDG_CONFIG_HOME;
  // The specification: a relative path is to be ignored.
  const base = xdg && isAbsolute(xdg) ? xdg : join(env.HOME || homedir(), '.config');
  return join(base, 'pawl');
}

/**
 * Reads the user's config.yaml. Never throws: settings of taste must not stop a run in the night.
 * A missing file is the normal state and means defaults.
 */
export function loadUserConfig(env: NodeJS.ProcessEnv = process.env): UserConfig {
  const path = join(userConfigDir(env), 'config.yaml');
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const problems = missing ? [] : [`${path}: cannot be read: ${(error as Error).message}`];
    return { ...parseUserConfig('', path), problems };
  }
  return parseUserConfig(text, path);
}

/** As loadUserConfig, from text. */
export function parseUserConfig(text: string, path: string): UserConfig {
  const nothing = Object.fromEntries(userConfigSections.map((s) => [s, null])) as Record<
    UserConfigSection,
    unknown
  >;
  const defaults = (problems: string[]): UserConfig => ({
    path,
    settings: resolveUserSettings(nothing),
    problems,
    where: (field) => `${path}:1: ${field.join('.')}`,
  });
  const read = readYaml(text, path);
  if ('problem' in read) return defaults([read.problem]);
  const { plain } = read;
  if (plain === null || plain === undefined) return defaults([]);
  if (typeof plain !== 'object' || Array.isArray(plain))
    return defaults([`${path}:1: expected \`key: value\` lines, such as \`theme: dark\``]);
  const source: YamlSource = { name: path, ...read, knownKeys: knownUserKeys };
  const problems: string[] = [];
  const written = { ...nothing };
  for (const [key, value] of Object.entries(plain)) {
    if (!userConfigSections.includes(key as UserConfigSection)) {
      const guess = nearest(key, userConfigSections);
      const hint = guess ? `Did you mean '${guess}'?` : `Known here: ${userConfigSections.join(', ')}.`;
      problems.push(`${path}:${lineOf([key], source)}: ${key}: unknown key. ${hint}`);
      continue;
    }
    // `keys:` with nothing below it.
    if (value === null) continue;
    const parsed = sectionSchema(key as UserConfigSection).safeParse(value);
    if (parsed.success) written[key as UserConfigSection] = parsed.data;
    else {
      for (const issue of parsed.error.issues) issue.path.unshift(key);
      problems.push(...problemsOf(parsed.error, source));
    }
  }
  return {
    path,
    settings: resolveUserSettings(written),
    problems,
    where: (field) => `${path}:${lineOf(field, source)}: ${field.join('.')}`,
  };
}

/**
 * Changes one value of the user's config.yaml and leaves everything else as they wrote it, comments too.
 * `undefined` takes the value out. The file and its folder are made when they are missing.
 * @throws UserError when the file cannot be read as YAML (it is not touched then) or not be written.
 */
export function saveUserSetting(
  field: readonly string[],
  value: unknown,
  env: NodeJS.ProcessEnv = process.env,
): void {
  const path = join(userConfigDir(env), 'config.yaml');
  try {
    let text = '';
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    const fresh = setInYaml(text, field, value, path);
    if (fresh === text) return;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Whole or not at all: a full disk must not leave half of somebody's settings.
    // A link into somebody's dotfiles stays a link.
    const real = existsSync(path) ? realpathSync(path) : path;
    const aside = `${real}.${process.pid}`;
    writeFileSync(aside, fresh, { mode: 0o600 });
    renameSync(aside, real);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`cannot save ${field.join('.')} in ${path}: ${(error as Error).message}`);
  }
}

/** The text of a YAML file with one value changed. @throws UserError when it is not a YAML map. */
export function setInYaml(text: string, field: readonly string[], value: unknown, name: string): string {
  const doc = parseDocument(text, { prettyErrors: false });
  if (doc.errors.length > 0 || (doc.contents !== null && !isMap(doc.contents)))
    throw new UserError(`${name} is not readable, so nothing is changed in it. Mend it first.`);
  if (value === undefined) doc.deleteIn(field);
  else {
    // A section that was written as `keys:` with nothing below it is a null, which can hold nothing.
    for (let length = 1; length < field.length; length++)
      if (!isMap(doc.getIn(field.slice(0, length), true)))
        doc.setIn(field.slice(0, length), doc.createNode({}));
    doc.setIn(field, value);
  }
  return doc.toString({ lineWidth: 0 });
}

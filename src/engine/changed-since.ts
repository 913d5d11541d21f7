import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changedSettings } from '../config/changed-settings.ts';
import { configName, loadSettings, parseSettings } from '../config/load-config.ts';
import type { SettingChange } from '../protocol/setting-changes.ts';
import type { Settings } from '../protocol/settings.ts';
import type { RunPaths } from './paths.ts';

/** Where pawl.yaml says something else than the copy of it that was made when the run was started, and what holds now. */
export function changedSince(projectDir: string, { config }: RunPaths, holding: Settings): SettingChange[] {
  const before = copyAt(config);
  return before === null ? [] : changedSettings(before, loadSettings(projectDir), holding);
}

/** Names of what pawl.yaml says by now that the engine that is at work does not know; none where nobody can say. */
export function unheeded(projectDir: string, { configNow }: RunPaths): string[] {
  const read = copyAt(configNow);
  const now = copyAt(join(projectDir, configName));
  return read === null || now === null ? [] : changedSettings(read, now, read).map(({ name }) => name);
}

/** null = no copy, or one that this version does not understand. */
function copyAt(path: string): Settings | null {
  try {
    return parseSettings(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

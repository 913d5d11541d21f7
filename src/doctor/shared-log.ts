import type { Finding } from '../protocol/findings.ts';
import type { Settings } from '../protocol/settings.ts';
import { warn } from './finding.ts';

/**
 * An evaluator at the end of `command` prints into the same log as what the surface left running before it: told where
 * the command plainly reads so.
 * @param surface files of the surface @param isFile whether the project has a file of that name
 */
export function sharedLogFinding(
  { command, evaluate }: Pick<Settings, 'command' | 'evaluate'>,
  surface: readonly string[],
  isFile: (path: string) => boolean,
): Finding | null {
  if (evaluate) return null;
  const programs = command.split(/&&|;|\n/).map((part) => part.trim());
  const last = programs.at(-1)!;
  const words = (text: string) => text.split(/\s+/).map((word) => word.replace(/^["']|["']$|^\.\//g, ''));
  const ofSurface = (text: string) => words(text).some((word) => surface.includes(word));
  if (!programs.slice(0, -1).some(ofSurface) || ofSurface(last) || !words(last).some(isFile)) return null;
  return warn(
    'config',
    `\`${last}\` is the end of command: what the surface leaves running can print a number of its own into the same log`,
    `Give it a line of its own in pawl.yaml: evaluate: ${last}`,
  );
}

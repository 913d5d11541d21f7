import { resolve } from 'node:path';
import { findProject } from '../config/load-config.ts';
import type { CommandInput } from './command.ts';

/** The project that a command is about: --dir, or the nearest pawl.yaml above this folder. @throws UserError */
export function projectDir({ options }: CommandInput): string {
  return findProject(resolve(String(options.dir ?? '.')));
}

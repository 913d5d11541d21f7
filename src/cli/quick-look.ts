import { lookAtDisk, lookAtLoad } from '../doctor/look-at-machine.ts';
import { repositoryFindings } from '../doctor/look-at-project.ts';
import { UserError } from '../protocol/failure.ts';
import type { Finding } from '../protocol/findings.ts';
import { findRepository } from '../workspace/repository.ts';
import { tell } from './print.ts';

/**
 * The part of the doctor that costs nothing and that the engine does not look at itself when it starts (config, surface,
 * inputs, Ollama, GPU and sandbox it does). Tells what is not as it could be.
 * @param load how busy the machine is; null where the user has said that it does not matter
 * @throws UserError (exit 3) when a trial could not run.
 */
export async function quickLook(projectDir: string, load: Finding | null = lookAtLoad()): Promise<void> {
  const repository = await findRepository(projectDir);
  const findings = [...(await repositoryFindings(repository)), await lookAtDisk(projectDir)];
  if (load !== null) findings.push(load);
  for (const { level, what, fix } of findings) {
    const text = [what, fix].filter((part) => part !== null).join('. ');
    if (level === 'fail') throw new UserError(text, 3);
    if (level === 'warn') tell(`note: ${text}`);
  }
}

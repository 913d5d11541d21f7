import { NothingToTune } from '../propose/tuner/proposer.ts';
import { UserError } from '../protocol/failure.ts';
import { staticFaults } from '../trial/static/static-check.ts';

const patienceMs = 10_000;

/**
 * A file that cannot be parsed has no constants either, but that is not what is wrong with it.
 * @throws UserError naming file and line of the mistake where there is one, else the error as it was
 */
export async function nameBrokenFiles(
  error: unknown,
  surface: ReadonlyMap<string, string>,
  command: string,
  cwd: string,
): Promise<never> {
  if (!(error instanceof NothingToTune)) throw error;
  const files = [...surface].map(([path, after]) => ({ path, before: null, after }));
  const signal = AbortSignal.timeout(patienceMs);
  const faults = await staticFaults(files, command, {
    cwd,
    walls: { kind: 'none', setpriv: null },
    env: {},
    signal,
  }).catch(() => []);
  const broken = faults.filter(({ what }) => /^(?:Syntax|Indentation|Tab)Error\b/.test(what));
  if (broken.length === 0) throw error;
  const told = broken.map(({ path, line, what }) => `${path}${line === null ? '' : `:${line}`}: ${what}`);
  throw new UserError(`${told.join('\n')}\nMend it and commit: a run starts from code that runs.`);
}

import type { Git } from './git.ts';

/** git's identity where the user has none: without one it makes no commits. */
export async function missingIdentity(git: Git): Promise<string[]> {
  const out = (await git.maybe(['config', '--get-regexp', '^user\\.(name|email)$'])) ?? '';
  const has = (name: string): boolean => new RegExp(`^user\\.${name} \\S`, 'm').test(out);
  return [...(has('name') ? [] : ['user.name=pawl']), ...(has('email') ? [] : ['user.email=pawl@localhost'])];
}

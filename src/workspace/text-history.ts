import type { Git } from './git.ts';

/**
 * Commits a few texts under a ref of pawl's own, on top of what it had. Touches neither index nor worktree nor branch.
 * @param ref full name below refs/pawl/
 */
export async function commitTexts(
  git: Git,
  ref: string,
  texts: ReadonlyMap<string, string>,
  message: string,
): Promise<void> {
  const entries: string[] = [];
  for (const [name, text] of texts) {
    const oid = (await git.text(['hash-object', '-w', '--stdin'], { input: text, durable: true })).trim();
    entries.push(`100644 blob ${oid}\t${name}`);
  }
  const input = `${entries.join('\0')}\0`;
  const tree = (await git.text(['mktree', '-z'], { input, durable: true })).trim();
  const before = (await git.maybe(['rev-parse', '--verify', '--quiet', ref]))?.trim() || null;
  const parent = before === null ? [] : ['-p', before];
  const commit = (
    await git.text(['commit-tree', tree, ...parent, '-F', '-'], { input: `${message}\n`, durable: true })
  ).trim();
  // Create-only without an earlier one, compare-and-swap with one.
  const old = before ?? '0'.repeat(commit.length);
  await git.text(['update-ref', '-m', 'pawl', ref, commit, old], { durable: true });
}

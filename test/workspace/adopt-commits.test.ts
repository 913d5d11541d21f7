import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { adoptCommits, adoptedExperiments } from '../../src/workspace/adopt-commits.ts';
import { Git } from '../../src/workspace/git.ts';
import { fingerprint, git, plantHooks, temporaryRepository, write } from './temporary-repository.ts';

const lines = (...changed: [number, string][]) =>
  `${Array.from({ length: 20 }, (_, i) => changed.find(([at]) => at === i)?.[1] ?? `line ${i}`).join('\n')}\n`;

/** A repository with a run of three experiments, each on the one before; the checkout is back at the base. */
function withRun() {
  const dir = temporaryRepository({ 'a.txt': lines(), 'other.txt': 'x\n' });
  const base = git(dir, 'rev-parse', 'HEAD');
  git(dir, 'checkout', '-q', '--detach');
  const commits = [
    lines([2, 'two']),
    lines([2, 'two'], [10, 'ten']),
    lines([2, 'two'], [10, 'ten'], [17, 'seventeen']),
  ].map((text, i) => {
    write(dir, { 'a.txt': text });
    git(dir, 'commit', '-q', '-a', '-m', `#${i + 1}`);
    const sha = git(dir, 'rev-parse', 'HEAD');
    git(dir, 'update-ref', `refs/pawl/t/${i + 1}`, sha);
    return { n: i + 1, sha, message: `Try ${i + 1}\n\nPawl-Commit: ${sha}\n` };
  });
  git(dir, 'checkout', '-q', 'main');
  return { dir, base, commits, adoption: { projectDir: dir, tag: 't', base, squash: null } };
}

const mine = (dir: string) => fingerprint(dir).filter((line) => !line.startsWith('refs/heads/taken '));

test('kept commits go on a new branch; checkout, index, HEAD and other branches stay', async () => {
  const { dir, base, commits, adoption } = withRun();
  write(dir, { 'other.txt': 'in the middle of something\n', 'new.txt': 'untracked\n' });
  const mark = plantHooks(dir);
  const before = mine(dir);
  const result = await adoptCommits({ ...adoption, branch: 'taken', commits });
  expect(result).toMatchObject({ before: null, onto: base });
  expect(git(dir, 'log', '--format=%s', `${base}..taken`)).toBe('Try 3\nTry 2\nTry 1');
  expect(git(dir, 'show', 'taken:a.txt')).toBe(lines([2, 'two'], [10, 'ten'], [17, 'seventeen']).trimEnd());
  expect(mine(dir)).toEqual(before);
  expect(existsSync(mark)).toBe(false);
  expect(await adoptedExperiments(new Git({ cwd: dir }), 't')).toEqual(new Set([1, 2, 3]));
});

test('on code that has moved on they are merged, some or all, in one commit or several', async () => {
  const { dir, base, commits, adoption } = withRun();
  write(dir, { 'a.txt': lines([5, 'five, by hand']) });
  git(dir, 'commit', '-q', '-a', '-m', 'By hand');
  const before = mine(dir);
  await adoptCommits({ ...adoption, branch: 'taken', commits: [commits[0]!, commits[2]!] });
  expect(git(dir, 'show', 'taken:a.txt')).toBe(
    lines([2, 'two'], [5, 'five, by hand'], [17, 'seventeen']).trimEnd(),
  );
  // What is there already is not brought twice; the rest goes on top.
  const more = await adoptCommits({ ...adoption, branch: 'taken', commits });
  expect(more.made.map(({ n }) => n)).toEqual([2]);
  expect(git(dir, 'log', '--format=%s', `${base}..taken`)).toBe('Try 2\nTry 3\nTry 1\nBy hand');
  await expect(adoptCommits({ ...adoption, branch: 'taken', commits })).rejects.toThrow(
    'has all of these already',
  );
  expect(mine(dir)).toEqual(before);
  await adoptCommits({ ...adoption, branch: 'one', commits, squash: 'All of it\n' });
  expect(git(dir, 'log', '--format=%s', `main..one`)).toBe('All of it');
  expect(git(dir, 'worktree', 'list').split('\n')).toHaveLength(1);
});

test('one without what it builds on: that is named, not a new branch that it would not fit on either', async () => {
  const { dir, adoption } = withRun();
  git(dir, 'checkout', '-q', '--detach');
  const shas = ['once', 'twice'].map((word) => {
    write(dir, { 'a.txt': lines([5, word]) });
    git(dir, 'commit', '-q', '-a', '-m', word);
    return git(dir, 'rev-parse', 'HEAD');
  });
  git(dir, 'checkout', '-q', 'main');
  const standsOn = [
    { n: 4, files: ['other.txt'] },
    { n: 5, files: ['a.txt'] },
  ];
  const only = { n: 9, sha: shas[1]!, message: 'twice', standsOn };
  const taken = (commits: Parameters<typeof adoptCommits>[0]['commits']) =>
    adoptCommits({ ...adoption, branch: 'mine', commits });
  await expect(taken([only])).rejects.toThrow(
    /^#9 does not fit .*a\.txt. Nothing was changed\.\nIt builds on #5, which changed the same and is not there\. Take it too \(--only 5,9\)/,
  );
  expect((await taken([{ n: 5, sha: shas[0]!, message: 'once' }, only])).made.map(({ n }) => n)).toEqual([
    5, 9,
  ]);
});

test('a conflict is told, and nothing has changed', async () => {
  const { dir, commits, adoption } = withRun();
  write(dir, { 'a.txt': lines([10, 'ten, by hand']) });
  git(dir, 'commit', '-q', '-a', '-m', 'By hand');
  const before = fingerprint(dir);
  await expect(adoptCommits({ ...adoption, branch: 'taken', commits })).rejects.toThrow(
    /^#2 does not fit on the branch: it conflicts in a\.txt\. Nothing was changed\.\nYour own code has changed there/,
  );
  expect(fingerprint(dir)).toEqual(before);
  expect(git(dir, 'worktree', 'list').split('\n')).toHaveLength(1);
});

test.each([
  ['main', /main is checked out in/],
  ['pawl/t', /a place for runs of pawl/],
  ['a b', /cannot be the name of a branch/],
  ['--force', /cannot be the name of a branch/],
  ['../../config', /cannot be the name of a branch/],
])('%s is refused', async (branch, why) => {
  const { dir, commits, adoption } = withRun();
  const before = fingerprint(dir);
  await expect(adoptCommits({ ...adoption, branch, commits })).rejects.toThrow(why);
  expect(fingerprint(dir)).toEqual(before);
});

test('a branch that nobody has named is never added to, and what is there already is told', async () => {
  const { dir, commits, adoption } = withRun();
  await adoptCommits({ ...adoption, branch: 'adopted/t', commits: commits.slice(0, 2), mustBeNew: true });
  const before = git(dir, 'rev-parse', 'adopted/t');
  await expect(adoptCommits({ ...adoption, branch: 'adopted/t', commits, mustBeNew: true })).rejects.toThrow(
    /adopted\/t exists already, with #1, #2 on it\. Nothing was changed\.\nTo add to it: {2}--branch adopted\/t/,
  );
  expect(git(dir, 'rev-parse', 'adopted/t')).toBe(before);
  const more = await adoptCommits({ ...adoption, branch: 'adopted/t', commits });
  expect(more).toMatchObject({ already: [1, 2], made: [{ n: 3 }] });
});

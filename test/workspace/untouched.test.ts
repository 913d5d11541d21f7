import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inspectProject } from '../../src/workspace/inspect-project.ts';
import { openWorkspace } from '../../src/workspace/open-workspace.ts';
import { fingerprint, git, plantHooks, read, temporaryRepository, write } from './temporary-repository.ts';

// The promise that everything else stands on: whatever a run does, the user's checkout and repository stay as they were.

const name = fc.constantFrom('a', 'train', 'with space', 'ünï', '-dash', '日本', "quo'te", 'x[1]', '.hidden');
const file = fc
  .tuple(fc.array(name, { maxLength: 2 }), name)
  .map(([dirs, base]) => [...dirs.map((d) => `${d}.d`), base].join('/'));
const text = fc.constantFrom('', '1\n', 'lr = 0.1\n', 'no newline', 'crlf\r\n', 'ü\n', '\u001b[31m\n');
const files = (tail: string) =>
  fc.dictionary(
    file.map((path) => path + tail),
    text,
    { minKeys: 1, maxKeys: 4, noNullPrototype: true },
  );

const scene = fc.record({
  prefix: fc.constantFrom('', 'sub', 'deep er/ünder'),
  surface: files('.py'),
  locked: files('.txt'),
  untracked: files('.log'),
  ignored: files('.tmp'),
  unstaged: fc.boolean(),
  staged: fc.boolean(),
  stash: fc.boolean(),
  packed: fc.boolean(),
  detached: fc.boolean(),
});

const act = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('try' as const),
      path: fc.nat(),
      text,
      fresh: fc.boolean(),
      keep: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant('revert' as const), to: fc.nat() }),
  fc.record({ do: fc.constant('mess' as const), files: files('.py') }),
  fc.record({ do: fc.constantFrom('checkout' as const, 'reopen' as const, 'close' as const), to: fc.nat() }),
);

test("the user's files, index, HEAD, config, stash and refs are byte-identical after any run", async () => {
  await fc.assert(
    fc.asyncProperty(scene, fc.array(act, { minLength: 3, maxLength: 7 }), async (at, acts) => {
      const root = temporaryRepository(
        { '.gitignore': '*.tmp\n', 'base.txt': 'base\n', 'tab\tbed': 't' },
        'the repo',
      );
      const project = join(root, at.prefix);
      write(project, { ...at.surface, ...at.locked });
      git(root, 'add', '-A', ':!.pawl');
      git(root, 'commit', '-qm', 'files');
      symlinkSync('base.txt', join(root, 'link'));
      git(root, 'add', 'link');
      git(root, 'commit', '-qm', 'link');
      for (const branch of ['other', 'topic/ü']) git(root, 'branch', branch, 'HEAD~1');
      git(root, 'tag', 'v1');
      if (at.stash) {
        write(root, { 'base.txt': 'stashed\n' });
        git(root, 'stash');
      }
      const [locked] = Object.keys(at.locked);
      if (at.staged) {
        write(project, { [locked!]: 'staged\n' });
        git(project, 'add', '--', `./${locked}`);
      }
      if (at.unstaged) write(root, { 'base.txt': 'unstaged\n' });
      write(project, { ...at.untracked, ...at.ignored, '.pawl/.gitignore': '*\n' });
      chmodSync(join(project, Object.keys(at.untracked)[0]!), 0o640);
      if (at.detached) git(root, 'checkout', '-q', '--detach');
      if (at.packed) git(root, 'pack-refs', '--all');
      git(root, 'config', 'commit.gpgsign', 'true');
      git(root, 'config', 'core.autocrlf', 'input');
      const mark = plantHooks(root);
      // Last: `status` writes the index.
      git(root, 'status');
      const before = fingerprint(root);

      const link = Object.keys(at.ignored).slice(0, 1);
      const { head } = await inspectProject(project, { surface: ['**/*.py'], link });
      const start = {
        projectDir: project,
        runDir: join(project, '.pawl/runs/t'),
        tag: 't',
        base: head,
        surface: ['**/*.py'],
        link,
      };
      let { workspace } = await openWorkspace({ ...start, resume: false });
      let champion = head;
      const commits = [head];
      for (const [n, step] of acts.entries()) {
        if (step.do === 'try') {
          const known = [...(await workspace.surface(champion)).keys()];
          const path = step.fresh ? `made ${step.path % 3}/neu.py` : known[step.path % known.length]!;
          const staged = await workspace.stage(champion, new Map([[path, step.text]]));
          const sha = await workspace.commit(n + 1, champion, staged.tree, `#${n + 1}`);
          expect(await workspace.changedSince(sha)).toEqual([]);
          expect(read(workspace.cwd, path)).toBe(step.text);
          commits.push(sha);
          if (step.keep) {
            await workspace.move(champion, sha);
            champion = sha;
          }
        } else if (step.do === 'revert') {
          const to = commits[step.to % commits.length]!;
          await workspace.move(champion, to);
          champion = to;
        } else if (step.do === 'mess') write(workspace.cwd, step.files);
        else if (step.do === 'checkout') {
          const to = commits[step.to % commits.length]!;
          await workspace.checkout(to);
          expect(git(workspace.dir, 'status', '--porcelain', '-uno')).toBe('');
        } else {
          if (step.do === 'close') await workspace.close();
          if (step.to % 3 === 0) rmSync(workspace.dir, { recursive: true, force: true });
          ({ workspace } = await openWorkspace({ ...start, resume: true }));
        }
        expect(await workspace.tip()).toBe(champion);
      }
      await workspace.close();
      expect(fingerprint(root)).toEqual(before);
      expect(existsSync(mark)).toBe(false);
      git(root, 'gc', '-q', '--prune=now');
      for (const sha of commits) expect(git(root, 'cat-file', '-t', sha)).toBe('commit');
      rmSync(dirname(root), { recursive: true });
    }),
    { numRuns: 12, endOnFailure: true, interruptAfterTimeLimit: 20_000 },
  );
}, 60_000);

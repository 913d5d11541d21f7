import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { liesAmongSecrets, ownTextFault } from '../../src/protocol/own-text.ts';

let home: string;
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-home-')));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const put = (path: string): string => {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), 'x');
  return realpathSync(join(home, path));
};
const secret = 'is a place of secrets';
const house = 'is inside .git or .pawl';

describe('a home folder that is the project', () => {
  test.each([
    ['.ssh/id_ed25519', secret],
    ['.ssh/notes/program.md', secret],
    ['.SSH/id_ed25519', secret],
    ['.aws/credentials', secret],
    ['.netrc', secret],
    ['.config/pawl/config.yaml', secret],
    ['.config/gh/hosts.yml', secret],
    ['.bash_history', secret],
    ['.claude/memory.md', secret],
    ['.env', secret],
    ['work/.env.local', secret],
    ['work/.ENV', secret],
    ['.env.example', null],
    ['.git/config', house],
    ['.GIT/config', house],
    ['work/.Pawl/runs/x.md', house],
    ['.pawl/out/x.md', house],
    ['program.md', null],
    ['.config/notes/program.md', null],
    ['.sshd/program.md', null],
    ['ssh/program.md', null],
  ])('%s: %s', (path, fault) => {
    expect(ownTextFault(home, put(path), [home])).toBe(fault);
  });
});

test('a project that secrets are linked into, as dotfiles are', () => {
  const key = put('dotfiles/ssh/id_ed25519');
  symlinkSync(join(home, 'dotfiles/ssh'), join(home, '.ssh'));
  expect(ownTextFault(join(home, 'dotfiles'), key, [home])).toBe(secret);
  expect(ownTextFault(join(home, 'dotfiles'), put('dotfiles/program.md'), [home])).toBeNull();
});

test('a project that its user put into such a place may have texts there, but not those of its neighbours', () => {
  const project = join(home, '.claude/work');
  expect(ownTextFault(project, put('.claude/work/program.md'), [home])).toBeNull();
  expect(ownTextFault(project, put('.claude/memory.md'), [home])).toBe('lies outside the project');
});

test('a home that is itself a link', () => {
  const key = put('real/.ssh/id');
  symlinkSync(join(home, 'real'), join(home, 'me'));
  expect(liesAmongSecrets(join(home, 'real'), key, [join(home, 'me')])).toBe(true);
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attack } from './attack.ts';
import type { World } from './world.ts';

const text = (path: string) => (existsSync(path) ? readFileSync(path, 'latin1') : '');

type Made = (world: World) => boolean;

const writes = (name: string, code: string, won: Made | 'OPENED'): Attack => ({
  group: 'write outside',
  name,
  code,
  won: ({ world, log }) => (won === 'OPENED' ? log.includes(won) : won(world)),
});

/** Writing where a trial has no business. */
export const writing: Attack[] = [
  writes('the home folder', `fs.writeFileSync(W.home + '/.profile', 'evil')`, (w) =>
    existsSync(join(w.home, '.profile')),
  ),
  writes("the user's checkout", `fs.appendFileSync(W.project + '/train.mjs', '// evil')`, (w) =>
    text(join(w.project, 'train.mjs')).includes('evil'),
  ),
  writes('/tmp of the machine', `fs.writeFileSync(W.mark, 'evil')`, (w) => existsSync(w.mark)),
  writes('the journal', `fs.appendFileSync(W.run + '/journal.jsonl', 'evil')`, (w) =>
    text(join(w.run, 'journal.jsonl')).includes('evil'),
  ),
  writes(
    "another experiment's output",
    `fs.writeFileSync(W.run + '/experiments/1/out-0/result.txt', 'evil')`,
    (w) => text(join(w.run, 'experiments/1/out-0/result.txt')).includes('evil'),
  ),
  writes('linked input', `fs.writeFileSync('data/corpus.txt', 'evil')`, (w) =>
    text(join(w.project, 'data/corpus.txt')).includes('evil'),
  ),
  writes(
    'linked input, past the link',
    `fs.symlinkSync(W.project + '/data', 'data2'); fs.writeFileSync('data2/corpus.txt', 'evil2')`,
    (w) => text(join(w.project, 'data/corpus.txt')).includes('evil2'),
  ),
  writes(
    'by a hard link out of the worktree',
    `fs.linkSync(W.project + '/.gitignore', 'hard'); fs.appendFileSync('hard', 'evil')`,
    (w) => text(join(w.project, '.gitignore')).includes('evil'),
  ),
  writes('through /proc/self/cwd/..', `fs.writeFileSync('/proc/self/cwd/../evil', '1')`, (w) =>
    existsSync(join(w.run, 'evil')),
  ),
  writes('through /proc/1/root', `fs.writeFileSync('/proc/1/root' + W.home + '/evil-root', '1')`, (w) =>
    existsSync(join(w.home, 'evil-root')),
  ),
  writes(
    'kernel settings',
    `for (const p of ['/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger']) { fs.closeSync(fs.openSync(p, 'r+')); console.log('OPENED'); }`,
    'OPENED',
  ),
  writes(
    'control groups in /sys',
    `fs.mkdirSync('/sys/fs/cgroup/pawl-attack'); fs.rmdirSync('/sys/fs/cgroup/pawl-attack'); console.log('OPENED')`,
    'OPENED',
  ),
  writes(
    'disks',
    `for (const d of fs.readdirSync('/dev')) { try { if (fs.statSync('/dev/' + d).isBlockDevice()) { fs.closeSync(fs.openSync('/dev/' + d, 'r')); console.log('OPENED'); } } catch {} }`,
    'OPENED',
  ),
  writes(
    'the home folder, with the mounts undone',
    `sh('mount -o remount,bind,rw ' + W.home + '; mount -o remount,rw ' + W.project + '; unshare -Urm sh -c "mount -o remount,rw /; echo 1 > ' + W.home + '/remounted"')`,
    (w) => existsSync(join(w.home, 'remounted')),
  ),
];

const leaks = (name: string, code: string, what: string): Attack => ({
  group: 'read secrets',
  name,
  code,
  won: ({ log }) => new RegExp(`open-sesame-\\d+${what === '' ? '' : ` ${what}`}`).test(log),
});

export const reading: Attack[] = [
  leaks('~/.ssh', `leak(W.home + '/.ssh/id_ed25519')`, ''),
  leaks('~/.ssh by a symbolic link', `fs.symlinkSync(W.home + '/.ssh', 'x'); leak('x/id_ed25519')`, ''),
  leaks('~/.ssh through /proc/self/root', `leak('/proc/self/root' + W.home + '/.ssh/id_ed25519')`, ''),
  leaks(
    '~/.ssh with the mount taken away',
    `sh('unshare -Urm sh -c "umount ' + W.home + '/.ssh; cat ' + W.home + '/.ssh/*"; umount ' + W.home + '/.ssh; cat ' + W.home + '/.ssh/*')`,
    '',
  ),
  leaks('~/.aws', `leak(W.home + '/.aws/credentials')`, ''),
  leaks('~/.netrc', `leak(W.home + '/.netrc')`, ''),
  leaks('~/.bash_history', `leak(W.home + '/.bash_history')`, ''),
  leaks("pawl's own settings", `leak(W.home + '/.config/pawl/config.yaml')`, ''),
  leaks('tokens in the environment', `console.log(JSON.stringify(process.env))`, ''),
  leaks(
    "tokens in the engine's environment",
    `for (const p of fs.readdirSync('/proc')) if (/^\\d+$/.test(p)) try { leak('/proc/' + p + '/environ') } catch {}`,
    'engine-env',
  ),
  leaks("the project's .env", `leak(W.project + '/.env')`, ''),
  leaks('the journal', `leak(W.run + '/journal.jsonl')`, ''),
  leaks("another experiment's reply", `leak(W.run + '/experiments/1/reply.md')`, ''),
];

const calls = (name: string, code: string, server: string): Attack => ({
  group: 'network and sockets',
  name,
  code,
  won: (after) => after.calls(server) > 0,
});

export const network: Attack[] = [
  calls('TCP to the machine', `await call({ port: W.tcp, host: '127.0.0.1' })`, 'tcp'),
  calls('TCP to the network', `await call({ port: W.tcp, host: W.address })`, 'tcp'),
  calls(
    'UDP',
    `const s = dgram.createSocket('udp4'); s.on('error', () => {}); for (const h of ['127.0.0.1', W.address]) s.send('x', W.udp, h, () => {}); await wait(200); s.close()`,
    'udp',
  ),
  calls('a socket in /tmp', `await call({ path: W.sockets.tmp })`, 'tmp'),
  calls('a socket in the home folder', `await call({ path: W.sockets.home })`, 'home'),
  calls('a socket with a relative path', `await call({ path: W.sockets.relative })`, 'relative'),
  calls("the engine's socket", `await call({ path: W.sockets.runtime })`, 'runtime'),
  calls('an abstract socket', `await call({ path: W.sockets.abstract })`, 'abstract'),
];

const git = (name: string, code: string, won: Attack['won']): Attack => ({
  group: 'change git',
  name,
  code,
  won,
});

export const repository: Attack[] = [
  git(
    'move the branch',
    `sh('git -C ' + W.project + ' update-ref refs/heads/main $(git -C ' + W.project + ' commit-tree HEAD^{tree} -m evil)')`,
    (a) => a.git('log', '--format=%s', 'main').includes('evil'),
  ),
  git(
    'install a hook',
    `fs.writeFileSync(W.project + '/.git/hooks/post-checkout', '#!/bin/sh', { mode: 0o755 })`,
    ({ world }) => existsSync(join(world.project, '.git/hooks/post-checkout')),
  ),
  git(
    'set a config that runs programs',
    `sh('git -C ' + W.project + ' config core.fsmonitor /bin/evil')`,
    (a) => a.git('config', '--list').includes('evil'),
  ),
  git(
    'delete an object',
    `const o = W.project + '/.git/objects'; for (const d of fs.readdirSync(o)) if (/^[0-9a-f]{2}$/.test(d)) fs.rmSync(o + '/' + d, { recursive: true })`,
    (a) => {
      try {
        a.git('fsck', '--no-dangling');
        return false;
      } catch {
        return true;
      }
    },
  ),
  git('commit from the worktree', `sh('git commit -q --allow-empty -m evil-commit')`, (a) =>
    a.git('log', '--all', '--format=%s').includes('evil-commit'),
  ),
  git(
    'the stash',
    `sh('git -C ' + W.project + ' update-ref refs/stash HEAD')`,
    (a) => a.git('for-each-ref', 'refs/stash') !== '',
  ),
];

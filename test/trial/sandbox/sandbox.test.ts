import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isSecretFile, secretPlaces } from '../../../src/protocol/secret-places.ts';
import { hasProc } from '../../../src/trial/process-table.ts';
import { explainProbe } from '../../../src/trial/sandbox/explain.ts';
import { parseUnixTable } from '../../../src/trial/sandbox/host-sockets.ts';
import { bwrapArguments, type SandboxLayout } from '../../../src/trial/sandbox/layout.ts';
import { planSandbox } from '../../../src/trial/sandbox/plan.ts';
import { probeSandbox } from '../../../src/trial/sandbox/probe.ts';
import { mostPins, worktreePlaces } from '../../../src/trial/sandbox/writable.ts';
import { isSecret } from '../../../src/trial/secret-names.ts';
import { folder, runs, script, start, until } from '../trial-harness.ts';

describe('what of the worktree can be written to', () => {
  const shown = (tracked: string[], cwd = '', surface: string[] = []) =>
    worktreePlaces(tracked, cwd, surface).places.map(
      ({ path, writable }) => `${writable ? 'rw' : 'ro'} ${path}`,
    );

  it('the folder itself, but no tracked file, nor a folder that has one', () => {
    expect(shown(['train.py', 'eval/score.py', 'eval/deep/data.csv'])).toEqual([
      'rw ',
      'ro eval',
      'ro train.py',
    ]);
  });
  it('the folders of surface files, each tracked file in them pinned, also below locked folders', () => {
    const tracked = ['lib/judge.py', 'lib/net/model.py', 'lib/net/loss.py', 'lib/net/eval/e.py'];
    expect(shown(tracked, '', ['lib/net/model.py'])).toEqual([
      ...['rw ', 'ro lib', 'rw lib/net', 'ro lib/net/eval', 'ro lib/net/model.py', 'ro lib/net/loss.py'],
    ]);
  });
  it('folders are pinned first, and never more than bubblewrap can bear', () => {
    const many = Array.from({ length: 3000 }, (_, i) => `f${i}.txt`);
    const { places, unpinned } = worktreePlaces([...many, 'eval/e.py'], '');
    expect(places).toHaveLength(1 + mostPins);
    expect(places[1]).toEqual({ path: 'eval', writable: false });
    expect(unpinned).toBe(3001 - mostPins);
  });
  it('folders that git only keeps for what will be put there', () => {
    expect(shown(['train.py', 'out/.gitkeep', 'out/logs/README.md'])).toEqual([
      ...['rw ', 'rw out', 'rw out/logs', 'ro train.py', 'ro out/.gitkeep', 'ro out/logs/README.md'],
    ]);
    expect(shown(['src/a.py', 'src/README.md'])).toEqual(['rw ', 'ro src']);
  });
  it('only the project, where it is a folder of a larger repository', () => {
    expect(shown(['lib/x.py', 'sub/train.py', 'sub/eval/e.py'], 'sub')).toEqual([
      ...['ro ', 'rw sub', 'ro sub/eval', 'ro sub/train.py'],
    ]);
  });
});

describe('secrets', () => {
  it.each([
    ...[
      'OPENAI_API_KEY',
      'HF_TOKEN',
      'AWS_PROFILE',
      'SSH_AUTH_SOCK',
      'DB_PASSWORD',
      'SESSION_SECRET',
      'GITHUB_ENV',
    ],
    ...['GOOGLE_APPLICATION_CREDENTIALS', 'SENTRY_DSN', 'SECRET_KEY_BASE64', 'NPM_TOKEN', 'WANDB_API_KEY'],
    ...['PGPASSWORD', 'MYSQL_PWD', 'SSHPASS', 'SLACK_WEBHOOK_URL', 'WEBHOOK'],
  ])('%s is one', (name) => expect(isSecret(name, 'x')).toBe(true));
  it.each([
    ...[
      'PATH',
      'HOME',
      'MAX_TOKENS',
      'TOKENIZERS_PARALLELISM',
      'CUDA_VISIBLE_DEVICES',
      'KEYBOARD',
      'LANG',
      'COMPASS',
    ],
    ...['PYTHONPATH', 'MONKEY', 'OMP_NUM_THREADS', 'AUTHOR_NAME', 'VIRTUAL_ENV', 'LD_LIBRARY_PATH', 'ARMOR'],
  ])('%s is none', (name) => expect(isSecret(name, '/usr/bin:1')).toBe(false));
  it('a password in an address is one under any name', () => {
    expect(isSecret('PIP_INDEX_URL', 'https://ada:lovelace@example.org/simple')).toBe(true);
    expect(isSecret('HTTP_PROXY', 'http://proxy.example.org:3128')).toBe(false);
  });
  it('files and folders: of each home, and of root only for root', () => {
    expect(secretPlaces(['/home/ada'], false)).toContain('/home/ada/.ssh');
    expect(secretPlaces(['/home/ada'], false)).not.toContain('/etc/shadow');
    expect(secretPlaces(['/root'], true)).toEqual(expect.arrayContaining(['/root/.aws', '/etc/shadow']));
    expect(['.env', '.env.local', '.env.example', '.environment', 'x.env'].filter(isSecretFile)).toEqual([
      ...['.env', '.env.local'],
    ]);
  });
});

const layout: SandboxLayout = {
  devices: ['/dev/nvidia0'],
  emptied: ['/tmp'],
  shown: [['/tmp/p/.git', '/tmp/p/.git']],
  hiddenFolders: ['/home/a/.ssh'],
  hiddenFiles: ['/home/a/.netrc'],
  closed: ['/tmp/p/.pawl'],
  places: [
    { path: '/w', writable: true },
    { path: '/w/eval.py', writable: false },
  ],
  opened: ['/home/u/.cache/tool'],
  emptyFolder: '/e',
  cwd: '/w',
  memoryBytes: 2_666_667,
};

it('programs below an emptied folder are shown with their installation, but not where the project is part of it', () => {
  const root = folder();
  const project = join(root, 'project');
  for (const path of ['bin', 'tool/bin', 'project']) mkdirSync(join(root, path), { recursive: true });
  const { shown } = planSandbox({
    grounds: { worktree: project, tracked: [], inputs: [], project },
    cwd: project,
    writable: [],
    pinned: false,
    env: { PATH: `${root}/bin:${root}/tool/bin`, TMPDIR: root },
    emptyFolder: root,
  });
  const seen = shown.map(([, place]) => place).filter((place) => place.startsWith(root));
  expect(seen).toEqual([join(root, 'bin'), join(root, 'tool')]);
});

describe('the arguments of bubblewrap', () => {
  const full = { userNamespace: true, closedUserNamespace: true, sizes: true };
  const line = (flags = full) => bwrapArguments(layout, flags).join(' ');
  it('lay things over one another in an order that holds', () => {
    const order = [
      ...['--ro-bind / /', '--proc /proc', '--dev /dev', '--ro-bind-try /proc/sys /proc/sys'],
      ...[
        '--dev-bind-try /dev/nvidia0 /dev/nvidia0',
        '--tmpfs /dev/shm',
        '--size 1000000 --tmpfs /tmp',
        '--bind-try /home/u/.cache/tool /home/u/.cache/tool',
        '--ro-bind /e /home/a/.ssh',
      ],
      ...[
        '--ro-bind /dev/null /home/a/.netrc',
        '--tmpfs /tmp/p/.pawl',
        '--ro-bind-try /tmp/p/.git',
        '--bind /w /w',
      ],
      ...[
        '--ro-bind /w/eval.py /w/eval.py',
        '--remount-ro /dev',
        '--remount-ro /tmp/p/.pawl',
        '--chdir /w --',
      ],
    ].map((part) => line().indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });
  it('do without what an older version does not know', () => {
    expect(line({ userNamespace: true, closedUserNamespace: false, sizes: false })).not.toMatch(
      /--size|--disable/,
    );
  });
});

it('sockets of the host by their path; abstract ones have none', () => {
  const table =
    'Num       RefCount Protocol Flags    Type St Inode Path\n' +
    '0000000000000000: 00000002 00000000 00010000 0001 01 12345 /var/lib/my sql/x.sock\n' +
    '0000000000000000: 00000003 00000000 00000000 0001 03 12346\n' +
    '0000000000000000: 00000002 00000000 00010000 0001 01 12347 @abstract\n';
  expect(parseUnixTable(table)).toEqual(['/var/lib/my sql/x.sock']);
});

describe('where it cannot work', () => {
  const rules = { appArmor: false, forbidden: null, container: false } as const;
  const refused = {
    bwrap: null,
    kind: 'refused',
    said: 'bwrap: setting up uid map: Permission denied',
  } as const;
  it('the fix is exact', () => {
    expect(explainProbe({ bwrap: null, kind: 'missing', said: '' }, rules).fix.join('\n')).toMatch(
      /apt install bubblewrap/,
    );
    const ubuntu = explainProbe(refused, { ...rules, appArmor: true });
    expect(ubuntu.why).toBe(
      'bubblewrap is installed but cannot work here: setting up uid map: Permission denied',
    );
    expect(ubuntu.fix.join('\n')).toMatch(
      /profile bwrap \/usr\/bin\/bwrap flags=\(unconfined\)[\s\S]*userns,[\s\S]*apparmor_parser -r/,
    );
    const debian = explainProbe(refused, { ...rules, forbidden: 'kernel.unprivileged_userns_clone=1' });
    expect(debian.fix.join('\n')).toMatch(/kernel\.unprivileged_userns_clone=1/);
  });
  it.skipIf(!hasProc)('a missing program, and one that refuses, are told apart', async () => {
    const root = folder();
    expect(await probeSandbox(process.env, join(root, 'none'))).toMatchObject({
      bwrap: null,
      kind: 'missing',
    });
    const fake = join(root, 'bwrap');
    writeFileSync(
      fake,
      '#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 0.4 && exit\necho "bwrap: No permissions" >&2; exit 1\n',
      { mode: 0o755 },
    );
    expect(await probeSandbox(process.env, fake)).toEqual({
      bwrap: null,
      kind: 'refused',
      said: 'bwrap: No permissions',
    });
  });
});

const probe = hasProc ? await probeSandbox() : null;
const bwrap = probe?.bwrap ?? null;

describe.skipIf(bwrap === null)('a command inside', () => {
  const inside = (root: string) => ({
    shelter: { bwrap, setpriv: null, emptyFolder: join(root, 'empty') },
  });
  const place = () => {
    const root = folder();
    mkdirSync(join(root, 'work'));
    return {
      root,
      cwd: join(root, 'work'),
      logPath: join(root, 'log/trial.log'),
      outDir: join(root, 'out'),
      cacheDir: join(root, 'cache'),
    };
  };

  it.each([
    ['echo METRIC score=1', { outcome: 'ok', exit: 0, signal: null, metric: 1, swept: 0 }],
    ['echo METRIC score=1; exit 7', { outcome: 'crashed', exit: 7, why: 'exit 7' }],
    [
      'kill -SEGV $$',
      { outcome: 'crashed', exit: 139, why: 'exit 139, ended by SIGSEGV: Segmentation fault' },
    ],
    ['no-such-command', { outcome: 'crashed', exit: 127 }],
  ])('%s: the exit code is its own', async (command, expected) => {
    const { root, ...changes } = place();
    const { trial } = await start(command, changes, inside(root));
    expect(await trial.result).toMatchObject(expected);
  });

  it('its descriptors are the log alone, and it writes to its three places', async () => {
    const { root, ...changes } = place();
    const { trial } = await start(
      `ls /proc/self/fd | tr '\\n' ' ' > fds; echo o > "$PAWL_OUT_DIR/o"; mkdir "$TRITON_CACHE_DIR"; echo c > "$TRITON_CACHE_DIR/../c"; echo t > /tmp/t; echo METRIC score=1`,
      changes,
      inside(root),
    );
    expect(await trial.result).toMatchObject({ outcome: 'ok' });
    // 3 is ls reading the folder; whoever started the tests may have left high ones open.
    expect(readFileSync(join(changes.cwd, 'fds'), 'utf8')).not.toMatch(/ [4-9] /);
    expect(existsSync(join(root, 'out/o')) && existsSync(join(root, 'cache/c'))).toBe(true);
  });

  it('a time-out interrupts the trainer, which prints its last number', async () => {
    const { root, ...changes } = place();
    const train = script(
      changes.cwd,
      'train',
      `process.on('SIGINT', () => { console.log('last words'); process.exit(0); }); console.log('up'); setInterval(() => {}, 1000);`,
    );
    const { trial, watcher } = await start(
      `${train}; echo METRIC score=2`,
      { ...changes, timeoutMs: 1500 },
      inside(root),
    );
    const result = await trial.result;
    expect(result).toMatchObject({ outcome: 'timed-out' });
    expect(watcher.lines).toContain('last words');
  });

  it('what is left is counted, given its moment, and ended', async () => {
    const { root, ...changes } = place();
    const lingering = await start(`(sleep 0.1; echo bye) & echo METRIC score=1`, changes, {
      ...inside(root),
      lingerMs: 5000,
    });
    expect(await lingering.trial.result).toMatchObject({ outcome: 'ok', swept: 0 });
    expect(lingering.watcher.lines).toContain('bye');
    const stubborn = await start(
      `setsid sh -c 'trap "" TERM; sleep 600' & sleep 0.1; echo METRIC score=1`,
      changes,
      inside(root),
    );
    expect((await stubborn.trial.result).swept).toBeGreaterThanOrEqual(1);
    expect(runs(stubborn.trial.process.pid)).toBe(false);
  });

  it('its memory is seen', async () => {
    const { root, ...changes } = place();
    const eat = script(
      changes.cwd,
      'eat',
      `const a = Buffer.alloc(200 << 20, 1); setTimeout(() => console.log('METRIC score=' + a[0]), 800);`,
    );
    const { trial } = await start(eat, changes, inside(root));
    expect((await trial.result).peakRssMiB).toBeGreaterThan(200);
  });

  it('a trainer in a folder of its own writes beside itself; what is pinned stays where it is', async () => {
    const { root, ...changes } = place();
    mkdirSync(join(changes.cwd, 'src/eval'), { recursive: true });
    const files = { 'src/train.mjs': '1', 'src/fixed.mjs': '2', 'src/eval/e.mjs': '3' };
    for (const [path, text] of Object.entries(files)) writeFileSync(join(changes.cwd, path), text);
    const grounds = {
      worktree: changes.cwd,
      tracked: Object.keys(files),
      surface: ['src/train.mjs'],
      inputs: [],
      project: root,
    };
    const { trial, watcher } = await start(
      `echo m > src/model.bin && mkdir -p src/checkpoints src/__pycache__ out && echo c > src/checkpoints/1 &&
      echo '{"score": 3}' > out/result.json && echo wrote
      for p in src src/eval src/fixed.mjs src/train.mjs; do mv $p moved && echo moved $p; done
      for p in src/fixed.mjs src/train.mjs src/eval/e.mjs src/eval/new; do echo x > $p && echo changed $p; rm -f $p && [ ! -e $p ] && [ $p != src/eval/new ] && echo removed $p; done
      true`,
      { ...changes, grounds, metric: { json: 'out/result.json#score' } },
      inside(root),
    );
    expect(await trial.result).toMatchObject({ outcome: 'ok', metric: 3 });
    expect(watcher.lines).toContain('wrote');
    expect(watcher.lines.filter((line) => /^(moved|changed|removed) /.test(line))).toEqual([]);
    for (const [path, text] of Object.entries(files))
      expect(readFileSync(join(changes.cwd, path), 'utf8')).toBe(text);
  });

  it.each([
    ['echo x > /usr/evil', /exit 2: .*the sandbox keeps .*PAWL_OUT_DIR.*--no-sandbox/],
    ['echo "Temporary failure in name resolution"; exit 1', /the sandbox has no network.*link:/],
    ['echo "open x: Permission denied"; exit 1', /perhaps the sandbox/],
  ])('%s: the verdict says that it was the sandbox', async (command, why) => {
    const { root, ...changes } = place();
    const { trial } = await start(command, changes, inside(root));
    expect((await trial.result).why).toMatch(why);
  });

  it('linked input is read, through the link, also from below /tmp', async () => {
    const { root, ...changes } = place();
    mkdirSync(join(root, 'data'));
    writeFileSync(join(root, 'data/x'), 'METRIC score=5\n');
    symlinkSync(join(root, 'data'), join(changes.cwd, 'data'));
    const grounds = { worktree: changes.cwd, tracked: [], inputs: [join(root, 'data')], project: root };
    const { trial } = await start('cat data/x; echo no > data/x', { ...changes, grounds }, inside(root));
    expect(await trial.result).toMatchObject({ exit: 2, metrics: { score: 5 } });
  });

  it('stop ends it at any moment, also the first', async () => {
    const { root, ...changes } = place();
    const { trial } = await start('sleep 600', changes, inside(root));
    trial.stop('now');
    expect(await trial.result).toMatchObject({ outcome: 'stopped', why: 'now' });
    await until('bubblewrap is gone', () => !runs(trial.process.pid));
  });
});

// Loaded into a test's engine with NODE_OPTIONS=--import. Sees every effect of the engine that lasts (files, folders,
// links, fsyncs, processes, what is said to an open git), names it, and kills the engine before or after a chosen one.
// The engine's own code knows nothing of this: what is killed is the product as it is shipped.
import child_process from 'node:child_process';
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const isEngine = process.argv[2] === '__engine';
/** `{name, count, when: 'before' | 'after', all: boolean}`: the count-th effect of that name. */
const plan = process.env.TEST_KILL_AT ? JSON.parse(process.env.TEST_KILL_AT) : null;
const logPath = process.env.TEST_EFFECTS;
if (isEngine && (plan || logPath)) install();

function install() {
  const real = { ...fs };
  const seen = new Map();
  const paths = new Map();
  const children = new Set();

  function die() {
    real.appendFileSync(`${logPath}.died`, `${plan.when} ${plan.name} ${plan.count}\n`);
    if (plan.all) {
      for (const child of children) tryKill(-child) || tryKill(child);
      tryKill(process.ppid);
    }
    process.kill(process.pid, 'SIGKILL');
    // Until the signal is there nothing more may happen.
    for (;;);
  }

  // Node's own functions call each other: only the outermost is an effect of the engine's.
  let inside = false;
  function around(name, work) {
    if (inside) return work();
    inside = true;
    try {
      return outermost(name, work);
    } finally {
      inside = false;
    }
  }

  function outermost(name, work) {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const hit = plan !== null && plan.name === name && plan.count === count;
    if (hit && plan.when === 'before') die();
    const answer = work();
    if (!plan && logPath) real.appendFileSync(logPath, `${name}\n`);
    if (!hit) return answer;
    // A promise is killed while it is at work, and a process just after it was started.
    die();
  }

  const named = (path) => nameOf(typeof path === 'number' ? (paths.get(path) ?? 'fd') : String(path));

  for (const target of [fs, promises]) {
    for (const [call, at] of Object.entries({
      writeFile: 0,
      writeFileSync: 0,
      appendFile: 0,
      appendFileSync: 0,
      rename: 1,
      renameSync: 1,
      link: 1,
      linkSync: 1,
      symlink: 1,
      symlinkSync: 1,
      unlink: 0,
      unlinkSync: 0,
      rm: 0,
      rmSync: 0,
      rmdirSync: 0,
      mkdir: 0,
      mkdirSync: 0,
      copyFileSync: 1,
      fsyncSync: 0,
      fdatasyncSync: 0,
      ftruncateSync: 0,
      chmodSync: 0,
      writeSync: 0,
    })) {
      const original = target[call];
      if (!original) continue;
      target[call] = (...args) => {
        const path = named(args[at]);
        if (path === null) return original(...args);
        return around(
          `${call.replace(/Sync$/, '')} ${path}${call === 'writeSync' ? lineType(args[1]) : ''}`,
          () => original(...args),
        );
      };
    }
  }
  const open = fs.openSync;
  fs.openSync = (path, ...rest) => {
    const fd = open(path, ...rest);
    paths.set(fd, String(path));
    return fd;
  };
  const spawn = child_process.spawn;
  child_process.spawn = (command, ...rest) => {
    const args = Array.isArray(rest[0]) ? rest[0] : [];
    const name = processName(String(command), args);
    return around(`start ${name}`, () => {
      const child = spawn(command, ...rest);
      if (child.pid) children.add(child.pid);
      child.once('exit', () => children.delete(child.pid));
      if (name.startsWith('git update-ref') && child.stdin) listen(child);
      return child;
    });
  };
  function listen(child) {
    const write = child.stdin.write.bind(child.stdin);
    child.stdin.write = (text, ...rest) =>
      around(`tell git ${refWords(String(text))}`, () => write(text, ...rest));
  }
  syncBuiltinESMExports();
}

function tryKill(pid) {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** A path without what changes from run to run; null for what is not the engine's to keep. */
function nameOf(path) {
  if (path === 'fd' || path.startsWith('/proc/') || path.startsWith('/dev/')) return null;
  return path
    .replace(/^.*\/\.pawl\/runs\/[^/]+/, 'run')
    .replace(/^.*\/\.pawl/, '.pawl')
    .replace(/^.*\/\.git\//, '.git/')
    .replace(/^.*\/([0-9a-f]{16}\.sock)$/, 'socket')
    .replace(/^.*\/run\/pawl$/, 'runtime folder')
    .replace(/[0-9a-f]{12,}/g, 'X')
    .replace(/\d+/g, 'N');
}

function lineType(bytes) {
  return /"type":"([a-z.]+)"/.exec(String(bytes).slice(0, 200))?.[1]?.replace(/^/, ' ') ?? '';
}

function processName(command, args) {
  if (/\/?git$/.test(command)) {
    const words = args.filter((word, i) => word !== '-c' && args[i - 1] !== '-c' && !word.startsWith('-'));
    // Whether git syncs what it writes is part of the order in which things get to the disk.
    return `git ${words[0] ?? ''}${args.includes('core.fsync=committed,reference') ? ' synced' : ''}`;
  }
  return /\/(sh|setpriv|bwrap)$/.test(command) ? 'trial' : command.replace(/^.*\//, '');
}

function refWords(text) {
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(' ').slice(0, 2).join(' '))
    .filter((line) => line !== 'start')
    .join(', ')
    .replace(/\/pawl\/[^/ ,]+/g, '/pawl/T')
    .replace(/[0-9a-f]{12,}/g, 'X')
    .replace(/\d+/g, 'N');
}

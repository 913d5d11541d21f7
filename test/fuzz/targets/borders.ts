import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { listen, serve } from '../../../src/engine/socket-server.ts';
import { emptyState } from '../../../src/journal/fold.ts';
import { type Command, commandSchema } from '../../../src/protocol/commands.ts';
import { EditRefused, writeEdit } from '../../../src/workspace/edit-path.ts';
import { paths } from '../corpus.ts';
import { type FuzzTarget, must, slowTarget } from '../target.ts';
import { hostileText, mutated } from '../text.ts';

// The real thing: files on a disk with traps in it, and a socket that anybody may have opened.

/** Everything below a folder, contents and links included, as one string. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  const visit = (at: string) => {
    for (const name of readdirSync(at).sort()) {
      const path = join(at, name);
      const stat = lstatSync(path);
      hash.update(`${path} ${stat.mode} ${stat.size} `);
      if (stat.isSymbolicLink()) hash.update(readlinkSync(path));
      else if (stat.isDirectory()) visit(path);
      else hash.update(readFileSync(path));
    }
  };
  visit(folder);
  return hash.digest('hex');
}

interface Traps {
  dir: string;
  root: string;
  outside: string;
  before: string;
}

const traps = {
  async open(): Promise<Traps> {
    const dir = mkdtempSync(join(tmpdir(), 'pawl-fuzz-'));
    const root = join(dir, 'worktree');
    const outside = join(dir, 'outside');
    mkdirSync(join(root, 'lib'), { recursive: true });
    mkdirSync(join(root, '.git'));
    mkdirSync(outside);
    writeFileSync(join(outside, 'file.py'), 'mine');
    symlinkSync(outside, join(root, 'lib', 'link'));
    symlinkSync(join(outside, 'file.py'), join(root, 'planted.py'));
    symlinkSync(join(outside, 'fresh.py'), join(root, 'dangling.py'));
    symlinkSync('..', join(root, 'up'));
    return { dir, root, outside, before: fingerprint(outside) + fingerprint(join(root, '.git')) };
  },
  async close({ dir }: Traps) {
    rmSync(dir, { recursive: true, force: true });
  },
};

const trapPaths = [
  ...paths,
  'lib/link/file.py',
  'planted.py',
  'dangling.py',
  'up/outside/file.py',
  'up/up/x',
  'lib/link',
  'planted.py/x',
];

interface Listening {
  dir: string;
  path: string;
  commands: Command[];
  close(): Promise<void>;
}

const socket = {
  async open(): Promise<Listening> {
    const dir = mkdtempSync(join(tmpdir(), 'pawl-fuzz-'));
    const path = join(dir, 's');
    const commands: Command[] = [];
    const server = serve(await listen(path), {
      version: '0',
      tag: 't',
      project: '/p',
      eventsAfter: () => [],
      lastSeq: () => 0,
      state: emptyState,
      present: () => [],
      command: async (command) => {
        commands.push(command);
        return { ok: true, message: '' };
      },
    });
    return { dir, path, commands, close: () => server.close(100) };
  },
  async close(listening: Listening) {
    await listening.close();
    rmSync(listening.dir, { recursive: true, force: true });
  },
};

const line = fc.oneof(
  hostileText,
  fc.json({ maxDepth: 2 }),
  fc.constantFrom(
    '{"kind":"attach","afterSeq":0,"pulse":true}',
    '{"kind":"command","id":"1","command":{"type":"undo"}}',
    '{"kind":"command","id":"1","command":{"type":"skip","n":-1}}',
    '{"kind":"command","id":"1","command":{"type":"note","text":"","sticky":true}}',
    '{"kind":"command","id":"1","command":{"type":"__proto__"}}',
    `{"kind":"command","id":"${'x'.repeat(100)}","command":{"type":"release"}}`,
  ),
);

/** Sends the lines, then a plain question; resolves when that is answered, or the connection was closed on us. */
function talk(path: string, lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const client: Socket = createConnection(path);
    let heard = '';
    const late = setTimeout(() => reject(new Error('the server does not answer any more')), 5000);
    const over = () => {
      clearTimeout(late);
      client.destroy();
      resolve();
    };
    client.setEncoding('utf8');
    client.on('data', (chunk: string) => {
      heard += chunk;
      if (heard.includes('"id":"the end"')) over();
    });
    client.on('error', over);
    client.on('close', over);
    client.write(`${lines.join('\n')}\n{"kind":"command","id":"the end","command":{"type":"release"}}\n`);
  });
}

export const borderTargets: FuzzTarget[] = [
  slowTarget(
    'writes into a worktree with traps',
    6,
    fc.tuple(fc.oneof(fc.constantFrom(...trapPaths), mutated(trapPaths)), hostileText),
    traps,
    async ([path, text], { root, outside, before }) => {
      await writeEdit(root, path, text).catch((error: NodeJS.ErrnoException) => {
        // A name that the file system does not take is told to the engine as what it is.
        if (!(error instanceof EditRefused) && error.code !== 'ENAMETOOLONG' && error.code !== 'EEXIST')
          throw error;
      });
      must(
        fingerprint(outside) + fingerprint(join(root, '.git')) === before,
        `${JSON.stringify(path)} was written outside`,
      );
    },
  ),
  slowTarget(
    'a socket that anybody opened',
    3,
    fc.array(line, { maxLength: 6 }),
    socket,
    async (lines, { path, commands }) => {
      commands.length = 0;
      await talk(path, lines);
      for (const command of commands)
        must(commandSchema.safeParse(command).success, `not a command: ${JSON.stringify(command)}`);
    },
  ),
];

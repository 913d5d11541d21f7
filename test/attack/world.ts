import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { homedir, networkInterfaces, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

// What there is to steal, to break and to reach: a home with secrets, a project with a run in it, a process that is not
// the trial's, servers on every kind of socket. All of it made for the suite and gone after it.

let worlds = 0;

export const secret = `open-sesame-${process.pid}`;

export interface World {
  root: string;
  home: string;
  project: string;
  run: string;
  /** In the folder that everybody may write to. */
  mark: string;
  victim: number;
  engine: number;
  tcp: number;
  udp: number;
  address: string;
  sockets: { tmp: string; home: string; relative: string; runtime: string; abstract: string };
}

export interface BuiltWorld {
  world: World;
  env: NodeJS.ProcessEnv;
  /** How often anybody called at one of the servers, by its name. */
  calls: Map<string, number>;
  /** A victim that lives: killed ones are replaced. */
  victim(): Promise<number>;
  remove(): Promise<void>;
}

const evaluator = `import { judge } from './lib/judge.mjs';\nconsole.log('METRIC score=' + judge());\n`;

/** Not below /tmp, which a sandboxed trial has for itself: what lies there would be safe too easily. */
function makeRoot(): string {
  return realpathSync(mkdtempSync(join(homedir(), '.pawl-attack-')));
}

export async function buildWorld(): Promise<BuiltWorld> {
  const root = makeRoot();
  const id = `${process.pid}-${worlds++}`;
  const home = join(root, 'home');
  const project = join(root, 'project');
  const run = join(project, '.pawl', 'runs', 't');
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const path of [
    '.ssh/id_ed25519',
    '.netrc',
    '.config/pawl/config.yaml',
    '.bash_history',
    '.aws/credentials',
  ])
    put(join(home, path), `# ${secret} ${path}\n`);
  put(join(home, '.gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.org\n');
  put(join(project, 'train.mjs'), 'export {};\n');
  put(join(project, 'evaluate.mjs'), evaluator);
  put(join(project, 'lib/judge.mjs'), 'export const judge = () => 1;\n');
  put(join(project, '.gitignore'), 'data\n.env\n');
  put(join(project, '.env'), `API=${secret} .env\n`);
  put(join(project, 'data/corpus.txt'), 'the data\n');
  put(join(project, '.pawl/.gitignore'), '*\n');
  put(join(run, 'journal.jsonl'), `{"seq":1,"note":"${secret} journal"}\n`);
  put(join(run, 'experiments/1/reply.md'), `${secret} reply\n`);
  put(join(run, 'experiments/1/out-0/result.txt'), 'as measured\n');
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'core.hooksPath=/dev/null', ...args],
      {
        cwd: project,
        env: { PATH: process.env.PATH, HOME: home },
        stdio: 'pipe',
      },
    );
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'start');

  const calls = new Map<string, number>();
  const called = (name: string) => calls.set(name, (calls.get(name) ?? 0) + 1);
  const servers: Server[] = [];
  const serve = (name: string, at: { path: string } | { port: number; host: string }): Promise<number> =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        called(name);
        socket.on('error', () => {}).end('hello');
      });
      servers.push(server);
      server.once('error', reject).listen(at, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  const runtime = join(root, 'run', 'pawl');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  chmodSync(join(root, 'run'), 0o700);
  const sockets = {
    tmp: join(tmpdir(), `pawl-attack-${id}.sock`),
    home: join(home, 'service.sock'),
    relative: join(home, 'relative.sock'),
    runtime: join(runtime, 'engine.sock'),
    abstract: `\0pawl-attack-${id}`,
  };
  for (const [name, path] of Object.entries(sockets))
    await serve(name, { path: name === 'relative' ? relative(process.cwd(), path) : path });
  const tcp = await serve('tcp', { port: 0, host: '0.0.0.0' });
  const udpServer: UdpSocket = createSocket('udp4').on('message', () => called('udp'));
  const udp = await new Promise<number>((resolve) =>
    udpServer.bind(0, '0.0.0.0', () => resolve(udpServer.address().port)),
  );
  let process_: ChildProcess | null = null;
  const victim = async (): Promise<number> => {
    if (process_ === null || process_.exitCode !== null || process_.signalCode !== null)
      process_ = spawn('sleep', ['3600'], {
        stdio: 'ignore',
        env: { SERVICE_TOKEN: `${secret} engine-env` },
      });
    return process_.pid!;
  };
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((i) => i && !i.internal && i.family === 'IPv4');
  const world: World = {
    root,
    home,
    project,
    run,
    mark: join(tmpdir(), `pawl-attack-mark-${id}`),
    victim: await victim(),
    engine: process.pid,
    tcp,
    udp,
    address: outside?.address ?? '127.0.0.1',
    sockets,
  };
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_RUNTIME_DIR: join(root, 'run'),
    SERVICE_TOKEN: `${secret} token`,
    OPENAI_API_KEY: `${secret} key`,
    MIRROR: `https://ada:${secret}@example.org/simple`,
  };
  return {
    world,
    env,
    calls,
    victim,
    async remove() {
      process_?.kill('SIGKILL');
      for (const server of servers) server.close();
      udpServer.close();
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
      rmSync(world.mark, { force: true });
    },
  };
}

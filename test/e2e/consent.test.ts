import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Pty } from '../harness/pty.ts';
import { createTemporaryProject, type TemporaryProject } from '../harness/temporary-project.ts';
import { openScreen } from './key-harness.ts';
import { journalFaults, type Night, openNight } from './night.ts';
import { runPawl, tagsIn } from './run-pawl.ts';

// What a pawl.yaml may not settle by itself is asked in the terminal, once, and a no means that nothing happens.

let night: Night;
const terminals: Pty[] = [];
const others: TemporaryProject[] = [];
const servers: Elsewhere[] = [];
afterEach(async () => {
  for (const pty of terminals.splice(0)) pty.kill('SIGKILL');
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
  for (const server of servers.splice(0)) await server.close();
  for (const project of others.splice(0)) project.remove();
});

/** An address of this machine that is not loopback: as good as another machine, and nothing leaves this one. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((i) => i && !i.internal && i.family === 'IPv4')?.address;

interface Elsewhere {
  url: string;
  /** Connections that anybody has made. */
  calls(): number;
  close(): Promise<void>;
}

/** The fake Ollama under an address that is not loopback. */
async function elsewhere(): Promise<Elsewhere> {
  let calls = 0;
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    calls += 1;
    const to = connect(Number(new URL(night.ollama.url).port), '127.0.0.1');
    for (const end of [socket, to]) {
      open.add(end);
      end.on('error', () => {}).on('close', () => open.delete(end));
    }
    socket.pipe(to).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as { port: number };
  const made: Elsewhere = {
    url: `http://${address}:${port}`,
    calls: () => calls,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  servers.push(made);
  return made;
}

const config = () => join(night.project.env.XDG_CONFIG_HOME!, 'pawl', 'config.yaml');
const remembered = () => (existsSync(config()) ? readFileSync(config(), 'utf8') : '');
const onTerminal = (...args: string[]): Pty => {
  const pty = openScreen(night, args);
  terminals.push(pty);
  return pty;
};
/** The settings of the project from now on, and what git says of it. */
function rewrite(from: string, to: string): void {
  night.project.write('pawl.yaml', night.project.read('pawl.yaml').replaceAll(from, to));
  night.project.git('commit', '-qam', 'other settings');
}

async function endRun(): Promise<void> {
  expect(await night.run('stop', '--now')).toMatchObject({ code: 0 });
  await night.engineGone();
}

describe.skipIf(address === undefined)('a model server on another machine', () => {
  const asks = /Send the code of .* to http:\/\/[\d.]+:\d+, now and later\? \[y\/N\]/;

  test('asked once; n sends nothing; y is kept for this folder and this server, and for no other', async () => {
    night = await openNight();
    const server = await elsewhere();
    rewrite('proposer: ollama', `proposer: ollama\nmodel: {host: "${server.url}", allow_remote: true}`);

    const first = onTerminal('run');
    await first.waitFor(asks, 30_000);
    expect(first.screen()).toMatch(/Your code, your notes and the ends of your logs would be sent there/);
    expect(first.screen()).toContain(server.url);
    await first.press('n<enter>');
    expect(await first.exit).toMatchObject({ code: 3 });
    expect(server.calls()).toBe(0);
    expect(remembered()).not.toContain('remote');
    expect(tagsIn(night.project.directory)).toEqual([]);

    night.stay(1);
    const second = onTerminal('run');
    await second.waitFor(asks, 30_000);
    await second.press('y<enter>');
    await second.waitFor(/TRAIN\s+#1/, 30_000);
    expect(server.calls()).toBeGreaterThan(0);
    expect(night.ollama.chats.length).toBeGreaterThan(0);
    expect(remembered()).toContain(server.url);
    expect(remembered()).toContain(night.project.directory);
    night.letGo(1);
    await endRun();

    // Nobody is there to be asked: it was said for later, too.
    const third = await night.run('run', '--headless', '-n', '1', '--tag', 'later');
    expect(third, third.stderr).toMatchObject({ code: 0 });

    // A pull that turns the address.
    const other = await elsewhere();
    rewrite(server.url, other.url);
    const turned = onTerminal('run', '--tag', 'turned');
    await turned.waitFor(asks, 30_000);
    expect(turned.screen()).toContain(other.url);
    await turned.press('<ctrl-c>');
    expect((await turned.exit).code).not.toBe(0);
    expect(other.calls()).toBe(0);
    expect(tagsIn(night.project.directory)).not.toContain('turned');
    rewrite(other.url, server.url);

    // Another folder of the same user.
    const sibling = createTemporaryProject({
      settings: { proposer: 'ollama', model: { host: server.url, allow_remote: true } },
    });
    sibling.env.XDG_CONFIG_HOME = night.project.env.XDG_CONFIG_HOME!;
    const settings = parse(remembered());
    settings.consent.no_sandbox.push(sibling.directory);
    writeFileSync(config(), stringify(settings));
    const before = server.calls();
    others.push(sibling);
    expect(await runPawl(sibling, 'run', '--headless', '-n', '1')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/would be sent there/),
    });
    expect(server.calls()).toBe(before);
  }, 120_000);
});

describe('sandbox: off', () => {
  const asks = /Run .* without a sandbox, now and later\? \[y\/N\]/;

  test('asked once; n runs nothing; y is kept for this folder and for no other', async () => {
    night = await openNight({
      project: {
        settings: {
          command:
            'touch "$HOME/reached" && node train.mjs && while [ -e "$STAY/$PAWL_EXPERIMENT" ]; do sleep 0.02; done',
        },
      },
    });
    // The harness has agreed for its projects.
    rmSync(config());
    const reached = join(night.project.home, 'reached');

    const first = onTerminal('run');
    await first.waitFor(asks, 30_000);
    expect(first.screen()).toMatch(/Trials would run as you, with your files and your network within reach/);
    await first.press('n<enter>');
    expect(await first.exit).toMatchObject({ code: 3 });
    expect(existsSync(reached)).toBe(false);
    expect(remembered()).toBe('');
    expect(tagsIn(night.project.directory)).toEqual([]);

    night.stay(1);
    const second = onTerminal('run');
    await second.waitFor(asks, 30_000);
    await second.press('y<enter>');
    await second.waitFor(/TRAIN\s+#1/, 30_000);
    expect(existsSync(reached)).toBe(true);
    expect(remembered()).toContain(night.project.directory);
    night.letGo(1);
    await endRun();

    const third = await night.run('run', '--headless', '-n', '1', '--tag', 'later');
    expect(third, third.stderr).toMatchObject({ code: 0 });

    const sibling = createTemporaryProject({ settings: { proposer: 'tuner' } });
    others.push(sibling);
    rmSync(join(sibling.env.XDG_CONFIG_HOME!, 'pawl', 'config.yaml'));
    sibling.env.XDG_CONFIG_HOME = night.project.env.XDG_CONFIG_HOME!;
    expect(await runPawl(sibling, 'run', '--headless', '-n', '1')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/asks for sandbox: off/),
    });
  }, 120_000);
});

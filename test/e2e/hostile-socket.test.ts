import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { journalFaults, type Night, openNight } from './night.ts';
import { stateIn, until } from './run-pawl.ts';
import { socketOf, steer } from './steer.ts';

// The socket is the user's own; its bytes are still data.

let night: Night;
const sockets: Socket[] = [];
beforeEach(async () => {
  night = await openNight();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
});

function dial(): Promise<Socket & { heard: string }> {
  return new Promise((resolve, reject) => {
    const socket = Object.assign(connect(socketOf(night.project.directory)), { heard: '' });
    sockets.push(socket);
    socket.setEncoding('utf8').on('data', (text: string) => {
      socket.heard += text;
    });
    socket.once('connect', () => resolve(socket));
    socket.on('error', reject);
  });
}

test('garbage, half lines, unknown commands and a crowd disturb nothing', async () => {
  night.stay(1);
  const pawl = night.start('run', '--headless', '-n', '2');
  await night.event('trial.started', (e) => e.n === 1);

  const rude = await dial();
  const lines = [
    'hello',
    '{"kind":"command"',
    'null',
    '[]',
    '{"kind":"command","id":"1","command":{"type":"explode"}}',
    '{"kind":"command","id":"2","command":{"type":"revert","target":{"to":"experiment","n":-1}}}',
    '{"kind":"command","id":"3","command":{"type":"note","text":"","sticky":true}}',
    '{"kind":"attach","afterSeq":-5,"pulse":true}',
    `{"kind":"command","id":"${'x'.repeat(100)}","command":{"type":"undo"}}`,
    '{"__proto__":{"kind":"command"}}',
  ];
  rude.write(`${lines.join('\n')}\n`);
  await until(
    'each line has an answer',
    () => rude.heard.split('"kind":"reply"').length - 1 === lines.length,
  );
  expect(rude.heard).not.toContain('"ok":true');

  const binary = await dial();
  binary.write(Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0xc3, 0x28, 0x0a]));
  await until('bytes have answers', () => binary.heard.split('not JSON').length === 3);

  const huge = await dial();
  const closed = new Promise((resolve) => huge.once('close', resolve));
  huge.on('error', () => {});
  huge.write('x'.repeat(70 * 1024));
  await closed;

  const crowd = await Promise.all(Array.from({ length: 50 }, dial));
  for (const [at, socket] of crowd.entries()) {
    socket.on('error', () => {});
    socket.write('{"kind":"attach","afterSeq":0,"pulse":true}\n');
    if (at % 2) socket.pause();
  }
  const half = await dial();
  half.write('{"kind":"attach","after');
  half.destroy();

  // A command and its answer, in the middle of all that.
  const screen = await steer(night.project.directory);
  expect(await screen.send({ type: 'note', text: 'still here?', sticky: false })).toMatchObject({ ok: true });
  screen.close();
  night.letGo(1);
  expect(await pawl.ended).toMatchObject({ code: 0 });
  await night.engineGone();
  const state = stateIn(night.project.directory);
  expect(state.experiments.map((e) => e.verdict)).toEqual(['kept', 'kept', 'kept']);
  expect(state.acts).toEqual([]);
});

test('one that floods and never reads is cut off instead of filling the memory', async () => {
  night.stay(1);
  const pawl = night.start('run', '--headless', '-n', '1');
  await night.event('trial.started', (e) => e.n === 1);
  const flood = await dial();
  flood.pause();
  let gone = false;
  flood.on('error', () => {});
  flood.once('close', () => {
    gone = true;
  });
  const line = 'x\n'.repeat(16 * 1024);
  const pour = () => {
    while (!gone && flood.write(line)) {
      // Until the kernel's buffer is full.
    }
  };
  flood.on('drain', pour);
  pour();
  await until('it is cut off', () => gone || flood.destroyed);
  night.letGo(1);
  expect(await pawl.ended).toMatchObject({ code: 0 });
});

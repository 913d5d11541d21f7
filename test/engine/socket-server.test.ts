import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectSocket, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { listen, type SocketServer, serve } from '../../src/engine/socket-server.ts';
import { fold, foldAll } from '../../src/journal/fold.ts';
import { stateShape } from '../../src/journal/snapshot.ts';
import type { RunState } from '../../src/journal/state.ts';
import { type Connection, connect } from '../../src/protocol/connection.ts';
import type { Message } from '../../src/protocol/wire.ts';
import { createScreenStore, type ScreenStore } from '../../src/screen/store.ts';
import { baseline, experiment, experiments, journal, start } from '../screen/fixtures.ts';

let folder: string;
let server: SocketServer;
let night: ReturnType<typeof journal>;
let state: RunState;
let heard: Message[];
let happened: boolean;
let store: ScreenStore;
let connection: Connection | null;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-server-'));
  night = journal();
  start(night);
  baseline(night);
  experiments(night, 600);
  happened = false;
  state = foldAll(night.events);
  heard = [];
  connection = null;
  store = createScreenStore({ size: { columns: 120, rows: 40 } });
  server = serve(await listen(join(folder, 's')), {
    version: '0',
    tag: 'nov20',
    project: '/p',
    eventsAfter: (seq) => night.events.slice(seq).map((event) => JSON.stringify(event)),
    lastSeq: () => state.seq,
    state: () => state,
    present: () => [],
    command: async () => ({ ok: true, message: '' }),
  });
});
afterEach(async () => {
  connection?.close();
  store.stop();
  await server.close(100);
  rmSync(folder, { recursive: true, force: true });
});

function attach(shape: string | null, afterSeq = 0): void {
  connection = connect(join(folder, 's'), {
    message: (message) => {
      heard.push(message);
      store.receive(message);
      // Something happens while the past is still on its way.
      if (message.kind === 'state' && !happened) happen();
    },
    opened: () => {},
    lost: () => {},
    afterSeq: () => afterSeq,
    ...(shape === null ? {} : { shape }),
  });
}

function happen(): void {
  happened = true;
  experiment(night, 601, 2);
  for (const event of night.events.slice(state.seq)) {
    state = fold(state, event);
    server.event(event);
  }
}

const live = () => vi.waitFor(() => expect(heard.some((m) => m.kind === 'live')).toBe(true));
const plain = (run: RunState) => JSON.parse(JSON.stringify(run));

test('a screen of the same shape gets the state in pieces, and what happens meanwhile after it', async () => {
  attach(stateShape);
  await vi.waitFor(() => expect(heard.some((m) => m.kind === 'live')).toBe(true));
  await vi.waitFor(() => expect(store.current().run.seq).toBe(state.seq));
  expect(plain(store.current().run)).toEqual(plain(state));
  const kinds = heard.map((m) => m.kind);
  // The newest and the baseline (and the champion, where it is an older one) make a picture; the others come after it.
  expect(kinds.slice(0, 2)).toEqual(['hello', 'state']);
  const shown = heard
    .slice(0, kinds.indexOf('live'))
    .flatMap((m) => (m.kind === 'experiments' ? m.from : []));
  expect(shown).toEqual([0, 401]);
  const after = heard.slice(kinds.indexOf('live')).flatMap((m) => (m.kind === 'experiments' ? m.from : []));
  expect(after).toEqual([201, 1, 0]);
  expect(kinds.lastIndexOf('experiments')).toBeLessThan(kinds.indexOf('event'));
  expect(kinds.filter((kind) => kind === 'event').length).toBe(night.events.length - heardSeq());
});

const heardSeq = () => (heard.find((m) => m.kind === 'state') as Message & { kind: 'state' }).head.seq;

test.each([
  ['of another shape', 'another', 0],
  ['that names none', null, 0],
  ['that knows the beginning', stateShape, 5],
])('a screen %s gets the events', async (_, shape, afterSeq) => {
  attach(shape as string | null, afterSeq as number);
  await live();
  expect(heard.some((m) => m.kind === 'state' || m.kind === 'experiments')).toBe(false);
  expect(heard.filter((m) => m.kind === 'event').length).toBe(state.seq - (afterSeq as number));
});

test('pulses of one moment are written in one piece, in order, and before an event that follows', async () => {
  const socket = connectSocket(join(folder, 's')).setEncoding('utf8');
  const pieces: string[] = [];
  socket.on('data', (text: string) => void pieces.push(text));
  socket.write('{"kind":"attach","afterSeq":600,"pulse":true}\n');
  await vi.waitFor(() => expect(pieces.join('')).toContain('"kind":"live"'));
  pieces.length = 0;
  const written = vi.spyOn(Socket.prototype, '_writev' as never) as unknown as MockInstance<
    (chunks: unknown[]) => void
  >;
  for (const beat of [1, 2, 3]) server.pulse({ type: 'heartbeat', at: 0, beat });
  server.event(night.events[0]!);
  await vi.waitFor(() => expect(pieces.join('')).toContain('"kind":"event"'));
  // All at once: the reader is woken once.
  expect(written.mock.calls.map(([chunks]) => chunks.length)).toEqual([4]);
  written.mockRestore();
  expect(
    pieces
      .join('')
      .split('\n')
      .map((line) => /"beat":\d|"kind":"event"/.exec(line)?.[0]),
  ).toEqual(['"beat":1', '"beat":2', '"beat":3', '"kind":"event"', undefined]);
  socket.destroy();
});

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../../src/protocol/connection.ts';

let folder: string;
let server: Server;
let clients: Socket[];
const path = () => join(folder, 's');
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-connection-'));
  clients = [];
  server = createServer((socket) => clients.push(socket));
  await new Promise<void>((resolve) => server.listen(path(), resolve));
});
afterEach(() => {
  for (const client of clients) client.destroy();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('closed by who was told that the engine is gone: it does not dial again', async () => {
  let lost = 0;
  const connection = connect(
    path(),
    {
      afterSeq: () => 0,
      message: () => {},
      opened: () => {},
      lost: () => {
        lost += 1;
        connection.close();
      },
    },
    5,
  );
  await vi.waitFor(() => expect(clients).toHaveLength(1));
  clients[0]!.destroy();
  await vi.waitFor(() => expect(lost).toBe(1));
  await expect(vi.waitFor(() => expect(clients).toHaveLength(2), { timeout: 100 })).rejects.toThrow();
  expect(lost).toBe(1);
});

test('otherwise it comes back by itself, and asks for what it has not seen', async () => {
  let seq = 0;
  const connection = connect(
    path(),
    {
      afterSeq: () => seq,
      message: () => {},
      opened: () => {},
      lost: () => {
        seq = 7;
      },
    },
    5,
  );
  await vi.waitFor(() => expect(clients).toHaveLength(1));
  clients[0]!.destroy();
  await vi.waitFor(() => expect(clients).toHaveLength(2));
  let heard = '';
  clients[1]!.on('data', (bytes) => {
    heard += bytes;
  });
  await vi.waitFor(() => expect(heard).toContain('"afterSeq":7'));
  connection.close();
});

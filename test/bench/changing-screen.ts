import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Pulse } from '../../src/protocol/pulse.ts';
import type { LongRun } from './long-run.ts';
import { openTerminal, type Terminal } from './terminal.ts';

// A screen that hears of more than one run can tell at once: its connection to the real engine leads through us, and we
// add pulses that change every pane.

/** Opens `pawl attach` whose engine's words pass through here. */
export async function openThrough(
  run: LongRun,
  launcher: string,
): Promise<{ terminal: Terminal; add(pulse: Pulse): void; close(): void }> {
  const path = `${run.socket}.bench`;
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    const engine = connect(run.socket);
    let rest = '';
    client.pipe(engine);
    engine.setEncoding('utf8').on('data', (chunk: string) => {
      const end = chunk.lastIndexOf('\n') + 1;
      if (end > 0) client.write(rest + chunk.slice(0, end));
      rest = (end > 0 ? '' : rest) + chunk.slice(end);
    });
    clients.add(client);
    for (const socket of [client, engine]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        clients.delete(client);
        client.destroy();
        engine.destroy();
      });
    }
  });
  if (existsSync(path)) rmSync(path);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const note = join(run.folder, 'engine.sock');
  const leadTo = (socket: string) => {
    writeFileSync(`${note}.bench`, `${socket}\n`);
    renameSync(`${note}.bench`, note);
  };
  leadTo(path);
  const terminal = openTerminal(process.execPath, [launcher, 'attach'], run.place);
  await terminal.next('/30:00');
  leadTo(run.socket);
  return {
    terminal,
    add(pulse) {
      for (const client of clients) client.write(`${JSON.stringify({ kind: 'pulse', pulse })}\n`);
    },
    close() {
      terminal.kill();
      for (const client of clients) client.destroy();
      server.close();
      rmSync(path, { force: true });
    },
  };
}

/** News for every pane at once; `i` counts the frames. */
export function newsOf(i: number): Pulse[] {
  const wave = (period: number, by: number) => 50 + 45 * Math.sin(i / period + by);
  const n = 7;
  const line = (k: number) =>
    `step ${String(i * 3 + k).padStart(6, '0')} | loss: ${(2 + wave(9, k) / 90).toFixed(6)}`;
  const card = {
    index: 0,
    uuid: 'GPU-bench',
    name: 'NVIDIA GeForce RTX 4090',
    utilization: Math.round(wave(7, 0)),
    memoryUtilization: Math.round(wave(8, 1)),
    memoryTotalMiB: 24564,
    memoryUsedMiB: Math.round(wave(5, 2) * 200),
    memoryFreeMiB: 4000,
    temperatureC: Math.round(wave(11, 3)),
    powerW: Math.round(wave(6, 4) * 4),
    powerLimitW: 450,
    smClockMHz: 2000 + i,
    fanPercent: Math.round(wave(13, 5)),
    pstate: 'P2',
    throttle: [],
    mig: false,
  };
  return [
    { type: 'phase', phase: 'training', n, since: Date.now() - i * 1000, detail: `round ${i}` },
    { type: 'log', n, k: 0, lines: [line(0), line(1), line(2)], live: null, dropped: 0 },
    {
      type: 'curve',
      n,
      k: 0,
      points: [{ step: i * 3, seconds: i / 10, value: 2 + wave(9, 0) / 90, fraction: (i % 600) / 600 }],
    },
    { type: 'gpu', at: Date.now(), gpus: [card], processes: [], stale: null },
    {
      type: 'host',
      at: Date.now(),
      cpu: wave(4, 1),
      memoryUsedMiB: 9000 + i,
      memoryTotalMiB: 32000,
      trialRssMiB: 900 + i,
      engineRssMiB: 90,
    },
    { type: 'diff', n, base: '#0', text: diffOf(i) },
  ];
}

function diffOf(i: number): string {
  const body = Array.from(
    { length: 12 },
    (_, k) => `${k % 3 === 0 ? '-' : k % 3 === 1 ? '+' : ' '}const VALUE_${k} = ${i + k};`,
  );
  return `diff --git a/train.mjs b/train.mjs\n--- a/train.mjs\n+++ b/train.mjs\n@@ -1,8 +1,8 @@\n${body.join('\n')}\n`;
}

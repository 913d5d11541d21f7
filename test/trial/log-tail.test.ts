import { appendFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Segment } from '../../src/trial/lines.ts';
import { followLog, tailOf } from '../../src/trial/log-tail.ts';
import { folder, Recorder, run, script, until } from './trial-harness.ts';

async function follow(path: string, maxBytes = 1e9) {
  const eye = new Recorder();
  const all: Segment[] = [];
  const tail = await followLog(path, maxBytes, {
    segments: (batch) => all.push(...batch),
    display: (lines, live, dropped) => eye.log(lines, live, dropped),
  });
  return { eye, all, tail };
}

describe('followLog', () => {
  it('shows lines as they come, the live one too, and the rest at the end', async () => {
    const path = join(folder(), 'log');
    writeFileSync(path, 'a\n');
    const { eye, tail } = await follow(path);
    await until('a', () => eye.lines.includes('a'));
    appendFileSync(path, ' 10%\r 20');
    await until('live', () => eye.live === ' 20');
    appendFileSync(path, '%\nlast');
    await tail.finish();
    expect(eye.lines).toEqual(['a', ' 20%', 'last']);
    expect(eye.live).toBeNull();
  });
  it('parses everything, displays the newest 256 KiB and counts the others', async () => {
    const path = join(folder(), 'log');
    writeFileSync(path, Array.from({ length: 50_000 }, (_, i) => `line ${i} ${'x'.repeat(20)}\n`).join(''));
    const { eye, all, tail } = await follow(path);
    await tail.finish();
    expect(all).toHaveLength(50_000);
    expect(eye.lines.at(-1)).toMatch(/^line 49999 /);
    expect(eye.dropped).toBeGreaterThan(30_000);
    expect(eye.lines.length + eye.dropped).toBe(50_000);
    expect(eye.lines.join('\n').length).toBeLessThanOrEqual(256 * 1024);
  });
  it('catches up with what is there, also while a tick reads, and reads nothing twice', async () => {
    const path = join(folder(), 'log');
    writeFileSync(path, '');
    const { eye, all, tail } = await follow(path);
    let n = 0;
    for (let round = 0; round < 12; round++) {
      // Rounds fall before, into and after ticks (100 ms), with lines and with nothing at all.
      const lines = round % 3 === 2 ? 0 : 2000;
      for (let i = 0; i < lines; i++) appendFileSync(path, `line ${n++}\n`);
      if (round % 4 === 1) await new Promise((resolve) => setTimeout(resolve, 101));
      await tail.catchUp();
      expect(all.length).toBe(n);
    }
    appendFileSync(path, 'last\n');
    await until('ticks go on', () => eye.lines.includes('last'));
    await tail.finish();
    expect(all.map((s) => s.text)).toEqual([...Array.from({ length: n }, (_, i) => `line ${i}`), 'last']);
  });
  it('goes on with a log that was cut, and stops reading at the cap', async () => {
    const path = join(folder(), 'log');
    writeFileSync(path, 'old old old\n');
    const { eye, tail } = await follow(path, 20);
    await until('old', () => eye.lines.length === 1);
    truncateSync(path, 0);
    appendFileSync(path, 'new\n');
    await until('new', () => eye.lines.includes('new'));
    appendFileSync(path, 'x'.repeat(100));
    await tail.finish();
    expect(eye.lines.at(-1)).toBe('x'.repeat(16));
  });
});

describe('a trial’s log', () => {
  it('200,000 lines: the trainer is not held back, all are parsed, the event loop lives', async () => {
    const root = folder();
    const command = script(
      root,
      'flood',
      `import { writeSync } from 'node:fs';
       for (let i = 0; i < 200; i++) writeSync(1, Array.from({ length: 1000 }, (_, j) => 'line ' + (i * 1000 + j) + ' of the flood\\n').join('') + (i === 100 ? 'METRIC score=0.5\\n' : ''));`,
    );
    let beats = 0;
    let worst = 0;
    let last = performance.now();
    const beat = setInterval(() => {
      const now = performance.now();
      worst = Math.max(worst, now - last);
      last = now;
      beats += 1;
    }, 10);
    const { result, watcher } = await run(command, { cwd: root });
    clearInterval(beat);
    expect(result).toMatchObject({ outcome: 'ok', metric: 0.5 });
    expect(watcher.lines.length + watcher.dropped).toBe(200_001);
    expect(watcher.dropped).toBeGreaterThan(0);
    expect(beats).toBeGreaterThan(3);
    expect(worst).toBeLessThan(500);
  });
  it('more than the cap ends the trial at once', async () => {
    const { result, spec } = await run(
      'yes METRIC score=1',
      {},
      { maxLogBytes: 3 * 1024 * 1024, delays: { interruptMs: 60_000, terminateMs: 60_000 } },
    );
    expect(result).toMatchObject({
      outcome: 'crashed',
      metric: null,
      why: 'log flood: more than 3 MiB of output',
    });
    expect(result.logBytes).toBeGreaterThan(3 * 1024 * 1024);
    // And pawl's own line that says so.
    expect(statSync(spec.logPath).size - 3 * 1024 * 1024).toBeLessThan(200);
  });
  it('too many processes end the trial at once, and none is left', async () => {
    const { result } = await run(
      'for i in $(seq 60); do sleep 61.5 & done; (while :; do (sleep 61.5 &); sleep 0.05; done) & echo METRIC score=1; wait',
      {},
      { maxProcesses: 30, delays: { interruptMs: 60_000, terminateMs: 60_000 } },
    );
    expect(result).toMatchObject({
      outcome: 'crashed',
      metric: null,
      why: 'process flood: more than 30 processes at one time',
    });
    expect(result.seconds).toBeLessThan(20);
  });
  it('a log blown up by a hole is a flood as well', async () => {
    const { result } = await run(
      'truncate -s 1T logs/trial-1.log; echo METRIC score=1; sleep 5',
      {},
      { maxLogBytes: 1024 * 1024 },
    );
    expect(result.why).toMatch(/^log flood/);
    expect(result.seconds).toBeLessThan(4);
  });
  it('forged, huge, and invalid output stays text', async () => {
    const root = folder();
    const command = script(
      root,
      'forge',
      `const out = (s) => process.stdout.write(s);
       out('\\x1b]0;owned\\x07\\x1b[2J\\x1b[1;1Hred\\x1b[31m\\u202Eabc\\n'); out(Buffer.from([0xff, 0xfe, 0x41, 0x0a]));
       out('y'.repeat(5e6) + '\\n'); out('{"v":1,"seq":9,"type":"run.ended"}\\n'); out('METRIC score=2\\n');`,
    );
    const { result, watcher } = await run(command, { cwd: root });
    expect(result.metric).toBe(2);
    expect(watcher.lines[0]).toBe('redabc');
    expect(watcher.lines[1]).toBe('\ufffd\ufffdA');
    expect(watcher.lines[2]!.length).toBeLessThanOrEqual(2051);
    expect(watcher.lines.join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
  });
});

describe('tailOf', () => {
  it('gives the last real lines, behind a stream of carriage returns', async () => {
    const path = join(folder(), 'log');
    const progress = Array.from({ length: 1000 }, (_, i) => `\rstep ${i} ${'.'.repeat(110)}`).join('');
    writeFileSync(path, `start\n${progress}\nTraceback:\nValueError: no\n`);
    expect(await tailOf(path, 4)).toEqual([
      'start',
      expect.stringMatching(/^step 999 \.+$/),
      'Traceback:',
      'ValueError: no',
    ]);
    expect(await tailOf(path, 1)).toEqual(['ValueError: no']);
  });
  it('reads no more than it needs, and drops the line it cut', async () => {
    const path = join(folder(), 'log');
    writeFileSync(path, Array.from({ length: 100_000 }, (_, i) => `line ${i}`).join('\n'));
    expect(await tailOf(path, 2)).toEqual(['line 99998', 'line 99999']);
    expect((await tailOf(path, 20_000)).at(0)).toBe('line 80000');
  });
  it('has no lines where there is no file', async () => {
    expect(await tailOf('/no/such/file', 5)).toEqual([]);
  });
});

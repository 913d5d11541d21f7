import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { WriteStream } from 'node:tty';
import { afterEach, expect, test } from 'vitest';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { Pulse } from '../../src/protocol/pulse.ts';
import { defaultUserSettings, type UserSettings } from '../../src/protocol/user-settings.ts';
import { type Attached, attachScreen } from '../../src/screen/attach-screen.tsx';
import { FakeStdin, FakeStdout } from '../harness/ink-terminal.ts';
import { AFTER_ESCAPE_MS, keyPresses } from '../harness/keys.ts';
import { VirtualScreen } from '../harness/virtual-screen.ts';
import { type FakeEngine, fakeEngine } from './fake-engine.ts';
import * as f from './fixtures.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Seat {
  screen: VirtualScreen;
  stdout: FakeStdout;
  done: Promise<Attached>;
  type(keys: string): void;
  raw(bytes: string): void;
  resize(columns: number, rows: number): void;
}

/** Sits down before a run, as `pawl attach` does. */
function attach(
  engine: FakeEngine,
  columns = 120,
  rows = 40,
  closeOnEnd = false,
  more: { env?: NodeJS.ProcessEnv; user?: UserSettings; background?: string } = {},
): Seat {
  const { background } = more;
  const screen = new VirtualScreen({
    columns,
    rows,
    convertEol: true,
    ...(background === undefined ? {} : { background }),
  });
  const stdout = new FakeStdout(screen);
  const stdin = new FakeStdin();
  screen.terminal.onData((reply) => stdin.write(reply));
  let typedAt = 0;
  const done = attachScreen({
    socketPath: engine.socketPath,
    runDir: engine.dir,
    closeOnEnd,
    stdout: stdout as unknown as WriteStream,
    stderr: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    env: { COLORTERM: 'truecolor', XDG_STATE_HOME: join(engine.dir, 'state'), ...more.env },
    ...(more.user ? { user: more.user } : {}),
  });
  closing.push(async () => {
    stdout.resume();
    stdout.emit('error', new Error('the test is over'));
    await done;
  });
  return {
    screen,
    stdout,
    done,
    type: (keys) => {
      // A hand that answers what it has just seen is slower than a frame: faster keys are a paste.
      const wait = typedAt + AFTER_ESCAPE_MS - performance.now();
      typedAt = Math.max(typedAt + AFTER_ESCAPE_MS, performance.now());
      const send = () => {
        for (const bytes of keyPresses(keys)) stdin.write(bytes);
      };
      if (wait > 0) setTimeout(send, wait);
      else send();
    },
    raw: (bytes) => stdin.write(bytes),
    resize(c, r) {
      screen.terminal.resize(c, r);
      stdout.columns = c;
      stdout.rows = r;
      stdout.emit('resize');
    },
  };
}

async function running(): Promise<{ engine: FakeEngine; events: JournalEvent[] }> {
  const j = f.journal();
  f.start(j, { gpu: true });
  f.baseline(j);
  f.experiments(j, 16);
  f.proposed(j, 17, 'raise MATRIX_LR from 0.05 to 0.06');
  f.committed(j, 17);
  f.trialStarted(j, 17, 0);
  const present: Pulse[] = [...f.samples(true), f.phase('training', 17, 0), ...f.trialPulses(17, 30)];
  const engine = await fakeEngine(j.events, present);
  closing.push(() => engine.close());
  return { engine, events: j.events };
}

const decided = (seq: number): JournalEvent => ({
  v: 1,
  seq,
  at: new Date(f.moment).toISOString(),
  type: 'experiment.decided',
  n: 17,
  verdict: 'discarded',
  metric: 1.9799,
  gain: -0.003,
  z: -1,
  sigma: 0.0022,
  why: 'within noise',
  by: 'engine',
  confidence: null,
  label: 'noise',
});
const ended = (seq: number): JournalEvent => ({
  v: 1,
  seq,
  at: new Date(f.moment).toISOString(),
  type: 'run.ended',
  outcome: 'finished',
  why: '17 experiments, as asked',
  exitCode: 0,
});

test('shows the past and follows the present; q detaches and restores the terminal', async () => {
  const { engine, events } = await running();
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN.*#17/);
  expect(seat.screen.terminal.buffer.active.type).toBe('alternate');
  expect(engine.attached).toEqual([{ afterSeq: 0 }]);
  engine.pulse({ type: 'log', n: 17, k: 0, lines: ['fresh from the trial'], live: null, dropped: 0 });
  await seat.screen.waitFor('fresh from the trial');
  engine.tell(decided(events.length + 1));
  await seat.screen.waitFor(/17 · +1\.9799/);
  seat.type('q');
  const result = await seat.done;
  expect(result).toMatchObject({ outcome: 'detached', exitCode: 0 });
  expect(result.state.experiments.length).toBe(18);
  expect(seat.screen.terminal.buffer.active.type).toBe('normal');
});

test('keys reach the engine, its answer reaches the screen', async () => {
  const { engine } = await running();
  engine.answer = { ok: true, message: 'holds after this trial' };
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN/);
  seat.type('p');
  await seat.screen.waitFor('‖ holds after this trial, p releases');
  expect(engine.commands).toEqual([{ type: 'hold', when: 'after-trial' }]);
  seat.type('s');
  await seat.screen.waitFor(/Skip #17\? Its result is lost/);
  engine.answer = { ok: true, message: 'skipping #17' };
  seat.type('y');
  await seat.screen.waitFor('skipping #17');
  expect(engine.commands.at(-1)).toEqual({ type: 'skip', n: 17 });
});

test('a paste triggers nothing; in a note it is text', async () => {
  const { engine } = await running();
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN/);
  seat.raw('\x1b[200~srQ\x1b[201~');
  seat.type('i');
  await seat.screen.waitFor('Note to the proposer');
  seat.raw('\x1b[200~try rope\nnext\x1b[201~');
  await seat.screen.waitFor('try rope next');
  seat.type('<enter>');
  await expect.poll(() => engine.commands).toEqual([{ type: 'note', text: 'try rope next', sticky: false }]);
});

test('Esc and i in one read open the note; what follows is its text', async () => {
  const { engine } = await running();
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN/);
  seat.raw('\x1bi');
  await seat.screen.waitFor('Note to the proposer');
  seat.raw('rlrb');
  await seat.screen.waitFor('› rlrb');
  seat.raw('\x1b?');
  await seat.screen.waitFor('Steer the run');
  seat.raw('\x1bi');
  await seat.screen.waitFor('Note to the proposer');
  expect(engine.commands).toEqual([]);
});

test('mixed keys in one read are not acted on, and it is said', async () => {
  const { engine } = await running();
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN/);
  seat.raw('srb');
  await seat.screen.waitFor('pasted text does nothing here (i writes a note)');
  expect(engine.commands).toEqual([]);
});

test('a question about what has ended goes away by itself', async () => {
  const { engine, events } = await running();
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN/);
  seat.type('s');
  await seat.screen.waitFor('Skip #17?');
  engine.tell(decided(events.length + 1));
  await seat.screen.waitFor((text) => !text.includes('Skip #17?'));
  seat.type('y');
  // Without a question it is the key that copies.
  await seat.screen.waitFor('Copy of #17');
  expect(engine.commands).toEqual([]);
});

test('time travel reads diff and log from the run’s folder', async () => {
  const { engine } = await running();
  const dir = join(engine.dir, 'experiments', '15');
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'edit.diff'), f.diffText);
  await writeFile(join(dir, 'trial-1.log'), 'of a trial that the journal does not know\n');
  await writeFile(join(dir, 'trial-0.log'), 'step 1\rstep 2\rstep 3\nMETRIC val_bpb=1.9731\n');
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN/);
  seat.type('[[');
  await seat.screen.waitFor('◂ viewing #15');
  await seat.screen.waitFor('METRIC val_bpb=1.9731');
  await seat.screen.waitFor('const MATRIX_LR = 0.05;');
  expect(seat.screen.screen()).toContain('step 3');
  expect(seat.screen.screen()).not.toMatch(/step 1|does not know/);
  seat.type('<esc>');
  await seat.screen.waitFor((text) => !text.includes('viewing'));
});

/** One key after the other, as a person types: what comes in one piece counts as pasted. */
async function typed(seat: Seat, keys: string): Promise<void> {
  for (const key of keys.match(/<[^<>]+>|[\s\S]/g) ?? []) {
    seat.type(key);
    await delay(25);
  }
}

/** A run whose trial has printed 3,000 lines, of which a late screen is told the last hundred. */
async function talkative() {
  const { engine } = await running();
  const lines = Array.from({ length: 3000 }, (_, i) =>
    i === 1234 ? 'ValueError: shapes do not match' : `step ${i} loss ${(4 - i / 1000).toFixed(4)}`,
  );
  const dir = join(engine.dir, 'experiments', '17');
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'trial-0.log'), lines.map((line) => `${line}\n`).join(''));
  const tell = (first: number, some: string[]): void =>
    engine.pulse({ type: 'log', n: 17, k: 0, lines: some, live: null, dropped: 0, first });
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN.*#17/);
  tell(2900, lines.slice(2900));
  await seat.screen.waitFor('step 2999 loss');
  return { engine, seat, tell };
}

test('the log in a terminal: it never snaps back, and all of the file can be reached', async () => {
  const { seat, tell } = await talkative();
  await typed(seat, '4f');
  await seat.screen.waitFor('FOLLOW');
  await typed(seat, 'k');
  await seat.screen.waitFor('reading');
  tell(3000, ['one more', 'and another']);
  await seat.screen.waitFor('2 new');
  expect(seat.screen.screen()).not.toContain('one more');
  // Wrap, zoom and another size keep the place.
  const top = () => /step (\d+) loss/.exec(seat.screen.screen())![1];
  const before = top();
  await typed(seat, 'w');
  seat.resize(110, 40);
  await seat.screen.waitFor('2 new');
  expect(top()).toBe(before);
  await typed(seat, 'g');
  await seat.screen.waitFor('step 0 loss 4.0000');
  await typed(seat, 'F');
  await seat.screen.waitFor('and another');
  await seat.screen.waitFor('FOLLOW');
  expect(seat.screen.screen()).toContain('and another');
});

test('search, filter and errors look through the whole file', async () => {
  const { seat } = await talkative();
  await typed(seat, '4f/loss 3.5000<enter>');
  await seat.screen.waitFor('›step 500 loss 3.5000');
  await typed(seat, 'n');
  await seat.screen.waitFor('no later match: loss 3.5000');
  await typed(seat, '}');
  await seat.screen.waitFor('›ValueError: shapes do not match');
  await typed(seat, '{');
  await seat.screen.waitFor('no earlier error');
  await typed(seat, '&777 loss<enter>');
  await seat.screen.waitFor('& 777 loss: 3 of 3,000');
  expect(seat.screen.screen().match(/step \d*777 /g)).toEqual(['step 777 ', 'step 1777 ', 'step 2777 ']);
  await typed(seat, '&<ctrl-u><enter>');
  await seat.screen.waitFor((text) => !text.includes('& 777'));
  expect(seat.screen.screen()).toMatch(/step \d+ loss/);
});

test('the diff in a terminal: hunks, other bases and columns', async () => {
  const { engine } = await running();
  const seat = attach(engine, 120, 40);
  await seat.screen.waitFor(/TRAIN.*#17/);
  engine.pulse({ type: 'diff', n: 17, base: '#15', text: f.diffText, draft: true });
  await seat.screen.waitFor('writing…');
  engine.pulse({ type: 'diff', n: 17, base: '#15', text: f.diffText });
  await seat.screen.waitFor((text) => !text.includes('writing…'));
  await typed(seat, '3|');
  await seat.screen.waitFor('two columns need 120: f zooms');
  await typed(seat, 'f');
  await seat.screen.waitFor(/14 − const MATRIX_LR = 0\.04; +│ +14 \+ const MATRIX_LR = 0\.05;/);
  await typed(seat, '/largest<enter>');
  await seat.screen.waitFor('/largest 1 rows');
  await typed(seat, 'c');
  await seat.screen.waitFor(/no repository to read|nothing else to compare/);
});

test('a finished run stays on screen until q', async () => {
  const { engine, events } = await running();
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN/);
  engine.answer = { ok: true, message: 'the run ends after this trial' };
  seat.type('Q');
  await seat.screen.waitFor('Stop the run');
  seat.type('f');
  await seat.screen.waitFor('the run ends after this trial');
  engine.tell(ended(events.length + 1));
  await seat.screen.waitFor('■ FINISHED');
  await seat.screen.waitFor('finished: 17 experiments, as asked. q leaves; pawl adopt brings home');
  // Its engine leaves, as every engine does.
  await engine.die();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(seat.screen.screen()).toContain('finished: 17 experiments, as asked. q leaves');
  expect(seat.screen.screen()).not.toMatch(/engine is gone|ENGINE GONE/);
  seat.type('q');
  expect(await seat.done).toMatchObject({ outcome: 'ended', exitCode: 0 });
});

test('closeOnEnd leaves by itself', async () => {
  const { engine, events } = await running();
  const seat = attach(engine, 120, 40, true);
  await seat.screen.waitFor(/TRAIN/);
  engine.tell(ended(events.length + 1));
  expect(await seat.done).toMatchObject({ outcome: 'ended' });
});

test('an engine that dies is said to be gone, and one that comes back goes on', async () => {
  const { engine, events } = await running();
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN/);
  await engine.die();
  await seat.screen.waitFor('ENGINE GONE');
  seat.type('p');
  await seat.screen.waitFor('hold: the engine is gone');
  await engine.revive();
  await seat.screen.waitFor(/▸ TRAIN/);
  expect(engine.attached.at(-1)).toEqual({ afterSeq: events.length });
  await engine.die();
  await seat.screen.waitFor('ENGINE GONE');
  seat.type('q');
  expect(await seat.done).toMatchObject({ outcome: 'engine-gone', exitCode: 1 });
});

test('a storm of resizes leaves no stale cell', async () => {
  const { engine } = await running();
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN/);
  for (const [c, r] of [
    [80, 24],
    [200, 60],
    [61, 17],
    [40, 10],
    [140, 45],
    [100, 30],
    [84, 50],
    [120, 40],
  ] as const) {
    seat.resize(c, r);
    engine.pulse({ type: 'log', n: 17, k: 0, lines: [`at ${c}`], live: null, dropped: 0 });
    await seat.screen.waitFor(c === 40 ? /needed/ : /\? help {2}q detach/);
  }
  await seat.screen.waitFor('at 120');
  const fresh = attach(engine);
  await fresh.screen.waitFor(/TRAIN/);
  engine.pulse({ type: 'log', n: 17, k: 0, lines: ['same for both'], live: null, dropped: 0 });
  await seat.screen.waitFor('same for both');
  await fresh.screen.waitFor('same for both');
  // The log of the one that attached later begins later; everything around it is the same.
  const chrome = (rows: string[]) => rows.map((row) => row.slice(0, 48)).concat(rows.slice(0, 29));
  const calm = (rows: string[]) => chrome(rows).map((row) => row.replace(/[⠀-⣿]|\d+:\d\d(:\d\d)?/g, ''));
  expect(calm(seat.screen.text())).toEqual(calm(fresh.screen.text()));
});

test('Ctrl-L mends a screen that something else has written on', async () => {
  const { engine } = await running();
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN/);
  await seat.screen.feed('\x1b[5;5Hlitter from elsewhere');
  await seat.screen.waitFor('litter from elsewhere');
  seat.raw('\x0c');
  await seat.screen.waitFor((text) => !text.includes('litter') && text.includes('TRAIN'));
});

test('a terminal that stops reading is not written to without end, and catches up', async () => {
  const { engine } = await running();
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN/);
  seat.stdout.stall();
  // A flood of frames is on offer; the queue must stop growing soon after its limit.
  for (let i = 0; i < 40; i++) {
    engine.pulse({
      type: 'log',
      n: 17,
      k: 0,
      lines: Array.from({ length: 50 }, (_, k) => `flood ${i} ${k}`),
      live: null,
      dropped: 0,
    });
    seat.resize(120 - (i % 2), 40);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(seat.stdout.writableLength).toBeLessThan(2_000_000);
  seat.stdout.resume();
  seat.resize(120, 40);
  await seat.screen.waitFor('flood 39 49');
});

test('a terminal that vanishes ends the screen quietly', async () => {
  const { engine } = await running();
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN/);
  seat.stdout.emit('error', Object.assign(new Error('write EIO'), { code: 'EIO' }));
  expect(await seat.done).toMatchObject({ outcome: 'detached' });
});

/** Everything that was sent to the terminal, as text. */
function bytesOf(seat: Seat): () => string {
  let all = '';
  const write = seat.stdout.write.bind(seat.stdout);
  seat.stdout.write = ((chunk: string | Uint8Array, ...rest: []) => {
    all += chunk.toString();
    return write(chunk, ...rest);
  }) as typeof seat.stdout.write;
  return () => all;
}

test('the terminal’s light background gives the light theme; keys meant for the screen are kept', async () => {
  const { engine } = await running();
  const light = attach(engine, 120, 40, false, { background: 'rgb:ffff/ffff/ffff' });
  light.type('?');
  await light.screen.waitFor('Steer the run');
  light.type('<esc>');
  light.type('T');
  await light.screen.waitFor('theme dark is made for a dark background, this one is light');
  const silent = attach(engine);
  await silent.screen.waitFor(/TRAIN/);
  const colourOf = (seat: Seat) => seat.screen.terminal.buffer.active.getLine(2)?.getCell(0)?.getFgColor();
  // The same now: dark was chosen on the one, and is what a silent terminal gets.
  await expect.poll(() => colourOf(light)).toBe(colourOf(silent));
  light.type('T');
  await light.screen.waitFor(/theme light; to keep it/);
  await expect.poll(() => colourOf(light)).not.toBe(colourOf(silent));
});

test('the title follows the run and is given back', async () => {
  const { engine } = await running();
  const seat = attach(engine);
  const sent = bytesOf(seat);
  const titles: string[] = [];
  seat.screen.terminal.onTitleChange((title) => titles.push(title));
  await seat.screen.waitFor(/TRAIN/);
  await expect.poll(() => titles.at(-1)).toMatch(/^▸ #017 .*best 1\.9731 - pawl nov20$/);
  seat.type('q');
  await seat.done;
  expect(titles.at(-1)).toBe('');
  expect(sent()).toContain('\x1b[23;2t');
  expect(sent()).toContain('\x1b[?1004l');
});

test('only who looks away is notified', async () => {
  const { engine, events } = await running();
  const seat = attach(engine, 120, 40, false, { env: { TERM_PROGRAM: 'ghostty' } });
  const sent = bytesOf(seat);
  await seat.screen.waitFor(/TRAIN/);
  const hold = (seq: number): JournalEvent => ({
    v: 1,
    seq,
    at: new Date(f.moment + seq).toISOString(),
    type: 'run.held',
    by: 'engine',
    reason: `reason ${seq}`,
    next: null,
    when: 'now',
  });
  const release = (seq: number): JournalEvent => ({
    v: 1,
    seq,
    at: new Date(f.moment + seq).toISOString(),
    type: 'run.released',
    by: 'engine',
  });
  let seq = events.length;
  seat.raw('\x1b[I');
  engine.tell(hold(++seq));
  await seat.screen.waitFor(`reason ${seq}`);
  engine.tell(release(++seq));
  await seat.screen.waitFor((text) => !text.includes(`reason ${seq - 1}`));
  expect(sent()).not.toContain('777');
  seat.raw('\x1b[O');
  engine.tell(hold(++seq));
  await seat.screen.waitFor(`reason ${seq}`);
  await expect.poll(sent).toContain(`\x1b]777;notify;pawl: the run is held;reason ${seq}\x07`);
});

test('S writes what is seen into the run’s folder', async () => {
  const { engine } = await running();
  const seat = attach(engine);
  await seat.screen.waitFor(/TRAIN/);
  seat.type('S');
  await seat.screen.waitFor(/shot: .*shots/);
  const [name] = await readdir(join(engine.dir, 'shots'));
  const svg = await readFile(join(engine.dir, 'shots', name!), 'utf8');
  expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  expect(svg).toContain('>TRAIN<');
});

test('for a screen reader it is lines: status, events, questions; the same keys', async () => {
  const { engine, events } = await running();
  const user = { ...defaultUserSettings(), screen: { ascii: false, motion: 'full' as const, reader: true } };
  const seat = attach(engine, 100, 60, false, { user });
  const sent = bytesOf(seat);
  await seat.screen.waitFor('Train: experiment 17, raise MATRIX_LR from 0.05 to 0.06.');
  await seat.screen.waitFor('Best val_bpb 1.9731 at experiment 15');
  expect(seat.screen.terminal.buffer.active.type).toBe('normal');
  seat.type('s');
  await seat.screen.waitFor(/Skip #17\?.* Press y for yes, n for no\./);
  seat.type('y');
  await expect.poll(() => engine.commands.at(-1)).toEqual({ type: 'skip', n: 17 });
  engine.tell(decided(events.length + 1));
  await seat.screen.waitFor(/#17 discarded 1\.9799/);
  seat.type('4');
  await seat.screen.waitFor('Log:');
  seat.type('?');
  await seat.screen.waitFor('more lines: Space goes on');
  seat.type(' ');
  await seat.screen.waitFor('Log: the trial before of this experiment.');
  seat.type('<esc>');
  await seat.screen.waitFor('Closed.');
  await delay(300);
  seat.type('i');
  await seat.screen.waitFor('Note (Enter sends, Escape cancels):');
  seat.raw('\x1b[200~try rope\x1b[201~');
  await seat.screen.waitFor('cancels): try rope');
  await delay(50);
  seat.type('<enter>');
  await expect.poll(() => engine.commands.at(-1)).toMatchObject({ type: 'note', text: 'try rope' });
  seat.type('q');
  await seat.done;
  expect(sent()).not.toMatch(/[\u2500-\u259f\u2800-\u28ff]/);
  // Nothing is drawn over: no cursor moves, no colours.
  expect(sent().replace(/\x1b\[\?[\d;]*[hl]|\x1b\[2[23];2t|\x1b\]2;[^\x07]*\x07/g, '')).not.toMatch(/\x1b/);
});

/** A finished run: nothing ticks, so two screens of it are alike. */
async function restingEngine(): Promise<FakeEngine> {
  const j = f.journal();
  f.start(j, { gpu: true });
  f.baseline(j);
  f.experiments(j, 16);
  j.add({ type: 'run.ended', outcome: 'finished', why: '16 experiments, as asked', exitCode: 0 });
  const engine = await fakeEngine(j.events, [f.phase('ended', 16, 60_000)]);
  closing.push(() => engine.close());
  return engine;
}

/** What every screen of that size must show: drawn afresh, with nothing left over from before. */
async function drawnAfresh(engine: FakeEngine, columns: number, rows: number): Promise<Seat> {
  const fresh = attach(engine, columns, rows);
  await fresh.screen.waitFor(/q leave/);
  return fresh;
}

test('after a storm of resizes a screen is as one drawn afresh; never a row too many, every frame whole', async () => {
  const engine = await restingEngine();
  const seat = attach(engine);
  await seat.screen.waitFor(/q leave/);
  let marks = '';
  const write = seat.stdout._write.bind(seat.stdout);
  seat.stdout._write = (chunk, encoding, done) => {
    for (const [, mark] of String(chunk).matchAll(/\u001B\[\?2026([hl])/g)) marks += mark;
    write(chunk, encoding, done);
  };
  const sizes: [number, number][] = [
    [80, 24],
    [200, 60],
    [60, 16],
    [59, 15],
    [120, 40],
    [84, 50],
    [100, 30],
    [30, 5],
    [300, 80],
    [99, 45],
    [120, 26],
  ];
  for (let round = 0; round < 4; round++)
    for (const [columns, rows] of sizes) {
      seat.resize(columns + round, rows + (round % 2));
      // Some sizes are drawn, others overtaken by the next one.
      if ((columns + round) % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(seat.screen.terminal.buffer.active.length).toBe(rows + (round % 2));
    }
  for (const [columns, rows] of [
    [80, 24],
    [120, 40],
    [60, 16],
    [200, 60],
  ] as const) {
    seat.resize(columns, rows);
    const fresh = await drawnAfresh(engine, columns, rows);
    // A disk is read on the way: both may still be on it.
    await seat.screen.waitFor(() => seat.screen.screen() === fresh.screen.screen(), 10_000);
    expect(seat.screen.terminal.buffer.active.length).toBe(rows);
  }
  // Frames are wrapped, so that a terminal shows whole ones only; the first may have begun before we looked.
  expect(marks).toMatch(/^l?(hl){5,}$/);
});

test('a pane resized in one screen is that large in the next', async () => {
  const engine = await restingEngine();
  const first = attach(engine);
  await first.screen.waitFor(/q leave/);
  const before = first.screen.text().findIndex((row) => row.includes('[4] Log'));
  first.type('4');
  await first.screen.waitFor(/┏━\[4\] Log/);
  first.type('+');
  await first.screen.waitFor((_, rows) => rows.findIndex((row) => row.includes('[4] Log')) === before - 2);
  const second = attach(engine);
  await second.screen.waitFor((_, rows) => rows.findIndex((row) => row.includes('[4] Log')) === before - 2);
});

test('a theme that this background makes unreadable is told of', async () => {
  const { engine } = await running();
  const seat = attach(engine, 120, 40, false, {
    user: { ...defaultUserSettings(), theme: 'light' },
    background: 'rgb:0000/0000/0000',
  });
  await seat.screen.waitFor('theme light is made for a light background, this one is dark');
});

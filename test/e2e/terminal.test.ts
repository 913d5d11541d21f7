import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openPty, type Pty, type PtyOptions } from '../harness/pty.ts';
import { recordedProject } from './recorded-run.ts';

// The product's own screen on a real terminal, playing a journal: no engine, no GPU, no clock of its own.

const launcher = join(process.cwd(), 'bin', 'pawl.js');
let project: ReturnType<typeof recordedProject>;
const open: Pty[] = [];
beforeAll(() => {
  project = recordedProject();
});
afterEach(async () => {
  for (const pty of open.splice(0)) {
    pty.kill('SIGKILL');
    await pty.exit;
  }
});
afterAll(() => project.remove());

interface Played extends Pty {
  /** All that it wrote. */
  sent(): string;
}

function play(
  args: string[] = [],
  options: PtyOptions & { silent?: boolean; nodeArgs?: string[]; command?: string } = {},
): Played {
  const config = join(project.dir, 'config');
  const pty = openPty(
    process.execPath,
    [
      ...(options.nodeArgs ?? []),
      launcher,
      options.command ?? 'replay',
      '-C',
      project.dir,
      ...(options.command ? [] : ['--speed', '1']),
      ...args,
    ],
    { ...options, env: { XDG_CONFIG_HOME: config, XDG_STATE_HOME: config, LANG: 'C.UTF-8', ...options.env } },
  );
  open.push(pty);
  const chunks: Buffer[] = [];
  const feed = pty.virtual.feed.bind(pty.virtual);
  pty.virtual.feed = (output) => {
    chunks.push(Buffer.from(output as Uint8Array));
    return feed(output);
  };
  // What a terminal does that answers nothing at all.
  if (options.silent) pty.virtual.terminal.parser.registerCsiHandler({ final: 'c' }, () => true);
  return Object.assign(pty, { sent: () => Buffer.concat(chunks).toString('utf8') });
}

const restored = (pty: Played) => {
  const sent = pty.sent();
  const after = (codes: string) => sent.lastIndexOf(codes);
  expect(after('\x1b[?1049l'), 'alternate screen left').toBeGreaterThan(after('\x1b[?1049h'));
  expect(after('\x1b[?25h'), 'cursor shown').toBeGreaterThan(after('\x1b[?25l'));
  expect(after('\x1b[?1004l'), 'no more focus reports').toBeGreaterThan(after('\x1b[?1004h'));
  expect(after('\x1b[23;2t'), 'title given back').toBeGreaterThan(after('\x1b]2;▸'));
};

test('the answer to OSC 11 chooses the theme, and is not taken for keys', async () => {
  const light = play([], { background: 'rgb:fafa/fafa/fafa' });
  await light.waitFor('REPLAY');
  // Frame colour of the light theme, #808080. An answer that a busy machine delays changes the screen when it comes.
  await expect.poll(() => light.sent()).toContain('38;2;128;128;128');
  expect(light.screen()).not.toMatch(/pasted text|rgb:/);
  const dark = play([], { background: 'rgb:1111/1111/1111' });
  await dark.waitFor('REPLAY');
  expect(dark.sent()).toContain('38;2;108;108;108');
});

test('a terminal that answers nothing is dark, after a tenth of a second', async () => {
  const pty = play([], { silent: true });
  await pty.waitFor('REPLAY');
  expect(pty.sent()).toContain('38;2;108;108;108');
});

test('keys typed before the first frame are not lost', async () => {
  const pty = play([], { silent: true });
  await pty.waitFor((_, __) => pty.sent().includes('\x1b]11;?'));
  pty.write('?');
  await pty.waitFor('Steer the run');
});

// It is asked all the same, later: a light theme on a dark terminal is told of.
test('a theme that is named waits for no answer', async () => {
  const pty = play(['--theme', 'cvd-light']);
  await pty.waitFor('REPLAY');
  await pty.waitFor(() => pty.sent().includes('38;2;0;95;175'));
});

test('NO_COLOR leaves no coloured code at all', async () => {
  const pty = play(['--theme', 'dark'], { env: { NO_COLOR: '1' } });
  await pty.waitFor('REPLAY');
  await pty.press('?');
  await pty.waitFor('Steer the run');
  const codes = pty.sent().match(/\x1b\[[\d;]*m/g) ?? [];
  expect(codes.length).toBeGreaterThan(10);
  for (const code of codes) expect(code).toMatch(/^\x1b\[(0|1|2|4|7|22|24|27)?(;(0|1|2|4|7|22|24|27))*m$/);
});

test('FORCE_COLOR=1 gives sixteen colours, however many there are', async () => {
  const pty = play([], { env: { FORCE_COLOR: '1' } });
  await pty.waitFor('REPLAY');
  expect(pty.sent()).not.toMatch(/\x1b\[[\d;]*[34]8;[25];/);
  expect(pty.sent()).toMatch(/\x1b\[(\d+;)*9[0-7]m/);
});

test('TERM=dumb tells the run as lines', async () => {
  const pty = play([], { env: { TERM: 'dumb' } });
  expect((await pty.exit).code).toBe(0);
  expect(pty.sent()).toMatch(/#015 KEPT 1\.9731/);
  expect(pty.sent()).not.toContain('\x1b');
});

test.each([
  ['--ascii', ['--ascii'], {}],
  ['the Linux console', [], { TERM: 'linux' }],
  ['a locale without UTF-8', [], { LC_ALL: 'de_DE.ISO-8859-1' }],
])('%s: not one byte that is not ASCII', async (_, args, env) => {
  const pty = play(args, { env });
  await pty.waitFor('REPLAY');
  await pty.press('<end>');
  await pty.waitFor(/FINISHED/);
  await pty.press('?');
  await pty.waitFor('Steer the run');
  expect(pty.sent()).not.toMatch(/[^\x00-\x7f]/);
});

test('the user’s settings choose a theme of their own; its mistake is said, with its place', async () => {
  const folder = join(project.dir, 'config', 'pawl');
  mkdirSync(join(folder, 'themes'), { recursive: true });
  writeFileSync(join(folder, 'config.yaml'), 'theme: mine\n');
  writeFileSync(
    join(folder, 'themes', 'mine.json'),
    '{"extends": "dark",\n "tokens": {"border": "#123456"}}',
  );
  const good = play();
  await good.waitFor('REPLAY');
  expect(good.sent()).toContain('38;2;18;52;86');
  await good.press('q');
  await good.exit;
  writeFileSync(join(folder, 'themes', 'mine.json'), '{"extends": "dark",\n "tokens": {"border": "#12345"}}');
  const bad = play();
  await bad.waitFor(/mine\.json:2: tokens\.border: expected/);
  const named = play(['--theme', 'mine']);
  expect((await named.exit).code).toBe(2);
  expect(named.screen().replaceAll('\n', '')).toMatch(/mine\.json:2: tokens\.border/);
  rmSync(folder, { recursive: true });
});

test('for a screen reader there is no frame and nothing is drawn over', async () => {
  const pty = play(['--screen-reader']);
  await pty.waitFor('Keys: question mark for help');
  await pty.press('<end>');
  await pty.waitFor('Run nov20 finished: 16 experiments, as asked.');
  await pty.press('2');
  await pty.waitFor('Best val_bpb 1.9731 at experiment 15');
  await pty.press('q');
  expect((await pty.exit).code).toBe(0);
  expect(pty.sent()).not.toMatch(/[\u2500-\u259f\u2800-\u28ff]|\x1b\[\d*[A-HJK]|\x1b\[\?1049h/);
  expect(pty.sent().lastIndexOf('\x1b[23;2t')).toBeGreaterThan(pty.sent().lastIndexOf('\x1b]2;▸'));
});

test.each([
  ['q', (pty: Played) => pty.press('q')],
  ['Ctrl-C twice', (pty: Played) => pty.press('<ctrl-c><ctrl-c>')],
  ['SIGTERM', (pty: Played) => pty.kill('SIGTERM')],
  ['SIGHUP', (pty: Played) => pty.kill('SIGHUP')],
])('the terminal is as before after %s', async (_, leave) => {
  const pty = play();
  await pty.waitFor('REPLAY');
  await pty.waitFor(() => pty.sent().includes('\x1b]2;▸') || pty.sent().includes('\x1b]2;◆'));
  await leave(pty);
  await pty.exit;
  restored(pty);
});

test('the terminal is as before after a fault of ours', async () => {
  const bomb = 'data:text/javascript,process.on("SIGUSR2",()=>setImmediate(()=>{throw new Error("boom")}))';
  const pty = play([], { nodeArgs: ['--import', bomb] });
  await pty.waitFor('REPLAY');
  await pty.waitFor(() => /\x1b\]2;[▸◆]/.test(pty.sent()));
  process.kill(pty.pid, 'SIGUSR2');
  expect((await pty.exit).code).not.toBe(0);
  restored(pty);
});

test('a replay plays, stops, goes faster, steps, and changes nothing', async () => {
  const before = readFileSync(join(project.runDir, 'journal.jsonl'));
  const pty = play(['--speed', '600']);
  await pty.waitFor(/REPLAY .*600x/);
  await pty.press(' ');
  await pty.waitFor('paused');
  await pty.press('<lt>');
  await pty.press(' ');
  await pty.waitFor('300x');
  await pty.press(' ');
  await pty.waitFor('paused');
  await pty.press('<home>');
  await pty.waitFor(/ 0% {2}paused/);
  await pty.press('<right><right><right>');
  await pty.waitFor(/warm up over the first/);
  await pty.waitFor('MATRIX_LR = 0.05');
  await pty.press('s');
  await pty.waitFor('skip: this is a replay, nothing can be changed');
  await pty.press('<end>');
  await pty.waitFor(/FINISHED/);
  await pty.press('<left>');
  await pty.waitFor((screen) => !screen.includes('FINISHED'));
  await pty.press('q');
  expect((await pty.exit).code).toBe(0);
  expect(readFileSync(join(project.runDir, 'journal.jsonl'))).toEqual(before);
});

test('a shot of a run that is over: SVG into its folder, text and PNG where one likes', async () => {
  const shot = async (...args: string[]) => {
    const pty = play(args, { command: 'shot' });
    const { code } = await pty.exit;
    return { code, out: pty.screen().trim().replaceAll('\n', '') };
  };
  const first = await shot();
  expect(first).toMatchObject({ code: 0 });
  const [name] = readdirSync(join(project.runDir, 'shots'));
  const svg = readFileSync(join(project.runDir, 'shots', name!), 'utf8');
  expect(svg).toMatch(/^<svg [\s\S]*FINISHED[\s\S]*<\/svg>\n$/);
  const text = join(project.dir, 'deep', 'a.txt');
  expect(await shot('-o', text, '--size', '80x24', '--ascii')).toMatchObject({ code: 0 });
  const rows = readFileSync(text, 'utf8').trimEnd().split('\n');
  expect(rows.length).toBe(24);
  expect(rows[0]).toMatch(/^ @ FINISHED/);
  expect(rows.join('')).toMatch(/^[ -~]*$/);
  const png = join(project.dir, 'a.png');
  expect(await shot('-o', png, '--theme', 'light')).toMatchObject({ code: 0 });
  expect(readFileSync(png).subarray(1, 4).toString()).toBe('PNG');
  expect(await shot('-o', join(project.dir, 'a.gif'))).toMatchObject({
    code: 2,
    out: expect.stringMatching(/\.svg, \.png, \.txt/),
  });
  expect(await shot('--size', 'big')).toMatchObject({
    code: 2,
    out: expect.stringMatching(/such as 120x40/),
  });
  expect(await shot('nov99')).toMatchObject({ code: 2, out: expect.stringMatching(/no run 'nov99'/) });
});

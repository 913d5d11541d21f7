// Takes pictures of a running terminal program:
//   node test/harness/screenshot-cli.ts --size 120x40 --wait-for TRAIN --out a.png --keys '?' --wait-for Keys --out b.svg -- node bin/pawl.js demo
// The steps --wait-for, --keys, --settle, --resize and --out are done in the order given.
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { monospaceFont } from '../../src/screen/shot/fonts.ts';
import { openPty } from './pty.ts';
import { bufferToSvg, svgToPng } from './screenshot.ts';

const options = {
  out: { type: 'string' },
  'wait-for': { type: 'string' },
  keys: { type: 'string' },
  settle: { type: 'string' },
  resize: { type: 'string' },
  size: { type: 'string', default: '120x40' },
  timeout: { type: 'string', default: '60' },
  title: { type: 'string' },
  palette: { type: 'string', default: 'dark' },
  cwd: { type: 'string' },
} as const;

const [own, command] = splitAtDashes(process.argv.slice(2));
const { values, tokens } = parseArgs({ args: own, options, tokens: true });
const [file, ...args] = command;
if (file === undefined) {
  console.error('usage: screenshot-cli [--size 120x40] [--wait-for text] [--keys jj<enter>] [--settle ms]');
  console.error(
    '         [--resize 80x24] [--title t] [--palette dark|light] [--timeout s] --out x.png -- command args',
  );
  process.exit(2);
}
const { columns, rows } = sizeOf(values.size);
const pty = openPty(file, args, {
  columns,
  rows,
  ...(values.cwd === undefined ? {} : { cwd: values.cwd }),
});
const title = values.title ?? command.join(' ');
try {
  for (const token of tokens) {
    if (token.kind === 'option' && token.value !== undefined) await step(token.name, token.value);
  }
} finally {
  // What closing the window does.
  pty.kill('SIGHUP');
}
process.exit();

async function step(name: string, value: string): Promise<void> {
  if (name === 'wait-for') await pty.waitFor(value, Number(values.timeout) * 1_000);
  else if (name === 'keys') await pty.press(value);
  else if (name === 'settle') await delay(Number(value));
  else if (name === 'resize') {
    const size = sizeOf(value);
    pty.resize(size.columns, size.rows);
  } else if (name === 'out') take(value);
}

function take(path: string): void {
  const palette = values.palette === 'light' ? 'light' : 'dark';
  const svg = bufferToSvg(pty.virtual.terminal, { title, palette });
  if (path.endsWith('.svg')) writeFileSync(path, svg);
  else {
    if (!monospaceFont())
      console.error('no monospace font found: letters will be missing (fonts-dejavu-core has one)');
    writeFileSync(path, svgToPng(svg));
  }
  console.log(path);
}

function sizeOf(text: string): { columns: number; rows: number } {
  const match = /^(\d+)x(\d+)$/.exec(text);
  if (!match) throw new Error(`not a size: ${text}; write it as 120x40`);
  return { columns: Number(match[1]), rows: Number(match[2]) };
}

function splitAtDashes(all: string[]): [string[], string[]] {
  const at = all.indexOf('--');
  return at < 0 ? [all, []] : [all.slice(0, at), all.slice(at + 1)];
}

import { execFileSync } from 'node:child_process';
import {
  accessSync,
  appendFileSync,
  constants,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readProcessTable } from '../../src/trial/process-table.ts';
import type { Bench, Measure, Row } from './measure.ts';
import { median } from './statistics.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { cpuPercents, rssMiB } from './usage.ts';

// Programs that people leave open in a terminal, measured as pawl's screen is: the same terminal of 120x40, CPU and
// memory of the process and its children, bytes written, time until it has drawn. Those that are not installed are
// left out, and named.

interface Anchor {
  name: string;
  /** What it does meanwhile. */
  doing: string;
  args(folder: string): string[];
}

const anchors: readonly Anchor[] = [
  { name: 'htop', doing: 'every 1.5 s', args: () => [] },
  { name: 'btop', doing: 'every 2 s', args: () => [] },
  { name: 'lnav', doing: 'following 3 lines/s', args: (folder) => [join(folder, 'train.log')] },
  { name: 'tig', doing: 'a log that stands still', args: () => [] },
  { name: 'lazygit', doing: 'a repository that stands still', args: () => [] },
];

export const besideOthers: Measure = {
  name: 'anchors',
  async run(bench) {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-anchors-')));
    const log = join(folder, 'train.log');
    const repository = join(folder, 'repository');
    let n = 0;
    const line = () =>
      `step ${String(n++).padStart(6, '0')} | loss: 2.345678 | lrm: 1.00 | tok/sec: 49,100\n`;
    writeFileSync(log, Array.from({ length: 1000 }, line).join(''));
    makeRepository(repository, folder);
    const writer = setInterval(() => appendFileSync(log, line()), 333);
    try {
      const rows: Row[] = [];
      for (const anchor of anchors) {
        if (!isInstalled(anchor.name)) {
          bench.say(`${anchor.name} is not installed: left out`);
          continue;
        }
        rows.push(...(await measure(bench, anchor, folder, repository)));
      }
      return rows;
    } finally {
      clearInterval(writer);
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function measure(bench: Bench, anchor: Anchor, folder: string, directory: string): Promise<Row[]> {
  const seconds = bench.quick ? 6 : 12;
  bench.say(`${anchor.name}, ${seconds} s`);
  const place = { directory, env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder } };
  const open = () => openTerminal(anchor.name, anchor.args(folder), place as never);
  const first: number[] = [];
  for (let i = 0; i < (bench.quick ? 1 : 3); i++) {
    const terminal = open();
    first.push(await untilDrawn(terminal));
    terminal.kill();
    await terminal.exit;
  }
  const terminal = open();
  try {
    await untilDrawn(terminal);
    await delay(2000);
    const family = familyOf(terminal.pid);
    const { bytes } = terminal;
    const used = await cpuPercents(family, seconds);
    const row = (measure: string, value: number, unit: string): Row => ({
      measure: `${anchor.name}: ${measure}`,
      value,
      unit,
      target: null,
      against: anchor.doing,
    });
    return [
      row('CPU', sum(used), '%'),
      row('memory', sum(family.map(rssMiB)), 'MiB'),
      row('output', (terminal.bytes - bytes) / seconds / 1000, 'kB/s'),
      row(`first frame (median of ${first.length})`, median(first), 'ms'),
    ];
  } finally {
    terminal.kill();
    await terminal.exit;
  }
}

/** From the spawn to the last byte before the terminal is silent for the first time; a clear screen alone is no frame. ms */
async function untilDrawn(terminal: Terminal): Promise<number> {
  const began = performance.now();
  let last = Number.POSITIVE_INFINITY;
  let shown = 0;
  const stop = terminal.listen((text) => {
    shown += text.length;
    if (shown > 300) last = performance.now();
  });
  while (performance.now() - last < 120 || last === Number.POSITIVE_INFINITY) {
    if (performance.now() - began > 10_000) throw new Error('it draws nothing');
    await delay(10);
  }
  stop();
  return last - began;
}

function familyOf(root: number): number[] {
  const table = readProcessTable();
  const family = [root];
  for (const pid of family) for (const row of table) if (row.ppid === pid) family.push(row.pid);
  return family;
}

function makeRepository(directory: string, home: string): void {
  const git = (...args: string[]) =>
    execFileSync('git', args, { env: { ...process.env, HOME: home }, stdio: 'ignore' });
  git('init', '-q', '-b', 'main', directory);
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@b'];
  for (let i = 0; i < 30; i++)
    git('-C', directory, ...who, 'commit', '-q', '--allow-empty', '-m', `commit ${i}`);
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

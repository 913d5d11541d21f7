import type { TrialResult } from '../../src/trial/runner.ts';
import type { World } from './world.ts';

/** What is known after an attack. */
export interface Aftermath {
  world: World;
  result: TrialResult;
  /** The trial's number is not believed: tracked files were changed. */
  distrusted: boolean;
  /** The disk had less room than the limit when the trial ended; other programs use it, too. */
  diskLow: boolean;
  /** Everything that the trial printed. */
  log: string;
  /** The lines as a screen would get them. */
  shown: string[];
  /** What another program gets when the log is opened from the screen, by its keys for a pager and for an editor. */
  opened(): Promise<string[]>;
  calls(name: string): number;
  /** Processes of this machine whose command line holds a text. */
  living(text: string): number;
  /** What git says in the user's repository. */
  git(...args: string[]): string;
  /** The score of an honest trial on the base commit, run after the attack. */
  nextScore(): Promise<number | null>;
}

export interface Attack {
  group: string;
  name: string;
  /** A Node script, the surface of its experiment; `W` is the world. Errors end it quietly. */
  code: string;
  /** True when it got what it wanted. */
  won(after: Aftermath): boolean | Promise<boolean>;
  /** Known to get through without a sandbox, too, or even with one: why, in the report. */
  limit?: string;
  /** The evaluator has a line of its own in pawl.yaml (`evaluate:`); else it is the end of the command. */
  apart?: boolean;
  /** Runner's limits, made small so that reaching them takes no night. */
  limits?: {
    maxMemoryBytes?: number;
    maxProcesses?: number;
    maxLogBytes?: number;
    spareBytes?: number;
    maxOutputBytes?: number;
  };
}

/** What every attack begins with. */
export const preamble = `import * as fs from 'node:fs'; import * as net from 'node:net'; import * as dgram from 'node:dgram';
import { join } from 'node:path'; import { spawn, spawnSync, execFileSync } from 'node:child_process';
const W = JSON.parse(process.env.WORLD);
const sh = (line) => spawnSync('/bin/sh', ['-c', line], { stdio: ['ignore', 'inherit', 'inherit'], timeout: 8000 });
const leak = (path) => console.log(fs.readFileSync(path, 'latin1'));
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const call = (to) => new Promise((done) => { const s = net.connect(to); s.setTimeout(1000, () => s.destroy());
  s.on('data', () => {}).on('error', () => done()).on('close', () => done()); });
process.on('uncaughtException', (e) => { console.error('failed: ' + e.message); process.exit(0); });
`;

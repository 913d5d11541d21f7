import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tellWhenAway } from '../../src/engine/away-teller.ts';
import { fold, foldAll } from '../../src/journal/fold.ts';
import type { JournalEvent } from '../../src/protocol/events.ts';
import * as f from '../screen/fixtures.ts';

let dir: string;
const before = process.env.XDG_CONFIG_HOME;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pawl-away-'));
  mkdirSync(join(dir, 'pawl'));
  process.env.XDG_CONFIG_HOME = dir;
});
afterEach(() => {
  if (before === undefined) delete process.env.XDG_CONFIG_HOME;
  else process.env.XDG_CONFIG_HOME = before;
  rmSync(dir, { recursive: true, force: true });
});

function engine() {
  const j = f.journal();
  f.start(j);
  f.baseline(j);
  const state = foldAll(j.events);
  const ended = fold(state, {
    v: 1,
    seq: state.seq + 1,
    at: new Date(f.moment).toISOString(),
    type: 'run.ended',
    outcome: 'finished',
    why: 'as asked',
    exitCode: 0,
  } as JournalEvent);
  const notices: string[] = [];
  const session = { state, notice: (_: string, text: string) => void notices.push(text) };
  return { session, ended, notices };
}
const config = (text: string) => writeFileSync(join(dir, 'pawl', 'config.yaml'), text);

test('while no screen is attached the user’s command is told, and waited for', async () => {
  const out = join(dir, 'told.json');
  config(`notifications:\n  command: [tee, ${out}]\n`);
  const { session, ended, notices } = engine();
  const teller = tellWhenAway(session, () => true);
  teller.saw(ended);
  await teller.end();
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
    event: 'finished',
    run: 'nov20',
    project: '/home/ada/tiny-lm',
  });
  expect(notices).toEqual([]);
});

test('an attached screen tells by itself', async () => {
  config('notifications: {command: /no/such/program}\n');
  const { session, ended, notices } = engine();
  const teller = tellWhenAway(session, () => false);
  teller.saw(ended);
  await teller.end();
  expect(notices).toEqual([]);
});

test('a command that fails is a notice, nothing worse', async () => {
  config('notifications: {command: /no/such/program}\n');
  const { session, ended, notices } = engine();
  const teller = tellWhenAway(session, () => true);
  teller.saw(ended);
  await teller.end();
  expect(notices).toEqual([
    expect.stringMatching(/notifications\.command: \/no\/such\/program could not be started/),
  ]);
});

test('channel off silences the command too', async () => {
  config('notifications: {channel: off, command: /no/such/program}\n');
  const { session, ended, notices } = engine();
  const teller = tellWhenAway(session, () => true);
  teller.saw(ended);
  await teller.end();
  expect(notices).toEqual([]);
});

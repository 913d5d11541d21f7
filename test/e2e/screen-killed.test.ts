import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openPty } from '../harness/pty.ts';
import { lives, openNight } from './night.ts';
import { launcher, until } from './run-pawl.ts';

// What a kill -9 of the screen leaves: an engine that did not notice, and a terminal in which the next screen is right.

const q = (text: string) => `'${text}'`;

test('kill -9 of a screen: the run goes on, and the next screen in the same terminal is whole', async () => {
  const night = await openNight();
  night.stay(1);
  night.stay(2);
  const pawl = `${q(process.execPath)} ${q(launcher)}`;
  const pty = openPty('/bin/sh', ['-c', `${pawl} run; echo killed; ${pawl} attach; echo over; sleep 60`], {
    cwd: night.project.directory,
    env: { ...night.project.env, STAY: `${night.project.home}/stay` },
  });
  try {
    await pty.waitFor(/TRAIN\s+#1/, 30_000);
    const engine = night.engine()!;
    const screen = await until('the screen', () => childOf(pty.pid));
    process.kill(screen, 'SIGKILL');
    await until('it is gone', () => !lives(screen));
    expect(lives(engine)).toBe(true);
    night.letGo(1);
    await night.event('trial.started', (e) => e.n === 2);
    expect(night.engine()).toBe(engine);
    await pty.waitFor(/TRAIN\s+#2/, 30_000);
    expect(pty.screen()).not.toContain('killed');
    await pty.press('q');
    await pty.waitFor('over');
    // Back in the terminal's own lines, with what was there before the screens.
    expect(pty.virtual.terminal.buffer.active.type).toBe('normal');
    expect(lives(engine)).toBe(true);
  } finally {
    pty.kill('SIGKILL');
    await night.end();
  }
}, 90_000);

function childOf(pid: number): number | null {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ');
  return child ? Number(child) : null;
}

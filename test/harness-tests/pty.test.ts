import { describe, expect, it } from 'vitest';
import { openPty } from '../harness/pty.ts';

const node = (code: string, options = {}) =>
  openPty(process.execPath, ['-e', code], { columns: 60, rows: 8, ...options });

describe('openPty', () => {
  it('shows output, counts its bytes, and gives the exit code', async () => {
    const pty = node(
      'console.log("size " + process.stdout.columns + " " + process.stdout.rows); process.exit(3)',
    );
    expect(await pty.exit).toEqual({ code: 3, signal: 0 });
    expect(pty.text()[0]).toBe('size 60 8');
    expect(pty.bytes).toBe('size 60 8\r\n'.length);
  });

  it('hides from the child that a CI runs it, and sets what is asked for', async () => {
    process.env.CI = 'true';
    const pty = node('console.log(JSON.stringify([process.env.CI, process.env.A, process.env.PATH]))', {
      env: { A: 'b', PATH: undefined },
    });
    await pty.exit;
    expect(pty.screen()).toContain('[null,"b",null]');
  });

  it('presses keys and resizes', async () => {
    const pty = node(`
      process.stdin.setRawMode(true);
      process.stdin.on('data', (d) => console.log('got', JSON.stringify(String(d))));
      process.stdout.on('resize', () => console.log('now', process.stdout.columns));
      console.log('ready');`);
    await pty.waitFor('ready');
    await pty.press('a<up>');
    await pty.waitFor(/got "a"\n.*got "\\u001b\[A"/);
    pty.resize(50, 8);
    await pty.waitFor('now 50');
    pty.kill('SIGKILL');
    expect((await pty.exit).signal).toBe(9);
  });

  it('answers questions to the terminal as a terminal does', async () => {
    const pty = node(
      `process.stdin.setRawMode(true);
       process.stdin.once('data', (d) => { console.log('answer', JSON.stringify(String(d))); process.exit(); });
       process.stdout.write('\\x1b]11;?\\x07');`,
      { background: 'rgb:1111/2222/3333' },
    );
    await pty.waitFor('answer "\\u001b]11;rgb:1111/2222/3333');
    await pty.exit;
  });

  it('blocks the writer while paused', async () => {
    const pty = node(`
      let i = 0;
      const line = 'x'.repeat(50);
      setInterval(() => { for (let k = 0; k < 200; k++) console.log(line, i++); }, 1);`);
    await pty.waitFor('x');
    pty.pause();
    // The reader may still have a buffer in hand; from then on nothing may come.
    let before = -1;
    await expect
      .poll(() => {
        const still = pty.bytes === before;
        before = pty.bytes;
        return still;
      })
      .toBe(true);
    pty.resume();
    await pty.waitFor(() => pty.bytes > before + 100_000);
    pty.kill('SIGKILL');
    await pty.exit;
  });
});

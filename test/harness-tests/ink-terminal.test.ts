import { Box, Text, useInput, usePaste, useWindowSize } from 'ink';
import { createElement as h, useState } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { type InkTerminal, mountInTerminal } from '../harness/ink-terminal.ts';

function Echo() {
  const { columns, rows } = useWindowSize();
  const [typed, setTyped] = useState<string[]>([]);
  const [pasted, setPasted] = useState('');
  useInput((input, key) => {
    const name = key.escape
      ? 'ESC'
      : key.return
        ? 'ENTER'
        : key.upArrow
          ? 'UP'
          : key.ctrl
            ? `^${input}`
            : input;
    setTyped((before) => [...before, name]);
  });
  usePaste(setPasted);
  return h(
    Box,
    { width: columns, height: rows, overflow: 'hidden', flexDirection: 'column' },
    h(Text, null, `size ${columns}x${rows}`),
    h(Text, null, `typed ${typed.join(',')}`),
    h(Text, null, `pasted ${pasted}`),
  );
}

let mounted: InkTerminal | undefined;
const mount = (columns: number, rows: number) => {
  mounted = mountInTerminal(h(Echo), { columns, rows });
  return mounted;
};
afterEach(() => mounted?.unmount());

describe('mountInTerminal', () => {
  it('shows the app on the alternate screen at the size asked for', async () => {
    const app = mount(40, 6);
    await app.waitFor('size 40x6');
    expect(app.virtual.terminal.buffer.active.type).toBe('alternate');
    expect(app.text()).toHaveLength(6);
  });

  it('presses plain, named and control keys one at a time', async () => {
    const app = mount(60, 6);
    await app.waitFor('typed');
    await app.press('a<esc>b<up><enter><ctrl-c>');
    await app.waitFor('typed a,ESC,b,UP,ENTER,^c');
  });

  it('pastes apart from keys', async () => {
    const app = mount(60, 6);
    await app.waitFor(() => app.virtual.terminal.modes.bracketedPasteMode);
    await app.paste('srvQ');
    await app.waitFor('pasted srvQ');
    expect(app.screen()).not.toContain('typed s');
  });

  it('resizes', async () => {
    const app = mount(60, 6);
    await app.resize(30, 4);
    await app.waitFor('size 30x4');
    expect(app.text()).toHaveLength(4);
  });

  it('can stop taking output and take it again', async () => {
    const app = mount(60, 6);
    await app.waitFor('typed');
    app.stall();
    await app.press('x');
    await app.waitFor(() => app.stdout.writableLength > 0);
    expect(app.screen()).not.toContain('typed x');
    app.resume();
    await app.waitFor('typed x');
  });

  it('says what was on the screen when the wait was in vain', async () => {
    const app = mount(60, 6);
    await app.waitFor('size');
    await expect(app.waitFor('never', 60)).rejects.toThrow(/never\n-+\nsize 60x6/);
  });
});

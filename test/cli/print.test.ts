import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { printable } from '../../src/cli/print.ts';

const cli = fileURLToPath(new URL('../../src/cli/', import.meta.url));

test('what is printed holds no escape, and keeps its lines', () => {
  expect(printable('error: \x1b[2Jbad\x1b]52;c;cm0=\x07 file\x9b31m\n  and \u202emore')).toBe(
    'error: bad file\n  and more',
  );
});

/** Texts and codes of our own alone: help, version, keys, the screen's questions; and findings, which are cleaned one by one. */
const ownText = new Set(['run-command-line.ts', 'keys.ts', 'open-screen.ts', 'doctor.ts', 'print.ts']);

test('commands print through the one place that cleans', () => {
  const direct = readdirSync(cli).filter(
    (name) =>
      !ownText.has(name) &&
      /std(?:out|err)\.write\(|console\.\w+\(/.test(readFileSync(join(cli, name), 'utf8')),
  );
  expect(direct).toEqual([]);
});

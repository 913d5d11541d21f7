import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../src/cli/close-inherited.ts', import.meta.url));

// Its own file is what another thread of Node may be reading in that moment: closing it breaks a start now and then.
const child = `
import { fstatSync, openSync } from 'node:fs';
import { closeInherited } from ${JSON.stringify(source)};
const own = openSync(process.execPath, 'r');
closeInherited();
const open = (fd) => { try { fstatSync(fd); return true; } catch { return false; } };
console.log(open(own), open(200));
`;

test.skipIf(process.platform !== 'linux')(
  'what was inherited is closed, what this process opened itself is not',
  () => {
    const script = 'exec 200</etc/passwd; exec "$0" --input-type=module -e "$1"';
    const { stdout, error } = spawnSync('bash', ['-c', script, process.execPath, child], {
      encoding: 'utf8',
    });
    expect(error).toBeUndefined();
    expect(stdout.trim()).toBe('true false');
  },
);

test.skipIf(process.platform !== 'linux')(
  'certificates stay open: a thread of Node reads them at the start, and has no mark on them',
  () => {
    const script = 'exec 200<"$2"; exec "$0" --input-type=module -e "$1"';
    const certificates = fileURLToPath(new URL('../../package.json', import.meta.url));
    const { stdout } = spawnSync('bash', ['-c', script, process.execPath, child, certificates], {
      encoding: 'utf8',
      env: { ...process.env, SSL_CERT_FILE: certificates },
    });
    expect(stdout.trim()).toBe('true true');
  },
);

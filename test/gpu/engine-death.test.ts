import { spawn } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { withFakeNvidiaSmi } from '../harness/fake-nvidia-smi/with-fake-nvidia-smi.ts';
import { bundleForTest } from './bundle-for-test.ts';

const source = `
  import { nvidiaStream } from './nvidia-stream.ts';
  nvidiaStream({ intervalMs: 50, appsIntervalMs: 50 }).start((report) => {
    if (report.processes.length > 0) process.stdout.write('sampling\\n');
  });
  process.stdin.on('data', () => process.exit(0));
`;

test.each(['is killed', 'exits'])('when the process that samples %s, its children end too', async (how) => {
  const bundle = await bundleForTest(source);
  const fake = withFakeNvidiaSmi({ pattern: 'training' });
  const engine = spawn(process.execPath, [bundle.file], {
    env: fake.env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => engine.stdout.once('data', resolve));
  expect(fake.living()).toHaveLength(2);
  if (how === 'exits') engine.stdin.write('go\n');
  else engine.kill('SIGKILL');
  await vi.waitFor(() => expect(fake.living()).toEqual([]), { timeout: 10_000 });
  fake.dispose();
  bundle.dispose();
});

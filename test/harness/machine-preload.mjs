// Loaded into a test's engine with NODE_OPTIONS=--import. What the kernel says of the machine (load, waiting for cores,
// processes killed for want of memory) comes from a file that the test writes, so that a busy machine is busy for sure
// and a quiet one is quiet whatever else this machine does. The engine's own code knows nothing of it.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';

const folder = process.env.TEST_MACHINE;
if (process.argv[2] === '__engine' && folder) install(folder);

function install(folder) {
  const real = fs.readFileSync;
  const cores = cpus().length;
  const now = () => performance.now();
  /** `{busy: cores taken by others, waited: share of the time that threads wait, oomKills, impatient}` */
  const told = () => JSON.parse(real(join(folder, 'machine.json'), 'utf8'));

  // Counters only grow, whoever asks.
  let at = now();
  let busy = 0;
  let all = 0;
  function stat() {
    const ticks = ((now() - at) / 10) * cores;
    at = now();
    all += ticks;
    busy += (ticks * Math.min(cores, told().busy ?? 0)) / cores;
    const numbers = [busy, 0, 0, all - busy, 0, 0, 0, 0, 0, 0].map(Math.round);
    return `cpu  ${numbers.join(' ')}\ncpu0 ${numbers.join(' ')}\n`;
  }

  const waits = new Map();
  function schedstat(path, pid) {
    // The real one is asked first: a thread that is gone has none.
    real(path);
    const thread = waits.get(path) ?? { at: now(), waited: 0 };
    thread.waited += (now() - thread.at) * (told().waited ?? 0) * 1e6;
    thread.at = now();
    waits.set(path, thread);
    const looks = (waits.get(pid) ?? 0) + 1;
    waits.set(pid, looks);
    // A trial may wait until it was looked at so often.
    fs.writeFileSync(join(folder, `looks-${pid}`), `${looks}\n`);
    return `0 ${Math.round(thread.waited)} 5\n`;
  }

  fs.readFileSync = (path, ...rest) => {
    if (path === '/proc/stat') return stat();
    if (path === '/proc/loadavg') return `${told().busy ?? 0} 0.00 0.00 1/100 1\n`;
    if (path === '/proc/vmstat') return `oom_kill ${told().oomKills ?? 0}\n`;
    const thread = /^\/proc\/(\d+)\/task\/\d+\/schedstat$/.exec(path);
    return thread ? schedstat(path, thread[1]) : real(path, ...rest);
  };
  syncBuiltinESMExports();

  // The loop's one sleep between two tries of what the environment failed, where the test asks for it; no other timer.
  const wait = globalThis.setTimeout;
  const isRetry = (call, ms) => ms >= 15_000 && String(call).includes('wakeUp()');
  globalThis.setTimeout = Object.assign(
    (call, ms, ...rest) => wait(call, isRetry(call, ms) && told().impatient ? 250 : ms, ...rest),
    wait,
  );
}

// One contender for the lock, driven over IPC: told when to try, it says whether it won.
import { takeLock } from '../../src/engine/run-lock.ts';

let release: (() => void) | null = null;

process.on('message', (told: { try: string; at: number } | 'release') => {
  if (told === 'release') {
    release?.();
    release = null;
    process.send!('released');
    return;
  }
  while (Date.now() < told.at) {
    // All of them at the same moment.
  }
  const lock = takeLock(told.try, `contender-${process.pid}`);
  if ('release' in lock) release = lock.release;
  process.send!('release' in lock ? 'won' : `lost to ${lock.holder.pid}`);
});
process.send!('ready');

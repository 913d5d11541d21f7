import { setFlagsFromString } from 'node:v8';

// By how much the old generation may grow between two collections. V8's own factor is about four, and of the pages that
// it gives back many stay resident. While a long past is read nearly all of it stays, and every collection only copies
// and marks what will be needed: then it may double. After that a night should not look larger than what it holds.

/** What an engine is started with. */
export const growthWhileReading = '--heap-growing-percent=100';

/** From now on a fifth: a collection takes some 20 ms, and there is one in a few dozen experiments. */
export function growLittleFromNow(): void {
  setFlagsFromString('--heap-growing-percent=20');
}

// Loaded into a test's engine with NODE_OPTIONS=--import: its clock is ahead by as many ms as a file says, which a test may
// change at any time. The clock that nobody sets (performance.now, timers) stays as it is.
import { readFileSync } from 'node:fs';

const path = process.env.TEST_CLOCK;
if (process.argv[2] === '__engine' && path) {
  const Real = globalThis.Date;
  const ahead = () => {
    try {
      return Number(readFileSync(path, 'utf8'));
    } catch {
      return 0;
    }
  };
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length === 0) super(Real.now() + ahead());
      else super(...given);
    }
    static now() {
      return Real.now() + ahead();
    }
  };
}

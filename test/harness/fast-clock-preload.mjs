// Loaded into a test's screen with NODE_OPTIONS=--import: its clocks and timers run TEST_SPEED times as fast, so that it
// draws in minutes about what it would draw in a night. SIGUSR2 brings it to the usual pace, and back.
import { performance } from 'node:perf_hooks';

const fast = Number(process.env.TEST_SPEED);
if (process.argv[2] === 'attach' && fast > 1) {
  const Real = globalThis.Date;
  const steady = performance.now.bind(performance);
  let speed = fast;
  let since = steady();
  let then = since;
  const ms = () => then + (steady() - since) * speed;
  process.on('SIGUSR2', () => {
    then = ms();
    since = steady();
    speed = speed === 1 ? fast : 1;
  });
  const atFirst = Real.now() - since;
  const now = () => Math.round(atFirst + ms());
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length === 0) super(now());
      else super(...given);
    }
    static now() {
      return now();
    }
  };
  Object.defineProperty(performance, 'now', { value: ms });
  for (const name of ['setTimeout', 'setInterval']) {
    const real = globalThis[name];
    const hastened = (act, delay = 0, ...rest) => real(act, delay / speed, ...rest);
    globalThis[name] = Object.defineProperties(hastened, Object.getOwnPropertyDescriptors(real));
  }
}

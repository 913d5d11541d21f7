/** When the screen may change: at most ten times a second for news, at once for keys, never while the terminal is stuck. */
export interface Flush {
  /** There is news: draw within the interval. Costs nothing when a draw is already due. */
  soon(): void;
  /** A key was pressed: draw now. */
  now(): void;
  stop(): void;
}

/**
 * @param draw publishes what has gathered
 * @param blocked true while the terminal does not take what was written before
 */
export function createFlush(draw: () => void, blocked: () => boolean, intervalMs = 100): Flush {
  let timer: NodeJS.Timeout | null = null;
  let last = 0;
  let stopped = false;

  const arm = (ms: number) => {
    if (timer || stopped) return;
    timer = setTimeout(fire, ms);
  };
  const fire = () => {
    timer = null;
    // What has gathered is bounded, so waiting is free: no frame is lost, only later.
    if (blocked()) return arm(intervalMs * 2);
    last = performance.now();
    draw();
  };
  return {
    soon: () => arm(Math.max(0, last + intervalMs - performance.now())),
    now() {
      if (stopped) return;
      if (timer) clearTimeout(timer);
      timer = null;
      fire();
    },
    stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      timer = null;
    },
  };
}

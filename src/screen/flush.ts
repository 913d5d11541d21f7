/** When the screen may change: at most ten times a second for news, at once for keys, never while the terminal is stuck. */
export interface Flush {
  /**
   * There is news: draw once the last draw is `ms` ago (the interval, unless told). News that can wait rides on the
   * draw of news that cannot. Costs nothing when a draw is due by then.
   */
  soon(ms?: number): void;
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
  let due = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let stopped = false;

  const disarm = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    due = Number.POSITIVE_INFINITY;
  };
  const arm = (at: number) => {
    if (stopped || at >= due) return;
    disarm();
    due = at;
    timer = setTimeout(fire, Math.max(0, at - performance.now()));
  };
  const fire = () => {
    disarm();
    // What has gathered is bounded, so waiting is free: no frame is lost, only later.
    if (blocked()) return arm(performance.now() + intervalMs * 2);
    last = performance.now();
    draw();
  };
  return {
    soon: (ms = intervalMs) => arm(Math.max(last + ms, performance.now())),
    now() {
      if (!stopped) fire();
    },
    stop() {
      stopped = true;
      disarm();
    },
  };
}

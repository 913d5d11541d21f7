/** How long each signal may take before the next, ms. */
export interface LadderDelays {
  /** From SIGINT (the script may still print its last number) to SIGTERM. */
  interruptMs: number;
  /** From SIGTERM to SIGKILL. */
  terminateMs: number;
}

/** How long a trial has to end by itself after each signal. */
export const ladderDelays: LadderDelays = { interruptMs: 10_000, terminateMs: 5_000 };

/** The longest delay that a Node timer takes, ms; a longer one would fire at once. */
export const longestTimerMs = 2 ** 31 - 1;

/** INT, TERM, KILL, one after the other until `cancel`. Sends the first at once. */
export function climbLadder(send: (signal: NodeJS.Signals) => void, delays: LadderDelays): () => void {
  let timer: NodeJS.Timeout | undefined;
  const step = (signal: NodeJS.Signals, waitMs: number, next: () => void): void => {
    timer = setTimeout(next, waitMs);
    send(signal);
  };
  step('SIGINT', delays.interruptMs, () =>
    step('SIGTERM', delays.terminateMs, () => {
      send('SIGKILL');
    }),
  );
  return () => clearTimeout(timer);
}

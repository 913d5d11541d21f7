// Who looks at a trial many times a second looks in the same moment as the others: waking the process costs more than
// a look does.

/** Between two beats, ms. */
const beatMs = 100;

const listeners = new Set<() => void>();
let timer: NodeJS.Timeout | undefined;

/** Calls back ten times a second. @returns stop */
export function onBeat(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, beatMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Tells pasted text from typed keys where the terminal does not mark pastes: by how fast the keys come. */
export interface Pace {
  /** A key was pressed. @returns false when it belongs to a burst that has already taken an act with it */
  key(): boolean;
  /** The key that is handled now came faster than fingers. */
  rushed(): boolean;
  /** Does something that reaches the run, unless the key belongs to a burst: then `pasted` is told. */
  carefully(act: () => void): void;
}

/** @param ms keys within this time of each other are no typing; 0 = never judged, acts are done at once */
export function createPace(ms: number, pasted: () => void, clock: () => number = Date.now): Pace {
  let last = Number.NEGATIVE_INFINITY;
  let before = Number.NEGATIVE_INFINITY;
  let pending: NodeJS.Timeout | null = null;
  let burst = false;

  return {
    key() {
      before = last;
      last = clock();
      if (last - before >= ms) burst = false;
      if (pending) {
        clearTimeout(pending);
        pending = null;
        burst = true;
        pasted();
      }
      return !burst;
    },
    rushed: () => last - before < ms,
    carefully(act) {
      if (ms === 0) return act();
      if (last - before < ms) {
        burst = true;
        return pasted();
      }
      pending = setTimeout(() => {
        pending = null;
        act();
      }, ms);
    },
  };
}

import fc from 'fast-check';

/** One thing that eats foreign text, and what must hold whatever it is fed. */
export interface FuzzTarget {
  name: string;
  /** Share of all cases, in parts of the sum. */
  share: number;
  /** Checks `cases` random inputs. @throws with the smallest input that breaks a promise. */
  run(cases: number, seed: number): Promise<void> | void;
}

/** A promise about one kind of input. */
export function target<T>(
  name: string,
  share: number,
  input: fc.Arbitrary<T>,
  holds: (value: T) => void,
): FuzzTarget {
  return {
    name,
    share,
    run: (cases, seed) => fc.assert(fc.property(input, inTime(holds)), { numRuns: cases, seed }),
  };
}

/** As `target`, for what has to be waited for. `around` makes what all cases share, and takes it away. */
export function slowTarget<T, C>(
  name: string,
  share: number,
  input: fc.Arbitrary<T>,
  around: { open(): Promise<C>; close(context: C): Promise<void> },
  holds: (value: T, context: C) => Promise<void>,
): FuzzTarget {
  return {
    name,
    share,
    async run(cases, seed) {
      const context = await around.open();
      try {
        await fc.assert(
          fc.asyncProperty(input, (value) => holds(value, context)),
          { numRuns: cases, seed },
        );
      } finally {
        await around.close(context);
      }
    },
  };
}

/** No input of this size may keep the engine from its heartbeat for this long, ms (a loaded machine included). */
const mostMs = 2000;

function inTime<T>(holds: (value: T) => void): (value: T) => void {
  return (value) => {
    const begun = performance.now();
    holds(value);
    const took = performance.now() - begun;
    if (took > mostMs) throw new Error(`took ${Math.round(took)} ms`);
  };
}

/** @throws when the condition does not hold. */
export function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

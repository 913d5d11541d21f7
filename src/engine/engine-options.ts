import type { Overrides } from '../protocol/events.ts';

export { failedStartDir } from './give-back.ts';
export { pawlDir, runPaths } from './paths.ts';

/** What the launching command tells the engine. Travels as one JSON argument. */
export interface EngineOptions {
  projectDir: string;
  tag: string;
  seed?: number;
  overrides: Overrides;
  /** Only measure the claim of an ended run. */
  verifyOnly?: boolean;
  /** The code is our own and the tuner changes only numbers in it (the demo): needs no consent without a sandbox. */
  ownCode?: boolean;
}

import { mkdirSync } from 'node:fs';
import type { Walls } from './box.ts';
import type { Bwrap } from './sandbox/layout.ts';
import { type Grounds, planSandbox } from './sandbox/plan.ts';

/** What this machine can put around a command; found once for each engine. */
export interface Shelter {
  /** Null: no sandbox, because it does not work here or the user does not want it. */
  bwrap: Bwrap | null;
  /** A setpriv(1) that knows --pdeathsig: the next best thing. */
  setpriv: string | null;
  /** A folder of ours that stays empty. */
  emptyFolder: string;
  /** What the user's own settings open to every trial; real paths. */
  opened?: readonly string[];
}

/** Nothing around trials. */
export const noShelter: Shelter = { bwrap: null, setpriv: null, emptyFolder: '/' };

export interface WallsRequest {
  grounds: Grounds | null;
  cwd: string;
  writable: readonly string[];
  pinned: boolean;
  env: NodeJS.ProcessEnv;
}

/** Puts up the walls for one command. */
export function wallsFor(shelter: Shelter, request: WallsRequest): Walls {
  const { bwrap, setpriv, emptyFolder, opened = [] } = shelter;
  if (bwrap === null) return { kind: 'none', setpriv };
  const { cwd } = request;
  const grounds = request.grounds ?? { worktree: cwd, tracked: [], inputs: [], project: cwd };
  mkdirSync(emptyFolder, { recursive: true, mode: 0o555 });
  const plan = () => planSandbox({ ...request, grounds, emptyFolder, opened });
  return { kind: 'bubblewrap', bwrap, layout: plan(), again: plan };
}

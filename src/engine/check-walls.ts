import type { Walls } from '../trial/box.ts';
import { wallsFor } from '../trial/walls.ts';
import type { Bench } from './step.ts';

/** The sandbox of a check: tracked files are brought back after it anyway, and compilers want to write beside them. */
export async function checkWalls({ session, shelter, workspace }: Bench): Promise<Walls> {
  return wallsFor(shelter, {
    grounds: await workspace.grounds(session.state.champion.sha),
    cwd: workspace.cwd,
    writable: [],
    pinned: false,
    env: process.env,
  });
}

import { join } from 'node:path';

/** Where a shot of a run goes when nobody says: into the run's folder, named by the time. */
export function shotPath(runDir: string, at = new Date()): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
  return join(runDir, 'shots', `${day} ${time}.svg`.replace(' ', '_'));
}

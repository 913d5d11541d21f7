import { statfs } from 'node:fs/promises';

/**
 * Space on the file system of `path` that this user may still fill, MiB.
 * @throws the system's error when the path does not exist
 */
export async function freeDiskMiB(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return Math.floor((bavail * bsize) / 1_048_576);
}

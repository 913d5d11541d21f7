import { UserError } from '../../protocol/failure.ts';
import { isLoopback } from './loopback.ts';

// The second wall: whatever the settings say and however an address was read, no connection leaves this machine unless
// the user's own yes to exactly that server was seen by this process.

const agreed = new Set<string>();

/** The user has agreed to this server. */
export function letThrough(url: string): void {
  agreed.add(new URL(url).origin);
}

/** @throws UserError for a server that is neither this machine nor agreed to */
export function mustBeLetThrough(url: URL): void {
  if (isLoopback(url.hostname) || agreed.has(url.origin)) return;
  throw new UserError(
    `${url.origin} is not on this machine, and you have not agreed to send your code there. Nothing was sent.`,
    3,
  );
}

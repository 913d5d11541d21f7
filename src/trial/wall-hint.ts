import type { Segment } from './lines.ts';

// A trainer that runs into the sandbox fails with an error that looks like the machine's. Whoever reads the verdict, most
// of all that of a first baseline, is told that it was the sandbox, and what to do.

const readOnly = /\bEROFS\b|read-only file system/i;
const network =
  /\bENETUNREACH\b|\bEAI_AGAIN\b|network is unreachable|temporary failure in name resolution|could not resolve host/i;
const denied = /\bEACCES\b|permission denied/i;

export interface WallSearch {
  push(segments: readonly Segment[]): void;
  /** One sentence with the remedy; null when nothing looks like the sandbox. */
  hint(): string | null;
}

/** Follows the output of a sandboxed command for signs that it ran into the sandbox. */
export function createWallSearch(): WallSearch {
  let [sawReadOnly, sawNetwork, sawDenied, sawAnything] = [false, false, false, false];
  return {
    push(segments) {
      for (const { text } of segments) {
        sawAnything ||= text.trim() !== '';
        sawReadOnly ||= readOnly.test(text);
        sawNetwork ||= network.test(text);
        sawDenied ||= denied.test(text);
      }
    },
    hint() {
      if (sawReadOnly)
        return 'the sandbox keeps tracked files, folders of locked files, linked inputs and everything outside the worktree read-only: write to $PAWL_OUT_DIR, or run with --no-sandbox';
      if (sawNetwork)
        return 'the sandbox has no network: fetch the data beforehand and name it in link:, or run with --no-sandbox';
      if (sawDenied)
        return 'perhaps the sandbox: it hides secrets and sockets; write to $PAWL_OUT_DIR, or try --no-sandbox';
      if (!sawAnything)
        return 'it printed nothing here; where its output goes to a file, look there whether it ran into the sandbox (read-only, no network)';
      return null;
    },
  };
}

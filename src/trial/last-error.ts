import type { Segment } from './lines.ts';

// The one line of a failed trial's log that says what went wrong, found while the log is read.

/** `torch.OutOfMemoryError: CUDA out of memory`, at the start of a line as tracebacks end. */
const exception =
  /^(?:\[?rank\d+\]?:\s?)?([A-Za-z_][\w.]{0,120}(?:Error|Exception|Interrupt|Exit|Fault|Failure)\b(?:\s?\[[A-Z_]{1,40}\])?(?::.*)?)$/;
/** Wrappers that only say that another process failed. */
const wrapper = /ChildFailedError|ProcessRaisedException|CalledProcessError/;
const weak =
  /\b(?:error|fatal|panic(?:ked)?|segmentation fault|killed|aborted|core dumped|out of memory|not found|no such file|permission denied|no space left|cannot|assertion|traceback)\b|FAIL(?:ED|URE)?\s*$/i;
const maxErrorLength = 300;

export interface ErrorSearch {
  push(segments: readonly Segment[]): void;
  /** The most telling line, at most 300 characters; null when none looks like an error. */
  line(): string | null;
}

/** Follows the output for the last line that looks like an error; an exception beats a line that only mentions one. */
export function createErrorSearch(): ErrorSearch {
  let strong: string | null = null;
  let mention: string | null = null;
  let wrapped: string | null = null;
  return {
    push(segments) {
      for (const { text } of segments) {
        if (text === '' || !weakOrNamed(text)) continue;
        const named = exception.exec(text.trimEnd())?.[1];
        if (named === undefined) {
          if (weak.test(text)) mention = text;
        } else if (wrapper.test(named)) wrapped = named;
        else strong = named;
      }
    },
    line() {
      const line = (strong ?? wrapped ?? mention)?.trim();
      if (line === undefined) return null;
      // `step 00012 ... remaining: 290sFAIL`: the verdict stands at the end of a long progress line.
      if (line.length <= maxErrorLength) return line;
      return /FAIL\w*$/.test(line)
        ? `… ${line.slice(2 - maxErrorLength)}`
        : `${line.slice(0, maxErrorLength - 1)}…`;
    },
  };
}

/** A cheap first look: most lines of a log are progress. */
const firstLook =
  /rror|RROR|xcept|nterrupt|Exit|ault|ail|FAIL|atal|FATAL|anic|illed|bort|memory|found|uch file|enied|space left|annot|ssert|raceback|dumped/;
function weakOrNamed(text: string): boolean {
  return firstLook.test(text);
}

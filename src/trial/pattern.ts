import { createContext, Script } from 'node:vm';
import { UserError } from '../protocol/failure.ts';

// A user's regular expression meets text that an experiment printed. Some expressions take years on some texts, and
// only the isolate's own watchdog can stop a match, so matching goes in batches through a vm timeout (0.1 ms a batch).

const batchTimeoutMs = 200;

const current = { run: (): void => undefined };
const context = createContext(current);
const runScript = new Script('run()');

/** False when it took too long. */
function runs(): boolean {
  try {
    runScript.runInContext(context, { timeout: batchTimeoutMs });
    return true;
  } catch {
    return false;
  }
}

export interface Pattern {
  /** Matches each text (lines, already cut to 2 KiB); null where it does not match, and everywhere once the pattern is broken. */
  match(texts: readonly string[]): (RegExpExecArray | null)[];
  /** Why the pattern is not used any more, or null. */
  readonly broken: string | null;
}

/**
 * Compiles a user's expression.
 * @param field what the user calls it, for messages.
 * @throws UserError when it is not a regular expression.
 */
export function createPattern(source: string, field: string): Pattern {
  let expression: RegExp;
  try {
    expression = new RegExp(source);
  } catch (error) {
    throw new UserError(`${field} is not a regular expression: ${(error as Error).message}`);
  }
  let broken: string | null = null;
  return {
    get broken() {
      return broken;
    },
    match(texts) {
      const matches: (RegExpExecArray | null)[] = new Array(texts.length).fill(null);
      if (broken !== null || texts.length === 0) return matches;
      current.run = () => {
        for (let i = 0; i < texts.length; i++) matches[i] = expression.exec(texts[i]!);
      };
      // Twice, because the watchdog's clock also runs while the machine is busy elsewhere or asleep.
      if (!runs() && !runs()) {
        broken = `${field} took too long on the output and was given up; make it simpler (nested repetition is the usual cause)`;
      }
      return matches;
    },
  };
}

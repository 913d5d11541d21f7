import { EnvironmentFailure } from '../protocol/failure.ts';
import type { Box, BoxEnd } from './box.ts';

// The evaluator of a trial (`evaluate:`) in a box of its own. It is started when nothing of the training is left: in the
// sandbox the kernel has ended that namespace with all that was in it, so that no process of the surface's can print
// into what the evaluator prints, or change the files that it reads.

/** How the log says where the evaluator begins. Without its command, in whose text a number could be found. */
export const evaluatesLine = '[pawl] the evaluator:';

export interface EvaluationParts {
  /** Null: the command itself prints the metric. */
  command: string | null;
  /** For training and evaluation together. */
  timeoutMs: number;
  open(command: string, timeoutMs: number): Promise<Box>;
  /** Called when nothing of the training is left. */
  prepare(): Promise<void>;
}

export interface EvaluationEnd {
  /** Of both, as one. */
  end: BoxEnd;
  /** It is the evaluator that ended it. */
  evaluated: boolean;
  /** Why the evaluator could not be started; null when it was, or was not wanted. */
  failure: string | null;
}

export interface Evaluation {
  /** Stops whichever of the two runs, or is about to. */
  stop(why: string): void;
  ended: Promise<EvaluationEnd>;
}

/** Follows the training's box, and then runs the evaluator where the training went well. */
export function openEvaluation(training: Box, parts: EvaluationParts): Evaluation {
  let box = training;
  let stopped: string | null = null;
  const run = async (): Promise<EvaluationEnd> => {
    const first = await training.ended;
    const { command } = parts;
    const well = first.cause === 'itself' && first.exit === 0 && first.left.length === 0;
    if (command === null || !well) return { end: first, evaluated: false, failure: null };
    try {
      await parts.prepare();
      if (stopped !== null)
        return { end: { ...first, cause: 'stopped', why: stopped }, evaluated: false, failure: null };
      box = await parts.open(command, Math.max(1, parts.timeoutMs - first.seconds * 1000));
    } catch (error) {
      return { end: first, evaluated: false, failure: `its evaluator could not be started: ${words(error)}` };
    }
    // Asked for while it was being opened.
    if (stopped !== null) box.stop(stopped);
    const second = await box.ended;
    return { end: asOne(first, second), evaluated: true, failure: null };
  };
  return {
    stop(why) {
      stopped ??= why;
      box.stop(why);
    },
    ended: run(),
  };
}

/** What the machine was like is told of the training: that is what is compared. */
function asOne(first: BoxEnd, second: BoxEnd): BoxEnd {
  const peaks = [first.peakRssMiB, second.peakRssMiB].filter((peak) => peak !== null);
  return {
    ...second,
    seconds: first.seconds + second.seconds,
    peakRssMiB: peaks.length > 0 ? Math.max(...peaks) : null,
    swept: first.swept + second.swept,
    load: first.load,
  };
}

function words(error: unknown): string {
  if (error instanceof EnvironmentFailure) return `${error.message}. ${error.next}`;
  return error instanceof Error ? error.message : String(error);
}

// Tokens and context windows. There is no tokenize endpoint: characters are counted, and calibrated by what the
// server says it has read.

/** Characters a token of code has, before anything is known of the model. */
const startCharsPerToken = 3.2;

const buckets = [8_192, 16_384, 32_768, 65_536];

export interface ContextNeed {
  /** Estimated tokens of the first real prompt. */
  promptTokens: number;
  numPredict: number;
  /** Room for a longer history and for a conversation about refused edits. */
  margin: number;
  /** What the model was trained for; null when it does not say. */
  trainContext: number | null;
  setting: number | 'auto';
}

/**
 * One num_ctx for the whole run: another value would load the model anew. The smallest usual size that holds the
 * prompt, its growth and the reply; at most what the model was trained for.
 */
export function chooseNumCtx(need: ContextNeed): number {
  const cap = need.trainContext ?? Number.POSITIVE_INFINITY;
  if (need.setting !== 'auto') return Math.min(need.setting, cap);
  const wanted = need.promptTokens + need.numPredict + need.margin;
  const fits = buckets.find((b) => b >= wanted && b <= cap);
  if (fits !== undefined) return fits;
  return Math.min(cap, buckets.at(-1)!);
}

/** Tokens that a prompt may take in a context window. */
export function promptRoom(numCtx: number, numPredict: number): number {
  // A little less than there is: the chat template adds tokens of its own.
  return Math.max(0, numCtx - numPredict - 64);
}

/** Characters per token of one model, learnt from prompt_eval_count. */
export class TokenRate {
  charsPerToken = startCharsPerToken;
  private learnt = false;

  estimate(chars: number): number {
    return Math.ceil(chars / this.charsPerToken);
  }

  /**
   * Takes in a count of the server. Counts that cannot be true are left out: before 0.30 the server did not count
   * what it had in its cache.
   */
  learn(chars: number, tokens: number): void {
    if (tokens < 50) return;
    const rate = chars / tokens;
    if (rate < 1.2 || rate > 6) return;
    this.charsPerToken = this.learnt ? this.charsPerToken * 0.7 + rate * 0.3 : rate;
    this.learnt = true;
  }
}

/** True when the server has read far less than was sent: the prompt was cut without a word. */
export function wasTruncated(estimate: number, promptEvalCount: number): boolean {
  return promptEvalCount > 0 && estimate > 200 && promptEvalCount < estimate * 0.6;
}

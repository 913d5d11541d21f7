import { EnvironmentFailure, UserError } from '../../protocol/failure.ts';
import { DeadlinePassed, ReplyTooLarge } from './fetch.ts';
import { ModelFailure } from './model-failure.ts';
import { RemoteReply, RepeatedItself } from './stream.ts';

/** What to do about an error of a call to Ollama. */
export type Trouble =
  /** The caller aborted: pass it on. */
  | { kind: 'aborted'; error: unknown }
  /** The same question with another seed and temperature may work; `otherwise` when it went on failing. */
  | { kind: 'retry'; why: string; otherwise: EnvironmentFailure | null }
  /** The run waits: nothing of this is the experiment's fault. */
  | { kind: 'hold'; failure: EnvironmentFailure }
  /** The prompt is longer than the context window. */
  | { kind: 'too-long'; why: string }
  /** The model cannot think; ask again without. */
  | { kind: 'no-thinking' }
  /** Only the user can mend it. */
  | { kind: 'user'; message: string; next: string };

export interface Where {
  url: string;
  model: string;
}

// Ollama's own list (llm/status.go): what the runner prints when memory is short.
const memory =
  /out of (?:device )?memory|(?:cuda|hip)malloc failed|failed to allocate|allocation failed|(?:not enough|insufficient) memory|outofdevicememory|vk_error_out_of_device_memory|requires more system memory/i;
const tooLong = /exceed\w*[ _]context|exceeds the available context|longer than the context length/i;
const notFound = /model .*not found|not found, try pulling/i;
const cloud = /ollama cloud is disabled|cloud model/i;
const busy = /server busy|maximum pending requests/i;
const loadFailed =
  /llama-server|llama runner|model runner|timed out waiting|failed to load|unable to load model|process has terminated|unexpectedly stopped/i;
const unreachable = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EAI_AGAIN',
]);
const broken = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'ECONNABORTED',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** Sorts any error of a call (facts: HTTP status and `{error}` texts of Ollama 0.12 to 0.33; ollama-js 0.6.4). */
export function troubleOf(error: unknown, where: Where, signal: AbortSignal | null = null): Trouble {
  if (signal?.aborted) return { kind: 'aborted', error: signal.reason ?? error };
  if (error instanceof UserError) return { kind: 'user', message: error.message, next: '' };
  if (error instanceof EnvironmentFailure) return { kind: 'hold', failure: error };
  if (error instanceof ReplyTooLarge) return { kind: 'retry', why: error.message, otherwise: null };
  if (error instanceof RepeatedItself) return { kind: 'retry', why: error.message, otherwise: null };
  if (error instanceof RemoteReply) return cloudTrouble(where.model, error.host);
  if (error instanceof DeadlinePassed) return deadline(error, where);
  const text = textOf(error);
  const status = (error as { status_code?: unknown } | null)?.status_code;
  const code = codeOf(error);
  const hold = (message: string, next: string, retryMs = 15_000): Trouble => ({
    kind: 'hold',
    failure: new ModelFailure(message, next, retryMs, { cause: error }),
  });
  if (code !== null && unreachable.has(code))
    return { kind: 'hold', failure: notAnswering(where.url, error) };
  if (
    (code !== null && broken.has(code)) ||
    /socket hang up|^terminated$|closed the connection|^aborted$/i.test(text)
  ) {
    const otherwise = new ModelFailure(
      `Ollama at ${where.url} closed the connection`,
      'See whether `ollama serve` still runs, and its log.',
      15_000,
      { cause: error },
    );
    return { kind: 'retry', why: 'the connection to Ollama broke', otherwise };
  }
  // Ends without `done`: Ollama stopped a token loop and does not say so.
  if (/did not receive done/i.test(text)) {
    return {
      kind: 'retry',
      why: 'the reply ended without its end mark (the model looped, or Ollama stopped)',
      otherwise: null,
    };
  }
  if (/does not support thinking/i.test(text)) return { kind: 'no-thinking' };
  if (tooLong.test(text)) return { kind: 'too-long', why: text };
  if (cloud.test(text)) return cloudTrouble(where.model, 'ollama.com');
  if (status === 404 || notFound.test(text)) {
    return {
      kind: 'user',
      message: `Ollama does not have the model ${where.model}`,
      next: `Get it with: ollama pull ${where.model === 'auto' ? 'qwen3:8b' : where.model}`,
    };
  }
  if (memory.test(text)) {
    return hold(
      `Not enough memory to run ${where.model}: ${clip(text)}`,
      'Free GPU memory, choose a smaller model (model.name), or lower model.num_ctx.',
      30_000,
    );
  }
  if (status === 503 || busy.test(text)) {
    return hold(`Ollama is busy: ${clip(text)}`, 'Wait, or stop the other programs that use Ollama.', 5_000);
  }
  if (loadFailed.test(text)) {
    return hold(
      `Ollama could not run ${where.model}: ${clip(text)}`,
      'Look at the log of `ollama serve`.',
      30_000,
    );
  }
  if (status === 499) return { kind: 'retry', why: 'Ollama cancelled the request', otherwise: null };
  if (status === 401 || status === 403) {
    return {
      kind: 'user',
      message: `Ollama refused: ${clip(text)}`,
      next: 'Choose a model that runs on this machine.',
    };
  }
  if (status === 400) {
    return {
      kind: 'user',
      message: `Ollama did not accept the request: ${clip(text)}`,
      next: 'Update Ollama, or resume with another model: Q, then pawl resume --model NAME.',
    };
  }
  return hold(`Ollama failed: ${clip(text)}`, 'Look at the log of `ollama serve`.');
}

/** A Trouble that ends a call while the run goes on, as the error to throw from a proposal. */
export function failureOf(trouble: Trouble): Error {
  if (trouble.kind === 'hold') return trouble.failure;
  if (trouble.kind === 'user')
    return new ModelFailure(trouble.message, trouble.next || 'Mend it and release the run.', 60_000);
  if (trouble.kind === 'retry') {
    return (
      trouble.otherwise ??
      new ModelFailure(
        `Ollama: ${trouble.why}`,
        'Resume with another model: Q, then pawl resume --model NAME.',
        15_000,
      )
    );
  }
  if (trouble.kind === 'too-long') {
    return new ModelFailure(
      `The prompt does not fit into the model's context: ${clip(trouble.why)}`,
      'Shorten the instructions (they are read again), raise model.num_ctx, narrow surface, or choose a model with a longer context.',
      60_000,
      { stale: true },
    );
  }
  if (trouble.kind === 'no-thinking') {
    return new ModelFailure('The model does not support thinking', 'Set model.think: false.', null);
  }
  return trouble.error instanceof Error ? trouble.error : new Error(String(trouble.error));
}

/** Nobody listens at the address. */
function notAnswering(url: string, cause?: unknown): EnvironmentFailure {
  return new ModelFailure(
    `Ollama does not answer at ${url}`,
    'Start it with `ollama serve` (or the Ollama app); set OLLAMA_HOST if it listens elsewhere.',
    15_000,
    { cause },
  );
}

function cloudTrouble(model: string, host: string): Trouble {
  return {
    kind: 'user',
    message: `${model} does not run on this machine but on ${host}: pawl sends your code nowhere`,
    next: 'Choose a local model; `ollama list` shows sizes for local ones only.',
  };
}

function deadline(error: DeadlinePassed, where: Where): Trouble {
  const seconds = Math.round(error.limitMs / 1000);
  if (error.stage === 'connect') return { kind: 'hold', failure: notAnswering(where.url, error) };
  if (error.stage === 'firstChunk') {
    return {
      kind: 'hold',
      failure: new ModelFailure(
        `${where.model} was not loaded and answering within ${seconds} s`,
        'A smaller model or a shorter context loads faster; see the log of `ollama serve`.',
        30_000,
        { cause: error },
      ),
    };
  }
  const why =
    error.stage === 'idle' ? `no token for ${seconds} s` : `the reply took longer than ${seconds} s`;
  const otherwise = new ModelFailure(
    `${where.model}: ${why}`,
    'The model may be too large for this machine: choose a smaller one (model.name).',
    30_000,
    { cause: error },
  );
  return { kind: 'retry', why, otherwise };
}

function textOf(error: unknown): string {
  const e = error as { error?: unknown; message?: unknown; cause?: { message?: unknown } } | null;
  const text =
    typeof e?.error === 'string' ? e.error : typeof e?.message === 'string' ? e.message : String(error);
  return typeof e?.cause?.message === 'string' ? `${text}: ${e.cause.message}` : text;
}

function codeOf(error: unknown): string | null {
  const e = error as { code?: unknown; cause?: { code?: unknown }; errors?: { code?: unknown }[] } | null;
  const code = e?.code ?? e?.cause?.code ?? e?.errors?.[0]?.code;
  return typeof code === 'string' ? code : null;
}

/** One line of a server's text, printable. */
function clip(text: string): string {
  const flat = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return flat.length <= 240 ? flat : `${flat.slice(0, 239)}…`;
}

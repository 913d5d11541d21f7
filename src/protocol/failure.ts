/**
 * What failed, for whoever tells the user without reading words. `trial`: it could not be carried out, again and again;
 * `machine`: memory, processes, rights, folders.
 */
export const failureKinds = [
  'disk',
  'model',
  'gpu',
  'busy',
  'crashes',
  'too-good',
  'data',
  'repository',
  'sandbox',
  'trial',
  'machine',
] as const;
export type FailureKind = (typeof failureKinds)[number];

/**
 * The environment failed (model server gone, disk full, dataset missing), not an experiment.
 * The engine holds the run, shows `message` and `next`, and tries again by itself after `retryMs`.
 */
export class EnvironmentFailure extends Error {
  override name = 'EnvironmentFailure';
  readonly kind: FailureKind;
  /** What the user can do, one sentence. */
  readonly next: string;
  /** ms until another try makes sense; null = only the user can mend it. */
  readonly retryMs: number | null;

  /** The files that were read for this try are the cause: another try has to read them again. */
  readonly stale: boolean;

  constructor(
    message: string,
    next: string,
    retryMs: number | null = 15_000,
    options: ErrorOptions & { stale?: boolean; kind?: FailureKind } = {},
  ) {
    super(message, options);
    this.next = next;
    this.retryMs = retryMs;
    this.stale = options.stale ?? false;
    this.kind = options.kind ?? 'machine';
  }
}

/**
 * The user's input cannot work (config, arguments, project). Printed without a stack; ends with `exitCode`.
 * The message says what is wrong, where, and how to mend it.
 */
export class UserError extends Error {
  override name = 'UserError';
  readonly exitCode: number;

  constructor(message: string, exitCode: 2 | 3 = 2, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

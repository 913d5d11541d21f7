/** A reply that was no proposal that can run. */
export interface RefusedAttempt {
  attempt: number;
  code: string;
  why: string;
  /** Whose it was, in a panel. */
  persona?: string;
}

/** `attempt 2 by systems`: which reply it was, and in a panel whose. */
export function attemptWords({ attempt, persona }: Pick<RefusedAttempt, 'attempt' | 'persona'>): string {
  return `attempt ${attempt}${persona ? ` by ${persona}` : ''}`;
}

/** Where what the model said for an experiment is kept word for word, from the project's folder on. */
export function replyPath({ tag }: { tag: string }, n: number): string {
  return `.pawl/runs/${tag}/experiments/${n}/reply.md`;
}

import { EnvironmentFailure, UserError } from '../protocol/failure.ts';
import type { Area, Finding } from '../protocol/findings.ts';

/** All is well; says what was found. */
export const ok = (area: Area, what: string): Finding => ({ area, level: 'ok', what, fix: null });
/** A run can start, but may go worse than it could; `fix` says what to do. */
export const warn = (area: Area, what: string, fix: string | null = null): Finding => ({
  area,
  level: 'warn',
  what,
  fix,
});
/** A run cannot start; `fix` says what to do. */
export const fail = (area: Area, what: string, fix: string | null = null): Finding => ({
  area,
  level: 'fail',
  what,
  fix,
});

/**
 * What a failed look means: the message of the check that a run makes too, split into what and fix where it has both.
 * @throws the error when it is a fault of ours.
 */
export function failed(area: Area, error: unknown, level: 'warn' | 'fail' = 'fail'): Finding {
  if (error instanceof EnvironmentFailure) return { area, level, what: error.message, fix: error.next };
  if (error instanceof UserError) return { area, level, what: error.message, fix: null };
  throw error;
}

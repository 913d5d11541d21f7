import { EnvironmentFailure, UserError } from '../protocol/failure.ts';
import type { Area, Finding } from '../protocol/findings.ts';

export const ok = (area: Area, what: string): Finding => ({ area, level: 'ok', what, fix: null });
export const warn = (area: Area, what: string, fix: string | null = null): Finding => ({
  area,
  level: 'warn',
  what,
  fix,
});
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

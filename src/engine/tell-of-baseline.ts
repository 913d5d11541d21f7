import { endsEarly } from '../config/ends-early.ts';
import { mean } from '../loop/noise.ts';
import type { Bench } from './step.ts';

/** Says what is odd about a baseline that has just been measured: once, and only the worst of it. */
export function tellOfBaseline({ session }: Bench): void {
  const { trials } = session.state.experiments[0]!;
  const cores = session.state.host?.cpus ?? 0;
  const took = trials.flatMap((t) => (t.outcome === 'ok' ? (t.conditions?.foreignCores ?? []) : []));
  const busy = took.length > 0 ? mean(took) : 0;
  // Numbers measured beside other programs vary more; compared with such a baseline, later trials look normal.
  if (cores > 0 && busy >= 0.25 * cores) {
    session.notice(
      'warn',
      `Other programs took ${busy.toFixed(1)} of ${cores} cores during the baseline: its numbers vary more`,
    );
    return;
  }
  const longest = Math.max(...trials.flatMap((t) => (t.outcome === 'ok' ? (t.seconds ?? []) : [])), 0);
  const early = endsEarly(longest, session.state.settings!.budgetMs);
  if (early) session.notice('warn', early);
}

import { formatDuration } from './durations.ts';

/** A command that ends this far before its budget was surely not timed by it. */
const farBefore = { share: 0.3, seconds: 20 };

/** What to say of a command that ended far before its budget; null when it did not. @param seconds that it took */
export function endsEarly(seconds: number, budgetMs: number): string | null {
  const budget = budgetMs / 1000;
  if (seconds <= 0 || seconds > budget * farBefore.share || budget - seconds < farBefore.seconds) return null;
  const enough = formatDuration(Math.max(10, Math.ceil((seconds * 2) / 5) * 5) * 1000);
  return (
    `The command took ${formatDuration(Math.round(seconds) * 1000)} of its budget of ${formatDuration(budgetMs)}. ` +
    `If its work has a fixed size, write \`budget: ${enough}\`, so that a trial that hangs is ended soon; ` +
    'if not, let it train for PAWL_BUDGET_SECONDS.'
  );
}

import type { Command, RevertTarget } from '../../protocol/commands.ts';
import { askedOf, keptNumbers } from '../selectors.ts';
import type { Snapshot } from '../store.ts';
import { number } from '../text/format.ts';

/** One line of a lettered menu; the text names the cost. */
export interface Choice {
  key: string;
  label: string;
  detail: string;
  command: Command;
  done: string;
  /** Asked first where something is lost; null = done at once. */
  question: string | null;
}

/** Where `r` can move the champion now. */
export function revertChoices({ run, view }: Pick<Snapshot, 'run' | 'view'>): Choice[] {
  const out: Choice[] = [];
  const kept = keptNumbers(run);
  const champion = run.champion.n;
  const revert = (key: string, label: string, detail: string, target: RevertTarget, to: number): Choice => ({
    key,
    label,
    detail,
    command: { type: 'revert', target },
    done: 'reverting',
    question: revertQuestion(run, to),
  });
  if (champion > 0 && run.experiments[champion]?.verdict === 'kept') {
    const before = kept.filter((n) => n < champion).at(-1) ?? 0;
    out.push(
      revert(
        'l',
        'undo the last keep',
        `drops ${nameOf(run, champion)}, back to ${nameOf(run, before)}`,
        { to: 'last-kept' },
        before,
      ),
    );
  }
  const selected = view.selected === null ? undefined : run.experiments[view.selected];
  // Only what was kept once can be the champion again; `v` keeps another one anyway.
  const standable =
    selected && (selected.n === 0 || selected.verdict === 'kept' || selected.verdict === 'reverted');
  if (selected && standable && selected.n !== champion) {
    const drops = kept.filter((n) => n > selected.n).length;
    const cost = drops > 0 ? `drops ${drops} kept` : 'takes its commit as champion';
    out.push(
      revert(
        's',
        'to the selected one',
        `${nameOf(run, selected.n)}, ${cost}`,
        { to: 'experiment', n: selected.n },
        selected.n,
      ),
    );
  }
  const best = bestEverKept(run);
  if (best !== null)
    out.push(
      revert('b', 'back to the best', `${nameOf(run, best)}, kept once`, { to: 'experiment', n: best }, best),
    );
  if (champion !== 0)
    out.push(
      revert('0', 'to the baseline', `${nameOf(run, 0)}, drops ${kept.length} kept`, { to: 'baseline' }, 0),
    );
  return out;
}

/** The experiment with the best number of all that were ever kept, where it is better than the champion's; else null. */
function bestEverKept(run: Snapshot['run']): number | null {
  const better = run.settings?.metric.direction === 'maximize' ? 1 : -1;
  let best = { n: run.champion.n, metric: run.experiments[run.champion.n]?.metric ?? null };
  for (const e of run.experiments) {
    if (!e || e.n === 0 || e.metric === null || (e.verdict !== 'kept' && e.verdict !== 'reverted')) continue;
    if (best.metric === null || (e.metric - best.metric) * better > 0) best = { n: e.n, metric: e.metric };
  }
  return best.n === run.champion.n ? null : best.n;
}

/** The object of a revert and what it costs, as a question. */
function revertQuestion(run: Snapshot['run'], to: number): string {
  const dropped = run.experiments.filter((e) => e && e.n > to && e.verdict === 'kept').map((e) => `#${e.n}`);
  const cost: string[] = [];
  if (dropped.length > 0)
    cost.push(`drops ${dropped.length > 3 ? `${dropped.length} kept` : dropped.join(' ')}`);
  if (run.current !== null && run.experiments[run.current]?.trials.some((t) => t.endedAt === null))
    cost.push(`the trial of #${run.current} is stopped`);
  const target = to === 0 ? 'the baseline' : nameOf(run, to);
  return `Revert to ${target}${cost.length > 0 ? `: ${cost.join('; ')}` : ''}?`;
}

/** How `Q` can end the run. */
export function stopChoices({ run }: Pick<Snapshot, 'run'>): Choice[] {
  if (run.approval?.answer === null)
    return [stopWhileWaiting(`the proposal of #${run.approval.n} waits until pawl resume`)];
  const asked = askedOf(run);
  if (asked !== null) return [stopWhileWaiting(`#${asked} stays open, pawl resume asks about it again`)];
  const current = run.current;
  const name = current === null ? 'nothing is running' : `${current === 0 ? 'baseline' : `#${current}`}`;
  return [
    {
      key: 'f',
      label: 'finish this trial, then stop',
      detail: current === null ? name : `${name} is still judged, unless it must run once more first`,
      command: { type: 'stop', when: 'after-trial' },
      done: 'the run ends after this trial',
      question: null,
    },
    {
      key: 'n',
      label: 'stop now',
      detail: current === null ? name : `${name} is lost, everything before it stays`,
      command: { type: 'stop', when: 'now' },
      done: 'stopping',
      question: current === null ? 'Stop the run now?' : `Stop the run now? ${name} is lost.`,
    },
  ];
}

/** Nothing runs that could be finished or lost. */
function stopWhileWaiting(what: string): Choice {
  return {
    key: 'n',
    label: 'stop now',
    detail: `nothing is lost: ${what}`,
    command: { type: 'stop', when: 'now' },
    done: 'stopping',
    question: `Stop the run now? ${what[0]!.toUpperCase()}${what.slice(1)}.`,
  };
}

function nameOf(run: Snapshot['run'], n: number): string {
  const metric = run.experiments[n]?.metric;
  const name = n === 0 ? 'baseline' : `#${n}`;
  return metric === null || metric === undefined ? name : `${name} (${number(metric)})`;
}

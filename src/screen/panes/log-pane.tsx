import { memo, useMemo } from 'react';
import type { RunState } from '../../journal/state.ts';
import { clean } from '../../protocol/clean.ts';
import { keyOf } from '../keys/bindings.ts';
import { type LogDoc, liveDoc } from '../log-doc.ts';
import { useSnapshot } from '../screen-context.ts';
import { championAgain, type ShownTrial, shownTrial, trialRuns } from '../selectors.ts';
import type { Snapshot } from '../store.ts';
import { innerOf } from './frame.ts';
import { Framed, type PaneProps } from './framed.tsx';
import { logContent } from './log-content.ts';

/** The log of the running trial, or of the one that was chosen. */
export const LogPane = memo(function LogPane(props: PaneProps) {
  const run = useSnapshot((s) => s.run);
  const log = useSnapshot((s) => s.live.log);
  const trial = useSnapshot((s) => s.live.trial);
  const selected = useSnapshot((s) => s.view.selected);
  const view = useSnapshot((s) => s.view.log);
  const search = useSnapshot(searched);
  const file = useSnapshot((s) => s.logFile);
  const phase = useSnapshot((s) => s.live.phase.phase);
  const runs = useSnapshot(trialRuns);
  const again = useSnapshot((s) => championAgain(s));
  const content = useMemo(() => {
    const shown = shownTrial({ run, view: { selected, log: view }, live: { log, trial } } as Snapshot);
    const mine = shown && file?.n === shown.n && file.k === shown.k ? file : null;
    const doc: LogDoc = shown?.live ? liveDoc(log.ring, mine?.pages ?? null) : (mine?.pages ?? noLines);
    return logContent(
      {
        doc,
        filtered: mine?.filtered ?? null,
        ring: shown?.live ? log.ring : null,
        liveLine: shown?.live ? log.live : null,
        view,
        search,
        title: shown?.live && again ? again : titleOf(run, shown, selected),
        follows: shown?.live === true && runs,
        overtaken: !shown?.live && view.trial && selected === null && runs ? overtakenBy(log) : null,
        nothing: nothing(shown, mine?.pages ?? null, selected, phase, run),
        path: mine?.path ?? null,
      },
      innerOf(props.rect),
    );
  }, [run, log, trial, selected, view, search, file, phase, runs, again, props.rect]);
  return <Framed {...props} pane="log" content={content} />;
});

const noLines: LogDoc = { first: 0, end: 0, line: () => null };

/** What is typed counts before Enter: the matches show while the words are found. */
function searched({ view }: Snapshot): string {
  const { prompt } = view;
  return prompt?.kind === 'search' && prompt.pane === 'log' ? prompt.text : (view.search.log ?? '');
}

function titleOf(run: RunState, shown: ShownTrial | null, selected: number | null): string {
  if (!shown) return selected === null ? '' : selected === 0 ? 'baseline' : `#${selected}`;
  // While it goes on, nobody knows how many there will be.
  const trials = shown.n === run.current && shown.live ? 1 : (run.experiments[shown.n]?.trials.length ?? 1);
  const name = shown.n === 0 ? 'baseline' : `#${shown.n}`;
  return trials > 1
    ? `${name} trial ${shown.k + 1} of ${trials}`
    : shown.k > 0
      ? `${name} trial ${shown.k + 1}`
      : name;
}

function overtakenBy({ n }: { n: number }): string {
  return `${n === 0 ? 'the baseline' : `#${n}`} runs, F`;
}

function nothing(
  shown: ShownTrial | null,
  pages: { known: boolean; missing: boolean } | null,
  selected: number | null,
  phase: string,
  run: RunState,
): string[] {
  if (shown && !shown.live) {
    if (pages?.missing) return ['This log is not in the run’s folder any more.'];
    return pages?.known ? ['This trial printed nothing.'] : ['Reading …'];
  }
  if (!shown && selected !== null)
    return ['No log: this experiment never ran.', '[ and ] go to others; Esc returns to live.'];
  if (phase === 'training' || phase === 'baseline')
    return ['The command has not printed anything yet.', 'What it prints shows here as it comes.'];
  if (run.experiments.every((e) => e.trials.length === 0))
    return run.ended
      ? ['No trial ran.', ...run.ended.tail.map(clean)]
      : ['No trial has run yet. What it prints shows here as it comes.'];
  return [`No trial is running. ${keyOf('previous-experiment')} shows the logs of earlier ones.`];
}

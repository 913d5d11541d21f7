import { memo, useMemo } from 'react';
import { parseDiff } from '../diff/parse.ts';
import { diffRows } from '../diff/rows.ts';
import { diffSubject } from '../diff/subject.ts';
import { useSnapshot } from '../screen-context.ts';
import type { Snapshot } from '../store.ts';
import { canSplit, diffContent, splitWidth } from './diff-content.ts';
import { innerOf } from './frame.ts';
import { Framed, type PaneProps } from './framed.tsx';

/** The change of the shown experiment against what it stands on, or what it is compared with. */
export const DiffPane = memo(function DiffPane(props: PaneProps) {
  const run = useSnapshot((s) => s.run);
  const selected = useSnapshot((s) => s.view.selected);
  const view = useSnapshot((s) => s.view.diff);
  const phase = useSnapshot((s) => s.live.phase.phase);
  const scroll = useSnapshot((s) => s.view.scroll.diff);
  const live = useSnapshot((s) => s.live.diff);
  const past = useSnapshot((s) => s.past);
  const wide = useSnapshot((s) => s.size.columns >= splitWidth);
  const comparison = useSnapshot((s) => s.comparison);
  const search = useSnapshot(searched);
  const subject = useMemo(
    () => diffSubject({ run, view: { selected, diff: view } } as Snapshot),
    [run, selected, view],
  );
  const n = subject?.experiment.n;
  const asked = subject?.commits ?? null;
  const isLive = !asked && live !== null && live.n === n;
  const compared = asked && comparison?.from === asked.from && comparison.to === asked.to ? comparison : null;
  const text = asked
    ? (compared?.text ?? null)
    : isLive
      ? live.text
      : past?.n === n
        ? (past?.diff ?? null)
        : null;
  const parsed = useMemo(() => (text === null ? null : parseDiff(text)), [text]);
  const inner = useMemo(() => innerOf(props.rect), [props.rect]);
  const split = view.split && canSplit(inner);
  const drawn = useMemo(
    () =>
      parsed &&
      diffRows(parsed, { width: inner.width, split, wrap: view.wrap, sideways: view.sideways, search }),
    [parsed, inner.width, split, view.wrap, view.sideways, search],
  );
  const why = asked
    ? compared
      ? (compared.why ?? (compared.text === '' ? 'Both are the same.' : 'Reading …'))
      : 'Reading …'
    : null;
  const content = useMemo(
    () =>
      diffContent(
        {
          subject,
          diff: parsed && drawn ? { parsed, drawn } : null,
          draft: isLive && live?.draft === true,
          why,
          phase,
          selected: selected !== null,
          scroll,
          view,
          search,
          check: run.settings?.check ?? null,
          wide,
        },
        inner,
      ),
    [
      subject,
      parsed,
      drawn,
      isLive,
      live,
      why,
      phase,
      selected,
      scroll,
      view,
      search,
      run.settings,
      wide,
      inner,
    ],
  );
  return <Framed {...props} pane="diff" content={content} />;
});

function searched({ view }: Snapshot): string {
  const { prompt } = view;
  return prompt?.kind === 'search' && prompt.pane === 'diff' ? prompt.text : (view.search.diff ?? '');
}

import { type ComponentType, memo, useMemo } from 'react';
import { useSnapshot } from '../screen-context.ts';
import { shownExperiment } from '../selectors.ts';
import type { PaneId } from '../view.ts';
import { diffContent } from './diff-content.ts';
import { parseDiff } from './diff-lines.ts';
import { eventsContent } from './events-content.ts';
import { experimentsContent } from './experiments-content.ts';
import { innerOf } from './frame.ts';
import { Framed, type PaneProps } from './framed.tsx';
import { gpuContent } from './gpu-content.ts';
import { LogPane } from './log-pane.tsx';
import { MetricPane } from './metric-pane.tsx';
import { modelContent } from './model-content.ts';

const ExperimentsPane = memo(function ExperimentsPane(props: PaneProps) {
  const run = useSnapshot((s) => s.run);
  const phase = useSnapshot((s) => s.live.phase);
  const selected = useSnapshot((s) => s.view.selected);
  const now = useSnapshot((s) => (s.run.current === null || s.run.ended !== null ? 0 : s.now));
  const filter = useSnapshot((s) => s.view.find.experiments ?? '');
  const seen = useSnapshot((s) => s.view.seen);
  const content = useMemo(
    () => experimentsContent({ run, phase, selected, now, filter, seen }, innerOf(props.rect)),
    [run, phase, selected, now, filter, seen, props.rect],
  );
  return <Framed {...props} pane="experiments" content={content} />;
});

const DiffPane = memo(function DiffPane(props: PaneProps) {
  const experiment = useSnapshot(shownExperiment);
  const selected = useSnapshot((s) => s.view.selected);
  const phase = useSnapshot((s) => s.live.phase.phase);
  const scroll = useSnapshot((s) => s.view.scroll.diff);
  const live = useSnapshot((s) => s.live.diff);
  const past = useSnapshot((s) => s.past);
  const isLive = selected === null || live?.n === selected;
  const text = isLive
    ? live !== null && live.n === experiment?.n
      ? live.text
      : null
    : past?.n === selected
      ? past.diff
      : null;
  const diff = useMemo(() => (text === null ? null : parseDiff(text)), [text]);
  const base = isLive ? (live?.base ?? null) : null;
  const content = useMemo(
    () =>
      diffContent(
        { experiment, diff, base, phase, selected: selected !== null, scroll },
        innerOf(props.rect),
      ),
    [experiment, diff, base, phase, selected, scroll, props.rect],
  );
  return <Framed {...props} pane="diff" content={content} />;
});

const GpuPane = memo(function GpuPane(props: PaneProps) {
  const gpus = useSnapshot((s) => s.run.gpus);
  const gpu = useSnapshot((s) => s.live.gpu);
  const host = useSnapshot((s) => s.live.host);
  const phase = useSnapshot((s) => s.live.phase);
  const lease = useSnapshot((s) => s.live.lease);
  const content = useMemo(
    () => gpuContent({ gpus, gpu, host, phase, lease }, innerOf(props.rect)),
    [gpus, gpu, host, phase, lease, props.rect],
  );
  return <Framed {...props} pane="gpu" content={content} />;
});

const EventsPane = memo(function EventsPane(props: PaneProps) {
  const run = useSnapshot((s) => s.run);
  const scroll = useSnapshot((s) => s.view.scroll.events);
  const content = useMemo(() => eventsContent(run, scroll, innerOf(props.rect)), [run, scroll, props.rect]);
  return <Framed {...props} pane="events" content={content} />;
});

const ModelPane = memo(function ModelPane(props: PaneProps) {
  const run = useSnapshot((s) => s.run);
  const model = useSnapshot((s) => s.live.model);
  const phase = useSnapshot((s) => s.live.phase.phase);
  const selected = useSnapshot((s) => s.view.selected);
  const scroll = useSnapshot((s) => s.view.scroll.model);
  const past = selected === null ? null : (run.experiments[selected] ?? null);
  const content = useMemo(
    () => modelContent({ run, model, phase, past, scroll }, innerOf(props.rect)),
    [run, model, phase, past, scroll, props.rect],
  );
  return <Framed {...props} pane="model" content={content} />;
});

/** The component of every pane. */
export const paneOf: Record<PaneId, ComponentType<PaneProps>> = {
  experiments: ExperimentsPane,
  metric: MetricPane,
  diff: DiffPane,
  log: LogPane,
  gpu: GpuPane,
  events: EventsPane,
  model: ModelPane,
};

import { type ComponentType, memo, useMemo } from 'react';
import { useSnapshot } from '../screen-context.ts';
import type { PaneId } from '../view.ts';
import { writtenIdea } from '../writing.ts';
import { DiffPane } from './diff-pane.tsx';
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
  const gone = useSnapshot((s) => s.link === 'gone');
  const idea = useSnapshot(writtenIdea);
  const requeue = useSnapshot((s) => s.live.wishes.requeue);
  const content = useMemo(
    () =>
      experimentsContent(
        { run, phase, selected, now, filter, seen, gone, idea, ...(requeue ? { requeue } : {}) },
        innerOf(props.rect),
      ),
    [run, phase, selected, now, filter, seen, gone, idea, requeue, props.rect],
  );
  return <Framed {...props} pane="experiments" content={content} />;
});

const GpuPane = memo(function GpuPane(props: PaneProps) {
  const gpus = useSnapshot((s) => s.run.gpus);
  const known = useSnapshot((s) => s.run.tag !== '');
  const replay = useSnapshot((s) => s.replay !== undefined);
  const over = useSnapshot((s) => s.run.ended !== null);
  const gpu = useSnapshot((s) => s.live.gpu);
  const host = useSnapshot((s) => s.live.host);
  const phase = useSnapshot((s) => s.live.phase);
  const lease = useSnapshot((s) => s.live.lease);
  const energyWh = useSnapshot((s) => s.run.energyWh);
  const experiments = useSnapshot((s) => Math.max(0, s.run.experiments.length - 1));
  const past = useSnapshot((s) =>
    s.view.selected === null ? null : (s.run.experiments[s.view.selected] ?? null),
  );
  const scroll = useSnapshot((s) => s.view.scroll.gpu);
  const content = useMemo(
    () =>
      gpuContent(
        { known, replay, over, gpus, gpu, host, phase, lease, energyWh, experiments, past, scroll },
        innerOf(props.rect),
      ),
    [known, replay, over, gpus, gpu, host, phase, lease, energyWh, experiments, past, scroll, props.rect],
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
  const tuner = useSnapshot((s) => s.live.tuner);
  const lease = useSnapshot((s) => s.live.lease);
  const thinking = useSnapshot((s) => s.view.thinking);
  const phase = useSnapshot((s) => s.live.phase.phase);
  const selected = useSnapshot((s) => s.view.selected);
  const scroll = useSnapshot((s) => s.view.scroll.model);
  const past = selected === null ? null : (run.experiments[selected] ?? null);
  const loadingFor = useSnapshot((s) =>
    s.live.model?.stage === 'loading' && s.live.phase.phase === 'proposing' && s.run.ended === null
      ? Math.max(0, (s.now - s.live.phase.since) / 1000)
      : null,
  );
  const content = useMemo(
    () =>
      modelContent(
        { loadingFor, run, model, tuner, lease, phase, past, thinking, scroll },
        innerOf(props.rect),
      ),
    [loadingFor, run, model, tuner, lease, phase, past, thinking, scroll, props.rect],
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

import type { BoxEnd } from './box.ts';
import { createCurveParser } from './curve.ts';
import { createItemParser, type ItemParser } from './items.ts';
import { type FileStamp, readJsonMetric } from './json-metric.ts';
import { createErrorSearch } from './last-error.ts';
import type { Segment } from './lines.ts';
import { createMetricParser, type FoundMetrics } from './metrics.ts';
import { missingHint } from './missing-path.ts';
import { judge } from './outcome.ts';
import type { TrialResult, TrialSpec } from './runner.ts';
import { createWallSearch } from './wall-hint.ts';

// What the output of a trial says, and the trial's result from it.

export interface OutputReader {
  /** @param seconds since the start of the trial */
  push(batch: readonly Segment[], seconds: number): void;
  /** From now on only the evaluator speaks: no number of before is the metric. */
  evaluatorSpeaks(): void;
  readonly curve: ReturnType<typeof createCurveParser>;
  readonly errors: ReturnType<typeof createErrorSearch>;
  /** Null without a sandbox. */
  readonly walls: ReturnType<typeof createWallSearch> | null;
  /** The metric, and all numbers by name: those that only the training printed, too, for guards. */
  metrics(): FoundMetrics;
  items(): ReturnType<ItemParser['result']>;
}

/** @throws UserError when a pattern of the user's is no regular expression */
export function readOutput({ settings }: TrialSpec, sandboxed: boolean): OutputReader {
  const { metric } = settings;
  let metrics = createMetricParser(metric);
  let items = createItemParser();
  let training: Record<string, number> | null = null;
  const curve = createCurveParser(settings.progress, metric.name);
  const errors = createErrorSearch();
  const walls = sandboxed ? createWallSearch() : null;
  return {
    curve,
    errors,
    walls,
    push(batch, seconds) {
      metrics.push(batch);
      items.push(batch);
      if (training === null) curve.push(batch, seconds);
      errors.push(batch);
      walls?.push(batch);
    },
    evaluatorSpeaks() {
      const { [metric.name]: _, ...others } = metrics.result().metrics;
      training = others;
      metrics = createMetricParser(metric);
      items = createItemParser();
    },
    metrics() {
      const found = metrics.result();
      return { ...found, metrics: { ...training, ...found.metrics } };
    },
    items: () => items.result(),
  };
}

export interface Ended {
  end: BoxEnd;
  /** Of the metric's file, before the program that has to write it was started. */
  stamps: FileStamp[];
  logBytes: number;
  fullDisk: string | null;
  filledDisk: boolean;
  mostWritten: number;
  limits: { maxLogBytes: number; maxProcesses: number; maxMemoryBytes: number };
}

/** The result of a trial of which nothing is left but its files. */
export async function reportOn(spec: TrialSpec, output: OutputReader, ended: Ended): Promise<TrialResult> {
  const { end, stamps, limits } = ended;
  const { name, json } = spec.settings.metric;
  const found = output.metrics();
  const curve = output.curve.result();
  let { metric, note } = found;
  let items = output.items();
  if (json !== null) {
    const read = await readJsonMetric(json, spec.cwd, spec.outDir, stamps);
    metric = read.value;
    note = read.why;
    items = read.items ?? items;
    if (metric !== null && Number.isFinite(metric)) found.metrics[name] = metric;
    else delete found.metrics[name];
  }
  const missing =
    end.exit === 0
      ? null
      : missingHint({
          command: [spec.command, spec.evaluate ?? ''].join(' '),
          notFound: end.exit === 127,
          errorLine: output.errors.line(),
          cwd: spec.cwd,
          project: spec.grounds?.project ?? null,
          ownTmp: output.walls !== null,
        });
  const judged = judge({
    end,
    metric,
    metricName: name,
    printed: Object.keys(found.metrics),
    metricNote: note,
    errorLine: output.errors.line(),
    wallHint: missing ?? output.walls?.hint() ?? null,
    nonFinite: { count: curve.nonFinite, step: curve.firstNonFinite },
    fullDisk: ended.fullDisk,
    timeoutMs: spec.settings.timeoutMs,
    filledDisk: ended.filledDisk,
    maxOutputBytes: ended.mostWritten,
    ...limits,
  });
  return {
    ...judged,
    metric: judged.outcome === 'ok' ? metric : null,
    metrics: found.metrics,
    ...(items && judged.outcome === 'ok' ? { items } : {}),
    seconds: end.seconds,
    exit: end.exit,
    signal: end.signal,
    peakRssMiB: end.peakRssMiB,
    peakVramMiB: null,
    curve: curve.points,
    ...(curve.of === null ? {} : { curveOf: curve.of }),
    logBytes: ended.logBytes,
    swept: end.swept,
    conditions: { gpus: [], ...end.load },
  };
}

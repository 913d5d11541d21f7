import type { JournalEvent } from '../../protocol/events.ts';
import type { Pulse } from '../../protocol/pulse.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { Recorded } from './recorded-files.ts';
import { toldPhase } from './told-phase.ts';

/** What went on between two events of a journal: a trial with its log, or a model that writes. */
export interface Stage {
  /** The pulses that go with an event. */
  enter(event: JournalEvent): Pulse[];
  /** What has come until `now`, ms: log lines, curve points, words of the model. Each once. */
  until(now: number, files: Recorded | null): Pulse[];
  /** The experiment whose files are wanted, and how many trials it has had. */
  readonly wanted: { n: number; trials: number } | null;
}

interface Trial {
  n: number;
  k: number;
  from: number;
  to: number;
  of: string | undefined;
  curve: { step: number; seconds: number; value: number; fraction: number | null }[];
  lines: number;
  points: number;
}

interface Writing {
  n: number;
  from: number;
  to: number;
  sent: number;
}

/** Sets the stage for a journal. What the engine said live is not recorded; the journal and the files tell most of it. */
export function createStage(events: readonly JournalEvent[]): Stage {
  const trialCounts = new Map<number, number>();
  for (const event of events)
    if (event.type === 'trial.started')
      trialCounts.set(event.n, Math.max(trialCounts.get(event.n) ?? 0, event.k + 1));
  let settings: Settings | null = null;
  let model = '';
  let n: number | null = null;
  let trial: Trial | null = null;
  let writing: Writing | null = null;
  let undrawn: number | null = null;

  const endOf = (event: JournalEvent, ends: (e: JournalEvent) => boolean) => {
    // Sequence numbers have no gaps: the place of an event in the list is known.
    for (let i = event.seq; i < events.length; i++) if (ends(events[i]!)) return events[i]!;
    return null;
  };
  const at = (event: JournalEvent | null) => (event ? Date.parse(event.at) : Number.POSITIVE_INFINITY);

  const startTrial = (event: JournalEvent<'trial.started'>): Pulse[] => {
    const end = endOf(event, (e) => e.type === 'trial.ended' && e.n === event.n && e.k === event.k);
    const from = Date.parse(event.at);
    trial = {
      n: event.n,
      k: event.k,
      from,
      // A trial without an end was cut off by what came next.
      to: end ? at(end) : at(events[event.seq] ?? null),
      of: end?.type === 'trial.ended' ? end.curveOf : undefined,
      curve: end?.type === 'trial.ended' ? end.curve : [],
      lines: 0,
      points: 0,
    };
    const { budgetMs, timeoutMs } = settings ?? { budgetMs: 0, timeoutMs: 0 };
    return [{ type: 'trial.started', n: event.n, k: event.k, startedAt: from, budgetMs, timeoutMs }];
  };

  return {
    get wanted() {
      return n === null ? null : { n, trials: trialCounts.get(n) ?? 0 };
    },
    enter(event) {
      const out: Pulse[] = [];
      const told = toldPhase(event);
      if (told) out.push({ type: 'phase', ...told, since: Date.parse(event.at) });
      switch (event.type) {
        case 'run.started':
          settings = event.settings;
          model = event.proposer.model ?? '';
          break;
        case 'run.resumed':
          settings = event.settings ?? settings;
          model = event.proposer?.model ?? model;
          break;
        case 'experiment.started':
          n = event.n;
          trial = null;
          writing = null;
          undrawn = null;
          if (event.n > 0 && model !== '') {
            const end = endOf(
              event,
              (e) => (e.type === 'experiment.proposed' || e.type === 'experiment.decided') && e.n === event.n,
            );
            writing = { n: event.n, from: Date.parse(event.at), to: at(end), sent: 0 };
            out.push({
              type: 'model.started',
              n: event.n,
              attempt: 1,
              model,
              numCtx: null,
              promptTokens: null,
            });
          }
          break;
        case 'experiment.proposed':
          if (writing)
            out.push({
              type: 'model.stats',
              n: event.n,
              stage: 'done',
              tokens: event.tokens ?? 0,
              tokensPerSecond: event.tokens && event.seconds > 0 ? event.tokens / event.seconds : null,
              promptTokens: null,
              note: null,
            });
          writing = null;
          break;
        case 'experiment.committed':
          // Told when the file has been read, which may be a moment later.
          undrawn = event.n;
          break;
        case 'trial.started':
          out.push(...startTrial(event));
          break;
        case 'trial.ended':
          trial = null;
          break;
      }
      return out;
    },
    until(now, files) {
      const out: Pulse[] = [];
      if (undrawn !== null && files?.diff) {
        out.push({ type: 'diff', n: undrawn, base: 'its parent', text: files.diff });
        undrawn = null;
      }
      if (trial) {
        const { n, k, from, to } = trial;
        const lines = files?.log(k) ?? [];
        const due = Math.floor(lines.length * share(now, from, to));
        if (due > trial.lines)
          out.push({
            type: 'log',
            n,
            k,
            lines: lines
              .slice(trial.lines, due)
              .filter((piece) => !piece.rewritten)
              .map((piece) => piece.text),
            live: lines[due - 1]!.rewritten ? lines[due - 1]!.text : null,
            dropped: 0,
          });
        trial.lines = Math.max(trial.lines, due);
        const points = trial.curve.filter((p) => from + p.seconds * 1000 <= now);
        if (points.length > trial.points)
          out.push({
            type: 'curve',
            n,
            k,
            points: points.slice(trial.points),
            ...(trial.of === undefined ? {} : { of: trial.of }),
          });
        trial.points = points.length;
      }
      if (writing && files?.reply) {
        const due = Math.floor(files.reply.length * share(now, writing.from, writing.to));
        if (due > writing.sent)
          out.push({
            type: 'model.tokens',
            n: writing.n,
            channel: 'answer',
            text: files.reply.slice(writing.sent, due),
          });
        writing.sent = Math.max(writing.sent, due);
      }
      return out;
    },
  };
}

function share(now: number, from: number, to: number): number {
  if (now >= to) return 1;
  return now <= from || !Number.isFinite(to) ? 0 : (now - from) / (to - from);
}

import { vi } from 'vitest';
import { foldPast } from '../../src/engine/past.ts';
import { openSession, type Session } from '../../src/engine/session.ts';
import { nvidiaStream } from '../../src/gpu/nvidia-stream.ts';
import { type ReportWatch, watchReports } from '../../src/gpu/report-watch.ts';
import type { Journal } from '../../src/journal/write.ts';
import type { EventBody, JournalEvent } from '../../src/protocol/events.ts';
import type { Pulse } from '../../src/protocol/pulse.ts';
import {
  type FakeNvidiaSmi,
  type FakeNvidiaSmiOptions,
  withFakeNvidiaSmi,
} from '../harness/fake-nvidia-smi/with-fake-nvidia-smi.ts';

/** A session that writes nowhere. */
export function sessionInMemory(): {
  session: Session;
  events: JournalEvent[];
  pulses: Pulse[];
  /** Texts of the notices so far. */
  notices: string[];
} {
  const notices: string[] = [];
  const events: JournalEvent[] = [];
  const pulses: Pulse[] = [];
  const journal: Journal = {
    append(body) {
      const event = { v: 1, seq: events.length + 1, at: new Date().toISOString(), ...body } as JournalEvent;
      events.push(event);
      return event;
    },
    flush() {},
    waiting: () => [],
    close() {},
  };
  const session = openSession(foldPast([]), {
    journal,
    resultsPath: '/nowhere/at/all',
    event: () => {},
    // Tests with make-believe timers have two clocks that differ.
    clockAhead: () => 0,
    pulse(pulse) {
      pulses.push(pulse);
      if (pulse.type === 'notice') notices.push(pulse.text);
    },
  });
  return { session, events, pulses, notices };
}

export interface OneGpu {
  smi: FakeNvidiaSmi;
  reports: ReportWatch;
  /** Tells the fake something else, and waits until a report shows it. */
  becomes(told: FakeNvidiaSmiOptions, shown: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** A fake nvidia-smi that answers thirty times as fast as a real one is asked. */
export async function oneGpu(told: FakeNvidiaSmiOptions = { apps: [] }): Promise<OneGpu> {
  const smi = withFakeNvidiaSmi(told);
  const reports = watchReports();
  const sampler = nvidiaStream({
    env: smi.env,
    intervalMs: 30,
    appsIntervalMs: 60,
    firstSilenceMs: 10_000,
    backoffMs: [30, 60],
  });
  sampler.start(reports.take);
  const seen = (shown: () => boolean) =>
    vi.waitFor(
      () => {
        if (!shown()) throw new Error(`not shown: ${JSON.stringify(reports.latest())}`);
      },
      { timeout: 15_000, interval: 10 },
    );
  await seen(() => reports.latest()?.gpus.length === 1);
  return {
    smi,
    reports,
    async becomes(next, shown) {
      smi.set(next);
      await seen(shown);
    },
    async stop() {
      await sampler.stop();
      const living = smi.living();
      smi.dispose();
      if (living.length > 0) throw new Error(`nvidia-smi lives on: ${living.join(', ')}`);
    },
  };
}

/** A trial's end as the runner tells it. */
export const trialEnded: EventBody<'trial.ended'> = {
  type: 'trial.ended',
  n: 1,
  k: 0,
  role: 'candidate',
  outcome: 'ok',
  metric: 1,
  metrics: {},
  why: null,
  seconds: 20,
  exit: 0,
  signal: null,
  peakRssMiB: 100,
  peakVramMiB: null,
  curve: [],
  logBytes: 0,
  swept: 0,
};

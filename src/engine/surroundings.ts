import { cpus } from 'node:os';
import {
  foreignProcesses,
  lostGpu,
  processWords,
  saysGpuLost,
  saysGpuMemory,
  speaksOfGpu,
} from '../gpu/gpu-health.ts';
import type { ReportWatch } from '../gpu/report-watch.ts';
import { followSpan, isHot } from '../gpu/trial-span.ts';
import type { Trial } from '../journal/state.ts';
import { busyBaseline, contaminationOf, isUsualLoad } from '../loop/contamination.ts';
import { isQuieter, loadOf } from '../loop/load.ts';
import type { Conditions, EventBody } from '../protocol/events.ts';
import { EnvironmentFailure } from '../protocol/failure.ts';
import type { GpuProcess } from '../protocol/pulse.ts';
import { mustHaveRoom } from '../trial/disk-limit.ts';
import { kernelKills } from '../trial/kernel-kills.ts';
import { whoseProcess } from '../trial/whose-process.ts';
import type { Inputs } from '../workspace/inputs.ts';
import { isOllama, type Lease } from './lease.ts';
import type { Overlap } from './overlap.ts';
import type { Session } from './session.ts';

type Ended = EventBody<'trial.ended'>;

/** Others use the machine: a user who releases the run wants to go on beside them. */
export class BusyMachine extends EnvironmentFailure {}

/** The machine around a trial: what has to be right before it, and what may have spoilt it. */
export interface Surroundings {
  /** @throws EnvironmentFailure when a trial must not be started now */
  mustBeReady(): Promise<void>;
  /** Watches while a trial runs. @returns what to ask when it has ended: fields that go over the trial's own */
  watch(): (ended: Ended) => Promise<Partial<Ended>>;
  /** The user wants trials counted as the machine is now. */
  tolerate(): void;
  /** Nothing is left of what spoilt the last trial. */
  quiet(): boolean;
}

export interface SurroundingsParts {
  session: Session;
  lease: Lease;
  reports: ReportWatch;
  inputs: Inputs;
  /** Where the run is written. */
  dir: string;
  /** What the model does beside trials; missing = nothing. */
  overlap?: Overlap;
  /** Load of the whole machine now, percent of all cores. */
  cpuPercent(): number;
  /** For tests: processes that the kernel has killed for want of memory so far. */
  kernelKills?: () => number | null;
}

/** The driver may need a moment to notice that a GPU is gone, ms. */
const noticeMs = 3000;
/** A trial that used no more memory than this much of the baseline's did not fill the machine. */
const usualMemory = 1.25;

/** Runs of the baseline that are measured again because the machine was busy: one that is never quiet is taken as it is. */
export const baselineReruns = 2;

/** Runs of the baseline that the machine spoilt. */
export function spoiltBaselines({ experiments }: Session['state']): number {
  return experiments[0]?.trials.filter((t) => t.role === 'baseline' && t.contaminated !== null).length ?? 0;
}

/** Looks after one run. */
export function openSurroundings(parts: SurroundingsParts): Surroundings {
  const { session, lease, reports, inputs } = parts;
  const cores = cpus().length;
  const killsSoFar = parts.kernelKills ?? kernelKills;
  const tolerated = { foreignCores: 0, heat: false };
  /** Processes that were on the GPUs before anything was measured, or that the user accepts. */
  const accepted = new Set<number>();
  let looked = false;

  const ours = (process: GpuProcess): boolean =>
    accepted.has(process.pid) ||
    // Beside the trial by agreement; in swap mode one that lives is another program's.
    (isOllama(process.name) && lease.sharing !== 'swap') ||
    whoseProcess(process.pid, globalThis.process.pid, session.state.cookie) !== 'foreign';

  function acceptWhatIsThere(): void {
    if (looked || reports.latest() === null) return;
    looked = true;
    for (const process of foreignProcesses(reports.latest(), ours)) {
      accepted.add(process.pid);
      session.notice(
        'warn',
        `${processWords(process)} is on the GPU: taken as the usual state of this machine`,
      );
    }
  }

  function mustBeAlone(): void {
    const [foreign] = foreignProcesses(reports.latest(), ours);
    if (!foreign) return;
    throw new BusyMachine(
      `Another program is on the GPU: ${processWords(foreign)}`,
      'A trial beside it would be slower than the others. pawl goes on when it has ended; p goes on beside it.',
      15_000,
      { kind: 'busy' },
    );
  }

  /** What the environment did to a trial that failed; null when the failure is its own. */
  async function blame(ended: Ended, killsBefore: number | null): Promise<string | null> {
    if (ended.outcome !== 'crashed') return null;
    const { why } = ended;
    // A failed reading of the data looks like any other crash.
    const input = await inputs.mustBeThere().catch((error: unknown) => error as EnvironmentFailure);
    if (input instanceof EnvironmentFailure) return input.message;
    if (saysGpuMemory(why) && lease.shared) {
      lease.apart('a trial ran out of GPU memory beside the model');
      return 'it ran out of GPU memory while the model was loaded beside it; it runs again with the model unloaded';
    }
    if (speaksOfGpu(why) && reports.latest() !== null) {
      if (lostGpu(reports.latest()) === null) await reports.next(noticeMs);
      const lost = lostGpu(reports.latest());
      if (lost) return `the GPU went away: ${lost}`;
      // The driver sees nothing wrong: believed once, then it is the experiment that says so.
      if (saysGpuLost(why) && !voidBefore(ended.n)) return `the GPU failed under it (${why})`;
    }
    return killedForOthers(ended, killsBefore);
  }

  function killedForOthers(ended: Ended, before: number | null): string | null {
    const killed = ended.signal === 'SIGKILL' || ended.exit === 137;
    const now = killsSoFar();
    if (!killed || before === null || now === null || now <= before) return null;
    const usual = Math.max(0, ...trialsOf(0).map((t) => t.peakRssMiB ?? 0));
    if (usual === 0 || ended.peakRssMiB === null || ended.peakRssMiB > usual * usualMemory) return null;
    const used = `${(ended.peakRssMiB / 1024).toFixed(1)} GiB`;
    return `the kernel killed it for want of memory, although it used no more than the baseline (${used}): other programs took the memory`;
  }

  const trialsOf = (n: number): Trial[] => session.state.experiments[n]?.trials ?? [];
  const voidBefore = (n: number) => trialsOf(n).some((t) => t.outcome === 'void');

  /** The trials that tell what this machine is like when all is well. */
  function counted(): Trial[] {
    const ok = (n: number) => trialsOf(n).filter((t) => t.outcome === 'ok');
    const { champion, open } = session.ledger;
    const mine = ok(session.state.champion.n);
    // The champion has to run again because it is quieter now: then it must be as quiet as that.
    if (
      champion.check?.cause === 'quieter' &&
      open !== null &&
      open.n !== champion.n &&
      ok(open.n).length > 0
    )
      return ok(open.n);
    const all = ok(0).concat(session.state.champion.n === 0 ? [] : mine);
    // A busy evening is not what the quiet night is judged by.
    const latest = mine.slice(-2);
    const load = loadOf(latest.at(-1)?.conditions);
    const before = all.slice(0, -latest.length).map((t) => loadOf(t.conditions));
    return load !== null && isQuieter(load, before, cores) ? latest : all;
  }

  /** What else the machine did to a trial that gave a number, or was given up for being slow. */
  function spoilt(ended: Ended, conditions: Conditions, foreign: readonly GpuProcess[]): string | null {
    const { settings, experiments, champion } = session.state;
    if (settings!.contaminated === 'count') return null;
    if (ended.role === 'baseline' && spoiltBaselines(session.state) >= baselineReruns) return null;
    if (ended.outcome !== 'ok' && ended.outcome !== 'hopeless' && ended.outcome !== 'timed-out') return null;
    const [other] = foreign;
    if (other) return `another program came onto the GPU: ${processWords(other)}`;
    if (ended.role === 'baseline') return busyBaseline(conditions, { cores, tolerated });
    const beside = parts.overlap?.beside ?? false;
    // Whoever asks for it takes what it costs: nothing tells the model's load from another's.
    const allowed = beside && settings!.model.overlap === 'on' ? Number.POSITIVE_INFINITY : 0;
    const why = contaminationOf(
      { seconds: ended.seconds, conditions, curve: ended.curve },
      {
        trials: counted(),
        champion: experiments[champion.n]?.trials.findLast((t) => t.outcome === 'ok') ?? null,
        cores,
        tolerated: { ...tolerated, foreignCores: Math.max(tolerated.foreignCores, allowed) },
      },
    );
    if (why === null || !beside) return why;
    // Perhaps it was another program; run again without the model, the trial will tell.
    parts.overlap!.over = true;
    return `${why}; the model wrote beside it, and does so no more`;
  }

  return {
    async mustBeReady() {
      await mustHaveRoom(parts.dir);
      await inputs.mustBeThere();
      const lost = lostGpu(reports.latest());
      if (lost !== null && session.state.gpus.length > 0)
        throw new EnvironmentFailure(
          `The GPU is gone: ${lost}`,
          'See `nvidia-smi` and `dmesg`; pawl goes on by itself when it answers again.',
          15_000,
          { kind: 'gpu' },
        );
      acceptWhatIsThere();
      if (session.state.settings!.contaminated !== 'count') mustBeAlone();
    },
    watch() {
      const span = followSpan(reports);
      const before = killsSoFar();
      const came = new Map<number, GpuProcess>();
      const stop = reports.follow((report) => {
        for (const process of foreignProcesses(report, ours)) came.set(process.pid, process);
      });
      return async (ended) => {
        stop();
        const conditions: Conditions = {
          ...(ended.conditions ?? { foreignCores: null, waited: null }),
          gpus: span(),
        };
        const why = await blame(ended, before);
        if (why !== null) return { conditions, outcome: 'void', metric: null, why, early: undefined };
        const contaminated = spoilt(ended, conditions, [...came.values()]);
        if (contaminated === null) return { conditions };
        return {
          conditions,
          contaminated,
          outcome: 'void',
          metric: null,
          why: contaminated,
          early: undefined,
        };
      };
    },
    tolerate() {
      for (const process of foreignProcesses(reports.latest(), ours)) accepted.add(process.pid);
      const last = session.state.experiments.flatMap((e) => e.trials).filter((t) => t.contaminated !== null);
      for (const { conditions } of last) {
        tolerated.foreignCores = Math.max(tolerated.foreignCores, conditions?.foreignCores ?? 0);
        tolerated.heat ||= conditions?.gpus.some((g) => g.hot > 0) ?? false;
      }
    },
    quiet() {
      const report = reports.latest();
      return (
        isUsualLoad((parts.cpuPercent() / 100) * cores, { trials: counted(), cores, tolerated }) &&
        foreignProcesses(report, ours).length === 0 &&
        !(report?.gpus.some(isHot) ?? false)
      );
    },
  };
}

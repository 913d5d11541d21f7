import { totalmem } from 'node:os';
import { cgroupMemory } from '../gpu/cgroup-memory.ts';
import { type ReportWatch, watchReports } from '../gpu/report-watch.ts';
import type { GpuSampler } from '../gpu/sampler.ts';
import { remoteHost } from '../propose/ollama/host.ts';
import type { Proposer } from '../propose/proposer.ts';
import type { Settings } from '../protocol/settings.ts';
import { createLocalRunner } from '../trial/local-runner.ts';
import { openTrialCache } from '../trial/trial-cache.ts';
import { watchInputs } from '../workspace/inputs.ts';
import { removeStubborn } from '../workspace/leftovers.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { editWaiting, uneditWaiting } from './approve-step.ts';
import { createControls } from './controls.ts';
import { openLease } from './lease.ts';
import { endWriting, newOverlap } from './overlap.ts';
import type { RunPaths } from './paths.ts';
import type { SandboxChoice } from './sandbox-choice.ts';
import type { Session } from './session.ts';
import type { Bench } from './step.ts';
import { openSurroundings } from './surroundings.ts';

/** What the loop's tools are made from. */
export interface Parts {
  session: Session;
  workspace: Workspace;
  proposer: Proposer;
  sampler: GpuSampler;
  walls: SandboxChoice;
  settings: Settings;
  paths: RunPaths;
  projectDir: string;
  /** How many GPUs were found. */
  gpus: number;
}

/** What the samplers and the loop tell each other. */
export interface LiveNumbers {
  /** Memory of the running trial, MiB; null while none runs. */
  trialRss: number | null;
  /** Percent of the machine. */
  cpu: number;
}

/** Lays out the bench that the loop works at. */
export function layOut(parts: Parts): { bench: Bench; reports: ReportWatch; live: LiveNumbers } {
  const { session, workspace, proposer, sampler, walls, settings, paths } = parts;
  const controls = createControls(session, {
    async move(plan, cause) {
      const from = session.state.champion.sha;
      await workspace.move(from, plan.to);
      session.append({
        type: 'champion.moved',
        from,
        by: 'user',
        cause,
        why: whyMoved[cause],
        ...plan,
      });
    },
    edit: (n) => editWaiting(bench, n),
    unedit: (before) => uneditWaiting(bench, before),
  });
  const reports = watchReports();
  const live: LiveNumbers = { trialRss: null, cpu: 0 };
  const overlap = newOverlap();
  const lease = openLease({
    session,
    asked: settings.model.sharing,
    model: proposer.leased,
    reports,
    gpus: parts.gpus,
    elsewhere: isElsewhere(proposer, settings.model),
    quiet: () => endWriting(overlap),
  });
  const shelter = { ...walls.shelter, emptyFolder: paths.empty };
  const bench: Bench = {
    session,
    controls,
    workspace,
    proposer,
    runner: createLocalRunner({ shelter, maxMemoryBytes: mostMemoryBytes() }),
    shelter,
    cache: openTrialCache({ work: paths.cache, base: paths.cacheBase, remove: removeStubborn }),
    gpu: sampler,
    paths,
    lease,
    reports,
    surroundings: openSurroundings({
      session,
      lease,
      reports,
      inputs: watchInputs(parts.projectDir, settings.link),
      dir: paths.dir,
      overlap,
      cpuPercent: () => live.cpu,
    }),
    memory: (rss) => {
      live.trialRss = rss;
    },
    justStaged: null,
    ahead: [],
    overlap,
  };
  return { bench, reports, live };
}

const whyMoved = {
  reverted: 'reverted by you',
  undone: 'your move was undone',
  forced: 'kept by you, whatever its number says',
} as const;

/**
 * Whether the model shares nothing with this machine. An address alone does not prove it (a container's, or that of the
 * Windows around a WSL, is the same GPU), so the user has to say it.
 */
function isElsewhere({ leased }: Proposer, { overlap, allowRemote, host }: Settings['model']): boolean {
  return leased !== null && overlap === 'on' && allowRemote && remoteHost(host, process.env) !== null;
}

/** All that the machine, or our container, has, but for what the engine and the system need. */
function mostMemoryBytes(): number {
  const machine = totalmem() / 1_048_576;
  return (cgroupMemory(machine)?.limitMiB ?? machine) * 0.9 * 1_048_576;
}

import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { atItsLine } from '../config/at-its-line.ts';
import { configName } from '../config/load-config.ts';
import { createGpuSampler } from '../gpu/create-sampler.ts';

import { gpuInventory } from '../gpu/inventory.ts';
import type { RunState } from '../journal/state.ts';
import { continueJournal, openJournal } from '../journal/write.ts';
import type { JournalEvent } from '../protocol/events.ts';
import { UserError } from '../protocol/failure.ts';
import type { Pulse } from '../protocol/pulse.ts';
import { ownMask } from '../protocol/secrets.ts';
import { settingChangeWords } from '../protocol/setting-changes.ts';
import { sweepLeftovers } from '../trial/sweep.ts';
import { inspectProject } from '../workspace/inspect-project.ts';
import type { KnownCommits, MendedRefs } from '../workspace/known-refs.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import { agreeOnSettings } from './agree-settings.ts';
import { begin } from './begin-run.ts';
import { nameBrokenFiles } from './broken-surface.ts';
import { changedSince } from './changed-since.ts';
import { chooseProposer, notAsked } from './choose-proposer.ts';
import type { EngineOptions } from './engine-options.ts';
import { layOut } from './lay-out.ts';
import { startLive } from './live.ts';
import { maskEvent, maskPulses } from './mask-outlets.ts';
import { foldPast } from './past.ts';
import { runPaths } from './paths.ts';
import { pinWarning } from './pin-warning.ts';
import { createPresent } from './present.ts';
import { recover } from './recover.ts';
import { openSession, type Session } from './session.ts';
import type { Bench } from './step.ts';
import { takeOver } from './take-over.ts';

export interface OpenRun {
  bench: Bench;
  /** What works, but the user should know: one sentence each. */
  warnings: string[];
  version: string;
  present(): Pulse[];
  /** Journal lines that the disk has refused so far. */
  waiting(): string[];
  close(): Promise<void>;
}

export interface Outlets {
  event(event: JournalEvent): void;
  pulse(pulse: Pulse): void;
}

/** Opens everything that a run needs, new or resumed. @throws UserError, leaving nothing behind of a new run. */
export async function openRun(options: EngineOptions, outlets: Outlets): Promise<OpenRun> {
  const paths = runPaths(options.projectDir, options.tag);
  const launcher = process.argv[1]!;
  const childArgs = [launcher, '__gpu-inventory'];
  const inventory = gpuInventory({ childArgs, deadlineMs: 3000 });
  const opened = existsSync(paths.journal) ? continueJournal(paths.journal, foldPast) : null;
  const past = opened?.past ?? foldPast([]);
  // A journal without a line is what a start leaves that was killed before the first.
  const isNew = past.state.seq === 0;
  const swept = await takeOver(past.landmarks, { sweep: sweepLeftovers });
  const started = past.landmarks.find((e) => e.type === 'run.started') ?? null;
  if (!isNew && !started)
    throw new UserError(`${paths.journal} has no beginning. Start a fresh run: pawl run --new`, 3);
  const { settings, overrides, walls } = await agreeOnSettings(options, past.landmarks);
  const changed = started ? changedSince(options.projectDir, paths, settings) : [];
  const withLine = (error: unknown): never => {
    throw atItsLine(error, options.projectDir);
  };
  const seed = started?.seed ?? options.seed ?? randomBytes(4).readUInt32LE() >>> 1;
  // A run that goes on stands on its own commits: what the user's checkout looks like by now does not matter.
  const project = started ? null : await inspectProject(options.projectDir, settings).catch(withLine);
  const base = started?.base ?? project!.head;
  const choosing = inventory.then(async (gpus) => {
    const memory = Math.max(0, ...gpus.gpus.map((gpu) => gpu.memoryMiB ?? 0)) || null;
    return { gpus, proposer: await chooseProposer(settings, seed, memory) };
  });
  // Whether it can work at all is known before anything is made; what is made already can be looked at meanwhile.
  if (project) {
    const { proposer } = await choosing;
    const surface = readSurface(options.projectDir, project.surface);
    await proposer
      .prepare(surface)
      .catch((error) => nameBrokenFiles(error, surface, settings.command, options.projectDir));
  }
  choosing.catch(() => {});
  const { workspace, recovered, lost, rest } = await openWorkspace({
    projectDir: options.projectDir,
    runDir: paths.dir,
    tag: options.tag,
    base,
    surface: settings.surface,
    link: settings.link,
    resume: !isNew,
    ...(started ? { known: knownCommits(past.state) } : {}),
  }).catch(withLine);
  const prepare = async () => {
    const { proposer } = await choosing;
    if (!started) return proposer;
    const surface = await workspace.surface((await workspace.tip()) ?? base);
    return options.verifyOnly
      ? notAsked(proposer, surface, seed)
      : proposer.prepare(surface).then(() => proposer);
  };
  const proposer = await prepare().catch(async (error) => {
    await workspace.close();
    throw error;
  });
  const { gpus } = await choosing;
  const sampler = createGpuSampler({ childArgs, inventory: gpus });
  const present = createPresent();
  const mask = ownMask();
  const { journal } = opened ?? openJournal(paths.journal);
  const session = openSession(past, {
    journal: { ...journal, append: (body) => journal.append(maskEvent(mask, body)) },
    resultsPath: paths.results,
    event: outlets.event,
    pulse: maskPulses(mask, (p) => {
      present.note(p);
      outlets.pulse(p);
    }),
  });
  const { bench, reports, live } = layOut({
    session,
    workspace,
    proposer,
    sampler,
    walls,
    settings,
    paths,
    projectDir: options.projectDir,
    gpus: gpus.gpus.length,
  });
  const start = async () => {
    copyFileSync(join(options.projectDir, configName), paths.configNow);
    if (isNew)
      begin(session, {
        options: { ...options, overrides },
        settings,
        proposer,
        sandbox: walls.info,
        gpus,
        seed,
        base,
        branch: workspace.branch,
        configCopy: paths.config,
      });
    else
      await recover(
        bench,
        { notes: [...tornNote(opened!.tornBytes), ...recovered], swept, lost },
        {
          settings,
          overrides,
          project: options.projectDir,
          sandbox: walls.info,
          changed,
          onlyVerifies: options.verifyOnly === true,
        },
      );
    session.flush();
  };
  await start().catch(async (error) => {
    journal.close();
    // A run that never began leaves nothing: no branch, no refs, and no journal that says it did.
    if (isNew) rmSync(paths.journal, { force: true });
    await (isNew ? workspace.abandon() : workspace.close());
    throw error;
  });
  const warning = walls.shelter.bwrap ? pinWarning(await workspace.grounds(base), workspace.cwd) : null;
  const pinned = warning === null ? [] : [warning];
  if (rest) mendLater(rest, session);
  // Who starts it reads them now; who looks in the morning, too.
  const odd = [...(project?.warnings ?? []), ...pinned];
  for (const text of odd) session.notice('warn', text);
  const stopLive = startLive(
    session,
    paths.worktree,
    sampler,
    reports,
    () => live.trialRss,
    (percent) => {
      live.cpu = percent;
    },
  );
  return {
    bench,
    warnings: [...odd, ...changed.map(settingChangeWords)],
    version: process.env.PAWL_VERSION ?? '0',
    present: () => present.pulses(),
    waiting: () => journal.waiting(),
    async close() {
      stopLive();
      await bench.lease.close();
      await sampler.stop();
      await proposer.close().catch(() => {});
      // A run that never had a baseline leaves its log, and no branch that means nothing.
      const { ended, experiments } = session.state;
      const barren = ended?.outcome === 'failed' && experiments[0]?.verdict !== 'kept';
      await (barren ? workspace.abandon() : workspace.close()).catch((error: Error) =>
        process.stderr.write(`closing the worktree: ${error.message}\n`),
      );
      journal.close();
    },
  };
}

function knownCommits(past: RunState): KnownCommits {
  const commits = new Map<number, string>();
  for (const e of past.experiments) if (e.sha !== null) commits.set(e.n, e.sha);
  return { champion: past.champion.sha, commits };
}

/** A run need not wait until ten thousand refs were looked into. */
function mendLater(rest: () => Promise<MendedRefs>, session: Session): void {
  rest().then(
    ({ recovered }) => {
      for (const text of recovered) session.notice('warn', text);
    },
    // Whatever keeps git from reading its refs, the loop meets it too, and says so.
    (error: Error) => process.stderr.write(`looking into old refs: ${error.message}\n`),
  );
}

function tornNote(bytes: number): string[] {
  return bytes > 0 ? [`${bytes} bytes of a half-written journal line were dropped`] : [];
}

/** Surface files as they are on disk: inspectProject has made sure that they are committed. */
function readSurface(projectDir: string, files: readonly string[]): Map<string, string> {
  return new Map(files.map((path) => [path, readFileSync(join(projectDir, path), 'utf8')]));
}

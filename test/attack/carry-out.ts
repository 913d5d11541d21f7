import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentFailure } from '../../src/protocol/failure.ts';
import { createOutside } from '../../src/screen/terminal/outside.ts';
import { createLocalRunner } from '../../src/trial/local-runner.ts';
import type { TrialSpec } from '../../src/trial/runner.ts';
import type { Bwrap } from '../../src/trial/sandbox/layout.ts';
import { findSetpriv } from '../../src/trial/sandbox/setpriv.ts';
import { openTrialCache, type TrialCache } from '../../src/trial/trial-cache.ts';
import { removeStubborn } from '../../src/workspace/leftovers.ts';
import { openWorkspace } from '../../src/workspace/open-workspace.ts';
import type { Workspace } from '../../src/workspace/workspace.ts';
import { plainMetric } from '../harness/plain-metric.ts';
import { type Aftermath, type Attack, preamble } from './attack.ts';
import { type BuiltWorld, buildWorld } from './world.ts';

/** What an attack left running may write into the files while git brings them back: as the engine, again until it holds. */
async function broughtBack(workspace: Workspace, sha: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await workspace.checkout(sha);
    } catch (error) {
      if (!(error instanceof EnvironmentFailure) || attempt === 5) throw error;
    }
  }
}

/** What the user's pager and editor get of a file, with the terminal as it is lent to them. */
async function openElsewhere(path: string, home: string): Promise<string[]> {
  const seen = join(home, 'seen');
  const take = `cat > ${seen} <`;
  const outside = createOutside({
    lend: (work) => work(),
    write: () => {},
    copyCodes: () => ({ codes: '', left: 0 }),
    env: { PATH: process.env.PATH, PAGER: take, EDITOR: take },
  });
  const got: string[] = [];
  for (const open of [outside.page, outside.look]) {
    await open(path, 1);
    got.push(readFileSync(seen, 'utf8'));
    rmSync(seen);
  }
  return got;
}

/** Carries attacks out as real experiments: staged, committed, run, and checked as the engine checks them. */
export class Attacker {
  readonly #bwrap: Bwrap | null;
  #built: BuiltWorld | null = null;
  #workspace: Workspace | null = null;
  #cache: TrialCache | null = null;
  #n = 10;

  constructor(bwrap: Bwrap | null) {
    this.#bwrap = bwrap;
  }

  /** @returns true when the attack got what it wanted. */
  async carryOut(attack: Attack): Promise<boolean> {
    const { built, workspace } = await this.#ready();
    const { world } = built;
    world.victim = await built.victim();
    built.calls.clear();
    const n = this.#n++;
    const { base } = workspace;
    const staged = await workspace.stage(base, new Map([['train.mjs', `${preamble}${attack.code}\n`]]));
    const sha = await workspace.commit(n, base, staged.tree, attack.name);
    await broughtBack(workspace, sha);
    const { result, distrusted, shown, diskLow } = await this.#trial(
      n,
      sha,
      attack.limits ?? {},
      attack.apart,
    );
    const after: Aftermath = {
      world,
      result,
      distrusted,
      shown,
      diskLow,
      opened: () => openElsewhere(this.#logOf(n), world.home),
      log: readFileSync(this.#logOf(n), 'latin1'),
      calls: (name) => built.calls.get(name) ?? 0,
      living,
      git: (...args) =>
        execFileSync('git', args, {
          cwd: world.project,
          env: { PATH: process.env.PATH, HOME: world.home },
          stdio: 'pipe',
        })
          .toString()
          .trim(),
      nextScore: async () => {
        await broughtBack(workspace, base);
        const next = await this.#trial(this.#n++, base, {});
        return next.distrusted ? null : next.result.metric;
      },
    };
    const won = await attack.won(after);
    endLiving();
    // A world that was broken into, or whose files changed, is of no use to the next one.
    if (won || this.#bwrap === null) await this.close();
    return won;
  }

  async close(): Promise<void> {
    const [workspace, built] = [this.#workspace, this.#built];
    this.#workspace = null;
    this.#built = null;
    this.#cache = null;
    await workspace?.close().catch(() => {});
    await built?.remove();
  }

  async #ready(): Promise<{ built: BuiltWorld; workspace: Workspace }> {
    this.#built ??= await buildWorld();
    const built = this.#built;
    const { project, run } = built.world;
    this.#cache ??= openTrialCache({
      work: join(run, 'cache'),
      base: join(run, 'cache-base'),
      remove: removeStubborn,
    });
    const base = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: project }).toString().trim();
    this.#workspace ??= (
      await openWorkspace({
        projectDir: project,
        runDir: run,
        tag: 't',
        base,
        surface: ['train.mjs'],
        link: ['data'],
        resume: false,
      })
    ).workspace;
    return { built, workspace: this.#workspace };
  }

  #logOf(n: number): string {
    return join(this.#built!.world.run, 'experiments', String(n), 'trial-0.log');
  }

  async #trial(n: number, sha: string, limits: NonNullable<Attack['limits']>, apart = false) {
    const { world, env } = this.#built!;
    const workspace = this.#workspace!;
    const folder = join(world.run, 'experiments', String(n));
    const outDir = join(folder, 'out-0');
    mkdirSync(outDir, { recursive: true });
    const { spareBytes, maxOutputBytes, ...rest } = limits;
    const free = () => statfsSync(outDir).bavail * statfsSync(outDir).bsize;
    const leastFreeBytes = spareBytes === undefined ? undefined : free() - spareBytes;
    // As the engine: nothing here is ever kept.
    await this.#cache!.prepare(n, (of) => of === 0);
    const runner = createLocalRunner({
      env: { ...env, WORLD: JSON.stringify(world) },
      delays: { interruptMs: 300, terminateMs: 300 },
      shelter: { bwrap: this.#bwrap, setpriv: findSetpriv(), emptyFolder: join(world.run, 'empty') },
      ...rest,
      ...(leastFreeBytes === undefined ? {} : { leastFreeBytes }),
    });
    const node = JSON.stringify(process.execPath);
    const spec: TrialSpec = {
      n,
      k: 0,
      cwd: workspace.cwd,
      ...(apart
        ? { command: `${node} train.mjs`, evaluate: `${node} evaluate.mjs; sleep 0.4` }
        : { command: `${node} train.mjs; sleep 0.03; ${node} evaluate.mjs` }),
      settings: {
        budgetMs: 1000,
        timeoutMs: 15_000,
        ...(maxOutputBytes === undefined ? {} : { maxOutputBytes }),
        progress: 'auto',
        metric: plainMetric('score'),
      },
      logPath: this.#logOf(n),
      cacheDir: join(world.run, 'cache'),
      outDir,
      cookie: `attack-${process.pid}`,
      seed: 1,
      grounds: await workspace.grounds(sha),
    };
    const shown: string[] = [];
    const trial = await runner.start(spec, {
      log: (lines, live) => shown.push(...lines, live ?? ''),
      curve() {},
      memory() {},
    });
    const result = await trial.result;
    const diskLow = leastFreeBytes !== undefined && free() < leastFreeBytes;
    const changed = await workspace.changedSince(sha);
    const putBack = await workspace.putBackSince(sha);
    rmSync(outDir, { recursive: true, force: true });
    return { result, distrusted: changed.length + putBack.length > 0, shown, diskLow };
  }
}

function commandLines(): [pid: number, text: string][] {
  return readdirSync('/proc').flatMap((name): [number, string][] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [[Number(name), readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ')]];
    } catch {
      return [];
    }
  });
}

const living = (text: string): number =>
  commandLines().filter(([, line]) => line.includes(text) && !line.includes('-c')).length;

/** What got away is ended by the suite: each by its own number, which nothing else on the machine has. */
function endLiving(): void {
  for (const [pid, line] of commandLines()) if (/^sleep 3810\d\b/.test(line)) process.kill(pid, 'SIGKILL');
}

import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasConsent } from '../config/consent.ts';
import { endsEarly } from '../config/ends-early.ts';
import type { Finding } from '../protocol/findings.ts';
import { maskSecrets } from '../protocol/secrets.ts';
import type { Settings } from '../protocol/settings.ts';
import { runCheck } from '../trial/check.ts';
import { createLocalRunner } from '../trial/local-runner.ts';
import { tailOf } from '../trial/log-tail.ts';
import { missingHint } from '../trial/missing-path.ts';
import type { TrialResult, TrialRunner } from '../trial/runner.ts';
import type { Grounds } from '../trial/sandbox/plan.ts';
import { probeSandbox } from '../trial/sandbox/probe.ts';
import { type Shelter, wallsFor } from '../trial/walls.ts';
import { Git } from '../workspace/git.ts';
import type { Inspection } from '../workspace/inspect-project.ts';
import { planLinks } from '../workspace/links.ts';
import { listTree } from '../workspace/repository.ts';
import { RunWorktree } from '../workspace/run-worktree.ts';
import { surfaceTest } from '../workspace/surface-test.ts';
import { addEntry, removeEntry, removeStrayEntries } from '../workspace/worktree-entry.ts';
import { fail, failed, ok, warn } from './finding.ts';

/** No run can have this tag: it is no branch name that pawl makes. */
const tag = '(doctor)';
const checkMs = 30_000;
const tailLines = 12;

export interface DryBaseline {
  inspection: Inspection;
  settings: Settings;
  /** Ends it early. */
  signal: AbortSignal;
  /** Said before each thing that takes long. */
  tell?(what: string): void;
  runner?: TrialRunner;
}

/** Runs `check` and the command once, on the last commit, in a worktree of its own that is gone afterwards. */
export async function dryBaseline(what: DryBaseline): Promise<Finding[]> {
  const { project, prefix, commonDir, head } = what.inspection;
  const { settings } = what;
  const git = new Git({ cwd: project });
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'pawl-doctor-')));
  const dir = join(folder, 'worktree');
  try {
    await removeStrayEntries(commonDir, dir, tag);
    const tree = await listTree(git, head);
    const links = await planLinks(settings.link, project, prefix, tree);
    const gitDir = await addEntry(git, { commonDir, dir, base: head, tag });
    const inside = new Git({ cwd: dir, gitDir });
    const worktree = new RunWorktree(inside, { dir, gitDir, indexCopy: join(folder, 'index'), links });
    await worktree.restoreAfresh(head);
    const cwd = join(dir, prefix).replace(/\/$/, '');
    const tracked = [...tree].flatMap(([path, file]) => (file.mode.startsWith('100') ? [path] : []));
    const onSurface = surfaceTest(settings.surface, settings.link);
    const grounds: Grounds = {
      worktree: dir,
      tracked,
      surface: tracked.filter((path) => path.startsWith(prefix) && onSurface(path.slice(prefix.length))),
      inputs: [commonDir, ...links.map((link) => link.target)],
      project,
    };
    // As in a run: what works only outside would fail all night.
    const probe =
      settings.sandbox === 'off' && hasConsent('no-sandbox', project) ? null : await probeSandbox();
    const shelter: Shelter = {
      bwrap: probe?.bwrap ?? null,
      setpriv: null,
      emptyFolder: join(folder, 'empty'),
    };
    const check = settings.check === null ? [] : [await checked(settings.check, cwd, what, shelter, grounds)];
    if (what.signal.aborted) return [warn('baseline', 'interrupted')];
    if (check.some((finding) => finding.level === 'fail')) return check;
    return [
      ...check,
      ...(await tried(cwd, folder, what, shelter, grounds, () => worktree.changedSince(head))),
    ];
  } catch (error) {
    return [failed('baseline', error)];
  } finally {
    await removeEntry(commonDir, dir);
    await rm(folder, { recursive: true, force: true });
  }
}

async function checked(
  check: string,
  cwd: string,
  what: DryBaseline,
  shelter: Shelter,
  grounds: Grounds,
): Promise<Finding> {
  what.tell?.(`check: ${check}`);
  const walls = wallsFor(shelter, { grounds, cwd, writable: [], pinned: false, env: process.env });
  const result = await runCheck(check, cwd, checkMs, {}, what.signal, walls);
  if (result.ok) return ok('baseline', `check passed in ${seconds(result.seconds)}`);
  const hint = missingHint({
    command: check,
    notFound: /\bexit 127\b/.test(result.why ?? ''),
    errorLine: result.tail.at(-1) ?? null,
    cwd,
    project: grounds.project,
    ownTmp: shelter.bwrap !== null,
  });
  const why = hint === null ? result.why : `${result.why}; ${hint}`;
  return fail('baseline', `check failed on your own code: ${why}`, shown(result.tail));
}

async function tried(
  cwd: string,
  folder: string,
  what: DryBaseline,
  shelter: Shelter,
  grounds: Grounds,
  changed: () => Promise<string[]>,
): Promise<Finding[]> {
  const { settings } = what;
  what.tell?.(
    `command: ${settings.command}${settings.evaluate ? `, then ${settings.evaluate}` : ''} (at most ${seconds(settings.timeoutMs / 1000)})`,
  );
  const logPath = join(folder, 'trial.log');
  const trial = await (what.runner ?? createLocalRunner({ shelter })).start(
    {
      n: 0,
      k: 0,
      cwd,
      command: settings.command,
      evaluate: settings.evaluate ?? null,
      settings,
      logPath,
      cacheDir: join(folder, 'cache'),
      outDir: join(folder, 'out'),
      cookie: `doctor-${process.pid}`,
      seed: 1,
      grounds,
    },
    { log: () => {}, curve: () => {}, memory: () => {} },
  );
  const stop = () => trial.stop('interrupted');
  what.signal.addEventListener('abort', stop, { once: true });
  if (what.signal.aborted) stop();
  const result = await trial.result.finally(() => what.signal.removeEventListener('abort', stop));
  const findings = [resultFinding(result, settings, shown(await tailOf(logPath, tailLines), result.why))];
  const touched = result.outcome === 'ok' ? await changed() : [];
  if (touched.length > 0) {
    findings.push(
      fail(
        'baseline',
        `the command changes files that git tracks: ${touched.slice(0, 3).join(', ')}`,
        'Let it write elsewhere (PAWL_OUT_DIR is a folder for it): its number would not be trusted.',
      ),
    );
  }
  return findings;
}

function resultFinding(result: TrialResult, settings: Settings, tail: string): Finding {
  const { name } = settings.metric;
  const took = seconds(result.seconds);
  const memory = result.peakRssMiB === null ? '' : `, ${(result.peakRssMiB / 1024).toFixed(1)} GiB of memory`;
  if (result.outcome === 'stopped') return warn('baseline', 'interrupted');
  if (result.outcome !== 'ok') {
    const why = result.outcome === 'timed-out' ? `not done after ${took}` : (result.why ?? result.outcome);
    return fail('baseline', why, `${tail}\nTry it by hand, in a fresh clone: ${settings.command}`.trim());
  }
  const said = `${name} ${result.metric} in ${took}${memory}`;
  if (result.seconds * 1000 > settings.budgetMs * 1.5) {
    return warn(
      'baseline',
      `${said}: much longer than its budget of ${seconds(settings.budgetMs / 1000)}`,
      'Let the script stop after PAWL_BUDGET_SECONDS.',
    );
  }
  const early = endsEarly(result.seconds, settings.budgetMs);
  return early ? warn('baseline', said, early) : ok('baseline', said);
}

/** What it printed, but for pawl's own words in its log and the one line that `why` has said already. */
function shown(tail: readonly string[], why: string | null = null): string {
  const own = tail.findLastIndex((line) => line.startsWith('[pawl] ended by pawl'));
  const printed = own < 0 ? tail : tail.slice(0, own);
  const lines = printed.filter((line) => line.trim() !== '');
  if (lines.length === 0) return 'It printed nothing.';
  if (lines.length === 1 && why?.includes(lines[0]!.trim())) return '';
  return `It printed:\n${maskSecrets(printed.join('\n').trimEnd())}`;
}

function seconds(value: number): string {
  return value >= 120 ? `${Math.round(value / 6) / 10} min` : `${Math.round(value * 10) / 10} s`;
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { planRun } from '../../src/cli/clean-plan.ts';
import type { EventBody } from '../../src/protocol/events.ts';
import type { RunInGit } from '../../src/workspace/forget-run.ts';
import { aRun } from '../journal/a-run.ts';
import { temporaryFolder } from '../workspace/temporary-repository.ts';

const end: EventBody = { type: 'run.ended', outcome: 'finished', why: 'done', exitCode: 0 };
const git = (adopted: number[] = []): RunInGit => ({
  refs: [{ name: 'refs/pawl/t/1', sha: '1' }],
  branch: { name: 'refs/heads/pawl/t', sha: '1', at: null },
  adopted: new Set(adopted),
});

/** A run on disk: experiments 0 to 2 with a log and outputs each, a worktree and a cache. */
function withRun(more: EventBody[]): string {
  const dir = temporaryFolder();
  const put = (path: string, text = 'x'.repeat(5000)) => {
    const file = join(dir, '.pawl/runs/t', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const events = [...aRun(), ...more];
  put(
    'journal.jsonl',
    events
      .map((body, i) => `${JSON.stringify({ v: 1, seq: i + 1, at: '2026-11-20T22:00:00.000Z', ...body })}\n`)
      .join(''),
  );
  for (const n of [0, 1, 2]) {
    put(`experiments/${n}/trial-0.log`);
    put(`experiments/${n}/out-0/model.bin`);
    put(`experiments/${n}/edit.diff`);
  }
  put('worktree/train.py');
  put('cache/kernel.o');
  return dir;
}
const names = (paths: string[], dir: string) =>
  paths.map((path) => path.slice(join(dir, '.pawl/runs/t/').length));

test('worktree and cache go; logs only when asked, and never of baseline, champion, adopted or pinned', () => {
  const dir = withRun([end]);
  const plain = planRun(dir, 't', git(), { logs: false, outputs: false, runs: false });
  expect(plain.freed.map(({ what }) => what)).toEqual(['worktree', 'cache']);
  const logs = (plan = planRun(dir, 't', git(), { logs: true, outputs: false, runs: false })) =>
    names(plan.freed.find(({ what }) => what === 'logs')?.paths ?? [], dir);
  expect(logs()).toEqual([
    'experiments/1/out-0',
    'experiments/1/trial-0.log',
    'experiments/2/out-0',
    'experiments/2/trial-0.log',
  ]);
  expect(logs(planRun(dir, 't', git([1]), { logs: true, outputs: false, runs: false }))).toEqual([
    'experiments/2/out-0',
    'experiments/2/trial-0.log',
  ]);
  const pinned = withRun([{ type: 'experiment.pinned', n: 2 }, end]);
  expect(
    names(
      planRun(pinned, 't', git(), { logs: true, outputs: false, runs: false }).freed.at(-1)!.paths,
      pinned,
    ),
  ).toEqual(['experiments/1/out-0', 'experiments/1/trial-0.log']);
});

test('a whole run goes only when it has ended and nothing of it is adopted or pinned', () => {
  const wishes = { logs: false, outputs: false, runs: true };
  expect(planRun(withRun([end]), 't', git(), wishes)).toMatchObject({
    whole: true,
    stays: [],
    freed: [{ what: 'run', detail: '4 experiments, 2 refs' }],
  });
  expect(planRun(withRun([]), 't', git(), wishes)).toMatchObject({
    whole: false,
    stays: [expect.stringContaining('can go on')],
  });
  expect(planRun(withRun([end]), 't', git([1]), wishes)).toMatchObject({
    whole: false,
    stays: ['#1 adopted or pinned'],
  });
  const pinned = withRun([{ type: 'experiment.pinned', n: 1 }, end]);
  expect(planRun(pinned, 't', git(), wishes)).toMatchObject({
    whole: false,
    stays: ['#1 adopted or pinned'],
  });
});

test('a run whose journal is damaged stays as a whole: nobody knows what is pinned in it', () => {
  const dir = withRun([end]);
  writeFileSync(join(dir, '.pawl/runs/t/journal.jsonl'), 'no\njournal\nat all\n');
  expect(planRun(dir, 't', git(), { logs: true, outputs: false, runs: true })).toMatchObject({
    whole: false,
    stays: [expect.stringContaining('cannot be read')],
  });
  expect(
    planRun(dir, 't', git(), { logs: true, outputs: false, runs: true }).freed.map(({ what }) => what),
  ).toEqual(['worktree', 'cache']);
});

import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldAll } from '../../src/journal/fold.ts';
import type { JournalEvent } from '../../src/protocol/events.ts';
import { eventsIn, runFolder } from '../e2e/run-pawl.ts';
import type { TemporaryProject } from '../harness/temporary-project.ts';

/** Gives a run that has ended a longer past: its last experiment again and again, with real commits and refs. */
export function lengthenPast(
  project: Pick<TemporaryProject, 'directory' | 'env' | 'home'>,
  experiments: number,
): void {
  const path = join(runFolder(project.directory), 'journal.jsonl');
  const events = eventsIn(project.directory);
  const last = foldAll(events).experiments.length - 1;
  const started = events[0] as JournalEvent<'run.started'>;
  const pattern = events.filter(
    (e) => 'n' in e && e.n === last && e.type !== 'champion.moved',
  ) as (JournalEvent & { n: number })[];
  const numbers = Array.from({ length: experiments - last }, (_, i) => last + 1 + i);
  const commits = makeCommits(project, started, numbers);
  let { seq } = events.at(-1)!;
  let text = '';
  for (const n of numbers) {
    for (const event of pattern) {
      seq += 1;
      const sha = commits.get(n)!;
      const changed: Record<string, unknown> = { ...event, seq, n };
      if ('sha' in event) changed.sha = sha;
      if ('tree' in event) changed.tree = sha;
      if (event.type === 'experiment.decided') changed.verdict = 'discarded';
      text += `${JSON.stringify(changed)}\n`;
    }
  }
  appendFileSync(path, text);
}

function makeCommits(
  project: Pick<TemporaryProject, 'directory' | 'env' | 'home'>,
  started: JournalEvent<'run.started'>,
  numbers: number[],
): Map<number, string> {
  const marks = join(project.home, 'marks');
  const input = numbers
    .map((n) => {
      const file = `STEP=${n}\n`;
      const message = `#${n}\n`;
      return (
        `commit refs/pawl/${started.tag}/${n}\nmark :${n}\ncommitter pawl <pawl@localhost> 1700000000 +0000\n` +
        `data ${message.length}\n${message}from ${started.base}\nM 100644 inline train.sh\ndata ${file.length}\n${file}\n`
      );
    })
    .join('');
  execFileSync('git', ['fast-import', '--quiet', `--export-marks=${marks}`], {
    cwd: project.directory,
    env: project.env,
    input,
  });
  return new Map(
    readFileSync(marks, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([mark, sha]) => [Number(mark!.slice(1)), sha!]),
  );
}

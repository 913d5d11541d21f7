import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as f from '../screen/fixtures.ts';

/** A project with one finished run on disk, as an engine leaves it: for screens that need no engine. */
export function recordedProject(): { dir: string; runDir: string; seconds: number; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'pawl-recorded-'));
  const runDir = join(dir, '.pawl', 'runs', 'nov20');
  const j = f.journal();
  f.start(j);
  f.baseline(j);
  f.experiments(j, 16);
  j.add({ type: 'run.ended', outcome: 'finished', why: '16 experiments, as asked', exitCode: 0 });
  mkdirSync(runDir, { recursive: true });
  writeFileSync(join(dir, 'pawl.yaml'), 'surface: [a]\ncommand: x\nmetric: {name: m, direction: minimize}\n');
  writeFileSync(
    join(runDir, 'journal.jsonl'),
    j.events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  );
  for (let n = 0; n <= 16; n++) {
    const folder = join(runDir, 'experiments', String(n));
    mkdirSync(folder, { recursive: true });
    if (n > 0) writeFileSync(join(folder, 'edit.diff'), f.diffText);
    writeFileSync(join(folder, 'trial-0.log'), `log of ${n}\nstep 1\rstep 2\rstep 3\nMETRIC val_bpb=${n}\n`);
  }
  const [first, last] = [j.events[0]!, j.events.at(-1)!];
  return {
    dir,
    runDir,
    seconds: (Date.parse(last.at) - Date.parse(first.at)) / 1000,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

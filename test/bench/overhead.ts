import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JournalEvent } from '../../src/protocol/events.ts';
import { eventsIn } from '../e2e/run-pawl.ts';
import { startFakeOllama } from '../harness/fake-ollama/start-fake-ollama.ts';
import { createTemporaryProject, type TemporaryProject } from '../harness/temporary-project.ts';
import type { Bench, Measure, Row } from './measure.ts';
import { pawl } from './pawl.ts';
import { median } from './statistics.ts';

// What the loop itself costs: from one trial's end to the next one's start, without the time of trial and proposer.
// The trial prints its number and is gone; the proposer is a server that answers at once.

const train = `# Locked: nothing. The loss never changes, so that every experiment is discarded after one trial.
STEP=1
echo "METRIC loss=1"
`;

const settings = {
  surface: ['train.sh'],
  instructions: null,
  command: 'sh train.sh',
  metric: { name: 'loss', direction: 'minimize' },
  early_stop: 'auto',
  contaminated: 'rerun',
};

/** Wall time of each part of an experiment, ms, by the journal's own stamps. */
const parts = [
  ['trial.ended', 'experiment.decided'],
  ['experiment.decided', 'experiment.started'],
  ['experiment.started', 'experiment.proposed'],
  ['experiment.proposed', 'experiment.committed'],
  ['experiment.committed', 'trial.started'],
  ['trial.started', 'trial.ended'],
] as const;

export const overhead: Measure = {
  name: 'overhead',
  async run(bench) {
    const count = bench.quick ? 12 : 20;
    const rounds = bench.quick ? 1 : 5;
    const own: number[] = [];
    const anchor: number[] = [];
    const ratios: number[] = [];
    const byPart = new Map<string, number[]>(parts.map(([a, b]) => [`${a} -> ${b}`, []]));
    // By turns, so that a busy minute of the machine hits both.
    for (let round = 1; round <= rounds; round++) {
      bench.say(`overhead, round ${round} of ${rounds}: ${count} experiments and the shell loop`);
      const project = createTemporaryProject({ settings, files: { 'train.sh': train } });
      try {
        const before = shellLoop(project, count);
        const events = await pawlLoop(bench, project, count);
        const after = shellLoop(project, count);
        const ofRound = overheads(events);
        own.push(...ofRound);
        anchor.push(before, after);
        ratios.push(median(ofRound) / ((before + after) / 2));
        for (const [name, ms] of partTimes(events)) byPart.get(name)?.push(ms);
      } finally {
        project.remove();
      }
    }
    return rows(median(own), median(anchor), median(ratios), own.length, byPart);
  },
};

function rows(
  own: number,
  anchor: number,
  ratio: number,
  count: number,
  byPart: Map<string, number[]>,
): Row[] {
  return [
    {
      measure: `overhead of an experiment, as a ratio to the shell loop (median of ${count})`,
      value: ratio,
      unit: 'x',
      target: 1.5,
      against: 'shell loop with the same git work and fsyncs',
    },
    {
      measure: '  pawl',
      value: own,
      unit: 'ms',
      target: null,
      against: `shell loop ${anchor.toFixed(1)} ms`,
    },
    ...[...byPart].map(([name, ms]) => ({
      measure: `    ${name}`,
      value: median(ms),
      unit: 'ms',
      target: null,
      against: name.startsWith('trial.started') ? 'with the trial itself' : '',
    })),
  ];
}

/** ms per experiment of the bare loop, without its trials: the same loop with trials only is subtracted. */
function shellLoop(project: TemporaryProject, count: number): number {
  const folder = join(project.home, `anchor-${Math.random().toString(36).slice(2)}`);
  const checkout = join(folder, 'checkout');
  mkdirSync(folder, { recursive: true });
  cpSync(project.repository, checkout, { recursive: true, filter: (path) => !path.endsWith('/.pawl') });
  const script = fileURLToPath(new URL('./shell-loop.sh', import.meta.url));
  const time = (n: number, what: string) => {
    const began = performance.now();
    execFileSync('/bin/sh', [script, String(n), what], { cwd: checkout, env: project.env, stdio: 'ignore' });
    return performance.now() - began;
  };
  time(2, 'trial-only');
  return (time(count, 'full') - time(count, 'trial-only')) / count;
}

async function pawlLoop(bench: Bench, project: TemporaryProject, count: number): Promise<JournalEvent[]> {
  const ollama = await startFakeOllama({
    models: [{ name: 'instant:7b' }],
    script: (_body, i) => ({
      text: `HYPOTHESIS: step ${i + 2}\nEXPECT: lower\nSET STEP = ${i + 2}\n`,
      chunk: 400,
    }),
  });
  const place = { directory: project.directory, env: { ...project.env, OLLAMA_HOST: ollama.url } };
  try {
    const ran = await pawl(
      bench,
      place,
      'run',
      '--headless',
      '--experiments',
      String(count + 2),
      '--seed',
      '1',
    );
    if (ran.code !== 0) throw new Error(`pawl run failed:\n${ran.stderr}${ran.stdout}`);
    return eventsIn(project.directory);
  } finally {
    await ollama.close();
  }
}

const at = (event: JournalEvent) => Date.parse(event.at);

/**
 * Period from trial start to trial start, minus the trial and the proposer's own seconds: nothing between two trials is
 * left out, so the end of a trial (sweep, log, metric) counts as ours. The first two experiments warm up.
 */
function overheads(events: JournalEvent[]): number[] {
  const trials = events.filter((e) => e.type === 'trial.started' || e.type === 'trial.ended');
  const out: number[] = [];
  for (const [i, ended] of trials.entries()) {
    const started = trials[i - 1];
    const next = trials[i + 1];
    if (ended.type !== 'trial.ended' || !started || next?.type !== 'trial.started' || next.n < 3) continue;
    const proposed = events.find((e) => e.type === 'experiment.proposed' && e.n === next.n);
    const model = proposed?.type === 'experiment.proposed' ? proposed.seconds : 0;
    out.push(at(next) - at(started) - (ended.seconds + model) * 1000);
  }
  return out;
}

function* partTimes(events: JournalEvent[]): Generator<[string, number]> {
  for (const [i, event] of events.entries()) {
    const next = events[i + 1];
    if (next && 'n' in event && event.n > 2) yield [`${event.type} -> ${next.type}`, at(next) - at(event)];
  }
}

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ownLock } from '../../src/engine/lock-holder.ts';
import { openTerminal, type Terminal } from '../bench/terminal.ts';
import { launcher } from '../e2e/run-pawl.ts';
import { createTemporaryProject } from '../harness/temporary-project.ts';
import { fakeEngine } from '../screen/fake-engine.ts';
import { nightKeys, nightSizes } from './night-keys.ts';
import { nightStory, type Second } from './night-story.ts';
import { type Weight, weightOf } from './weight.ts';

/** What a screen weighs, early in a night and at its end. */
export interface ScreenSoak {
  experiments: number;
  /** Of the night that was told, and what that took. */
  hours: number;
  seconds: number;
  /** At rest, after a tenth of the night, in its middle and at its end. */
  early: Weight;
  middle: Weight;
  late: Weight;
  /** The most, told fast: V8 tidies up less the more it has to do. */
  mostRssMiB: number;
  frames: number;
  keys: number;
  resizes: number;
  logLines: number;
  /** What the screen says when it is left. */
  lastWords: string;
}

export interface ScreenNight {
  experiments: number;
  hours: number;
  /** In which it is told, rests not counted. */
  seconds: number;
  /** Seconds of the night that are told as they would pass, before the screen is weighed. */
  rest: number;
}

const tag = 'nov20';
const preload = fileURLToPath(new URL('../harness/fast-clock-preload.mjs', import.meta.url));

/**
 * A real screen on a terminal of 120x40 for a night, told by an engine that follows a story. The screen's own clock runs as
 * much faster, so that it draws as often as it can get to; it is weighed when both have gone at the usual pace for a while.
 */
export async function soakScreen(
  { experiments, hours, seconds, rest }: ScreenNight,
  say: (line: string) => void = () => {},
): Promise<ScreenSoak> {
  const night = hours * 3600;
  const speed = night / seconds;
  const project = createTemporaryProject();
  const runDir = join(project.directory, '.pawl', 'runs', tag);
  mkdirSync(join(runDir, 'experiments'), { recursive: true });
  const engine = await fakeEngine([]);
  writeFileSync(join(runDir, 'engine.sock'), `${engine.socketPath}\n`);
  writeFileSync(join(project.directory, '.pawl', 'lock'), JSON.stringify(ownLock(tag)));
  const env = {
    ...project.env,
    NODE_OPTIONS: `--import=${pathToFileURL(preload).href}`,
    TEST_SPEED: String(speed),
  };
  const story = nightStory(experiments, night, Date.now());
  for (const event of story.next().value!.events) engine.tell(event);
  const screen = openTerminal(process.execPath, [launcher, 'attach'], { directory: project.directory, env });
  const told = Math.floor(night / experiments) * experiments;
  const restsAt = [0.1, 0.5, 1].map((share) => Math.floor(told * share) - rest);
  const weights: Weight[] = [];
  let [keys, resizes, logLines, mostRssMiB, sampledAt] = [0, 0, 0, 0, 0];
  try {
    await screen.next('Experiments', 30_000);
    const from = performance.now();
    let due = from;
    for (const second of story) {
      const resting = restsAt.some((at) => second.at >= at && second.at < at + rest);
      if (restsAt.includes(second.at)) process.kill(screen.pid, 'SIGUSR2');
      due += resting ? 1000 : 1000 / speed;
      if (due - performance.now() > 4) await delay(due - performance.now());
      write(runDir, second);
      logLines += second.lines.length;
      for (const event of second.events) engine.tell(event);
      for (const pulse of second.pulses) engine.pulse(pulse);
      await engine.drained();
      if (restsAt.includes(second.at - rest + 1)) {
        weights.push(weightOf(screen.pid));
        say(`#${second.n}: ${weights.at(-1)!.rssMiB} MiB at rest, ${screen.frames} frames`);
        process.kill(screen.pid, 'SIGUSR2');
        due = performance.now();
      }
      if (resting) continue;
      if (second.at % 15 === 0) screen.write(nightKeys[keys++ % nightKeys.length]!);
      if (second.at % 300 === 150) screen.resize(...nightSizes[resizes++ % nightSizes.length]!);
      if (performance.now() - sampledAt < 250) continue;
      sampledAt = performance.now();
      mostRssMiB = Math.max(mostRssMiB, weightOf(screen.pid).rssMiB);
    }
    const took = (performance.now() - from) / 1000;
    const { frames } = screen;
    const lastWords = await leave(screen);
    const [early, middle, late] = weights as [Weight, Weight, Weight];
    return {
      ...{ experiments, hours, seconds: took, early, middle, late, mostRssMiB },
      ...{ frames, keys, resizes, logLines, lastWords },
    };
  } finally {
    screen.kill();
    await engine.close();
    project.remove();
  }
}

/** What an engine leaves in the run's folder, for whoever looks back. */
function write(runDir: string, { n, diff, lines }: Second): void {
  const folder = join(runDir, 'experiments', String(n));
  if (diff !== undefined) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'edit.diff'), diff);
  }
  if (lines.length > 0) appendFileSync(join(folder, 'trial-0.log'), `${lines.join('\n')}\n`);
}

/** Quits it, whatever stands on it. @returns what it wrote once the screen was gone */
async function leave(screen: Terminal): Promise<string> {
  let text = '';
  const stop = screen.listen((more) => {
    text = (text + more).slice(-4000);
  });
  for (let i = 0; i < 3; i++) {
    screen.write('\u001B');
    await delay(200);
  }
  screen.write('q');
  await Promise.race([screen.exit, delay(20_000, null, { ref: false })]);
  stop();
  return text
    .slice(text.lastIndexOf('\u001B[?1049l'))
    .replace(/\u001B\[[?\d;]*[A-Za-z]/g, '')
    .trim();
}

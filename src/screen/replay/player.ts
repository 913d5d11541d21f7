import type { JournalEvent } from '../../protocol/events.ts';
import type { OpenSource, ScreenSource } from '../source.ts';
import type { ScreenStore } from '../store.ts';
import { type Recorded, readRecorded } from './recorded-files.ts';
import { replayKeys } from './replay-keys.ts';
import { createStage, type Stage } from './stage.ts';

/** What the screen says about a replay. */
export interface ReplayStatus {
  /** Time in the story, ms, and its ends. */
  at: number;
  from: number;
  to: number;
  speed: number;
  paused: boolean;
}

/** Moves through the story. */
export interface Player extends OpenSource {
  toggle(): void;
  /** Next faster (+1) or slower (-1). */
  shift(by: 1 | -1): void;
  /** To the decision of the next or the previous experiment. */
  step(by: 1 | -1): Promise<void>;
  seek(at: number): Promise<void>;
  status(): ReplayStatus;
}

export interface PlayOptions {
  events: readonly JournalEvent[];
  runDir: string;
  /** Seconds of the story in a second. */
  speed: number;
  /** Begin at the end, standing still: the last picture of the run. */
  atEnd?: boolean;
  /** Say nothing about being a replay: for a picture of a run that is over. */
  quiet?: boolean;
  tickMs?: number;
}

/** How much faster than it was a run can be played. */
export const speeds = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];
// A pause in the story that would last longer than this on the screen is left out, ms.
const longestGapMs = 3000;

/** A journal as a source for the screen: the same fold, the same store, a clock that runs as fast as one likes. */
export function replaySource(options: PlayOptions): ScreenSource & { player(): Player | null } {
  const { events } = options;
  const times = events.map((event) => Date.parse(event.at));
  const [from, to] = [times[0] ?? 0, times.at(-1) ?? 0];
  let now = options.atEnd ? to : from;
  let player: Player | null = null;

  const open = (store: ScreenStore): Player => {
    let speed = options.speed;
    let paused = options.atEnd === true;
    let next = 0;
    let stage: Stage = createStage(events);
    let lastTick = performance.now();
    let seeks = 0;
    let seeking = false;
    const files = new Map<number, Recorded>();
    const reading = new Map<number, Promise<void>>();

    const status = (): ReplayStatus => ({ at: now, from, to, speed, paused });
    const tell = () => {
      if (!options.quiet) store.set({ replay: status() });
    };
    const read = (): Promise<void> => {
      const { wanted } = stage;
      if (wanted === null || files.has(wanted.n)) return Promise.resolve();
      const { n, trials } = wanted;
      let read = reading.get(n);
      if (!read) {
        read = readRecorded(options.runDir, n, trials).then((found) => {
          reading.delete(n);
          files.set(n, found);
          // Few at a time: a night has hundreds of logs.
          if (files.size > 4) files.delete(files.keys().next().value!);
        });
        reading.set(n, read);
      }
      return read;
    };
    const shown = () => (stage.wanted === null ? null : (files.get(stage.wanted.n) ?? null));
    const say = (pulses: ReturnType<Stage['until']>) => {
      for (const pulse of pulses) store.receive({ kind: 'pulse', pulse });
    };
    /** All that happened until `now`. */
    const catchUp = () => {
      while (next < events.length && times[next]! <= now) {
        const event = events[next]!;
        say(stage.until(times[next]!, shown()));
        store.receive({ kind: 'event', event });
        next++;
        const pulses = stage.enter(event);
        void read();
        say(pulses);
      }
      say(stage.until(now, shown()));
    };
    const tick = () => {
      const elapsed = performance.now() - lastTick;
      lastTick = performance.now();
      store.receive({ kind: 'pulse', pulse: { type: 'heartbeat', at: now, beat: 0 } });
      if (paused || seeking) return;
      now += elapsed * speed;
      const coming = times[next];
      const quiet = store.current().run.current === null;
      if (quiet && coming !== undefined && coming - now > longestGapMs * speed) now = coming - 500 * speed;
      catchUp();
      if (next >= events.length) {
        now = to;
        paused = true;
      }
      tell();
    };
    const seek = async (at: number) => {
      const mine = ++seeks;
      seeking = true;
      now = Math.min(to, Math.max(from, at));
      stage = createStage(events);
      next = 0;
      // Twice: the first pass finds out whose files are wanted.
      for (const event of events) if (Date.parse(event.at) <= now) stage.enter(event);
      await read();
      if (mine !== seeks) return;
      seeking = false;
      store.restart();
      const first = events[0];
      store.receive({
        kind: 'hello',
        wire: 1,
        version: '',
        tag: first?.type === 'run.started' ? first.tag : '',
        project: '',
        pid: 0,
        lastSeq: events.length,
      });
      const last = shown();
      const target = stage.wanted?.n;
      stage = createStage(events);
      while (next < events.length && times[next]! <= now) {
        const event = events[next++]!;
        const own = 'n' in event && event.n === target ? last : null;
        // Of the experiment on show all is told; of those before it their events are enough.
        const pulses = [...stage.until(Date.parse(event.at), own), ...stage.enter(event)];
        store.receive({ kind: 'event', event });
        say(pulses);
      }
      say(stage.until(now, last));
      say([{ type: 'gpu', at: now, gpus: [], processes: [], stale: 'What the GPU did is not recorded.' }]);
      lastTick = performance.now();
      tell();
      store.receive({ kind: 'live' });
    };
    const timer = setInterval(tick, options.tickMs ?? 100);
    const step = (by: 1 | -1) => {
      const decided = events.filter((e) => e.type === 'experiment.decided').map((e) => Date.parse(e.at));
      const target = by > 0 ? decided.find((at) => at > now) : decided.findLast((at) => at < now);
      return seek(target ?? (by > 0 ? to : from));
    };
    const opened: Player = {
      status,
      seek,
      step,
      toggle() {
        if (paused && now >= to) return void seek(from).then(() => this.toggle());
        paused = !paused;
        lastTick = performance.now();
        tell();
      },
      shift(by) {
        const faster = speeds.find((s) => s > speed) ?? speed;
        const slower = speeds.findLast((s) => s < speed) ?? speed;
        speed = by > 0 ? faster : slower;
        tell();
      },
      send: () => Promise.resolve({ ok: false, message: 'this is a replay: nothing can be changed' }),
      close: () => clearInterval(timer),
      keys: (inner) => replayKeys(opened, inner, () => store.current().view),
    };
    tell();
    void seek(now);
    player = opened;
    return opened;
  };
  return { now: () => now, open, player: () => player };
}

import { createStore, type StoreApi } from 'zustand/vanilla';
import { emptyState, foldAll } from '../journal/fold.ts';
import { type StateHead, wholeExperiments } from '../journal/snapshot.ts';
import type { RunState } from '../journal/state.ts';
import type { JournalEvent } from '../protocol/events.ts';
import type { Pulse } from '../protocol/pulse.ts';
import type { Message } from '../protocol/wire.ts';
import type { Comparison } from './diff/compare.ts';
import { createFlush } from './flush.ts';
import { emptyLive, foldPulse, type LiveState } from './live.ts';
import type { OpenLog } from './log-reader.ts';
import type { Past } from './past.ts';
import type { ReplayStatus } from './replay/player.ts';
import { initialView, type Toast, type View } from './view.ts';

/** Where the engine is: not found yet, here, silent though connected, or gone. */
export type Link = 'connecting' | 'live' | 'silent' | 'gone';

/** All that a pane may show. */
export interface Snapshot {
  run: RunState;
  live: LiveState;
  view: View;
  /** The selected experiment's diff, once read. */
  past: Past | null;
  /** Two commits compared, once they were asked for. */
  comparison: Comparison | null;
  /** The file behind the log that is shown, once it was needed. */
  logFile: OpenLog | null;
  link: Link;
  /** Local ms, whole seconds: what clocks and the spinner show. Stands still while nothing happens. */
  now: number;
  size: { columns: number; rows: number };
  /** Where a replay stands; absent on a live screen. */
  replay?: ReplayStatus;
}

export interface ScreenStore {
  /** What React sees: replaced at most ten times a second, or at once by a key. */
  readonly published: StoreApi<Snapshot>;
  /** The newest state, also what is not drawn yet. Events that wait are folded first. */
  current(): Snapshot;
  receive(message: Message): void;
  /** Changes what is looked at; drawn at once. */
  look(change: Partial<View>): void;
  say(text: string, level?: Toast['level'], ms?: number): void;
  set(change: Partial<Pick<Snapshot, 'past' | 'comparison' | 'logFile' | 'link' | 'size' | 'replay'>>): void;
  /** Forgets the run, not what is looked at: a replay goes back. */
  restart(): void;
  stop(): void;
}

export interface StoreOptions {
  size: { columns: number; rows: number };
  /** True while the terminal takes nothing: nothing is published then. */
  blocked?: () => boolean;
  clock?: () => number;
  /** Time in the story, where it is not told as it happens. */
  storyTime?: () => number;
  intervalMs?: number;
}

const silentAfterMs = 15_000;

/**
 * How long news may wait for a draw to ride on, ms; the interval where nothing is said. A log is read at two frames a
 * second as well as at ten, gauges and clocks at one: what is drawn seldom is what an idle screen costs.
 */
const patienceMs: Partial<Record<Pulse['type'], number>> = { log: 500, curve: 500, gpu: 1000, host: 1000 };
const clockPatienceMs = 1000;
/** A held or finished run has gauges only. */
const restingPatienceMs = 2000;
const toastMs = 4000;

/**
 * The screen's state. Messages are gathered outside React (events in a list, pulses folded as they come, both bounded
 * or few) and published together: one React commit for a hundred messages.
 */
export function createScreenStore(options: StoreOptions): ScreenStore {
  const clock = options.clock ?? Date.now;
  const storyTime = options.storyTime ?? clock;
  let draft: Snapshot = {
    run: emptyState(),
    live: emptyLive(),
    view: initialView(),
    past: null,
    comparison: null,
    logFile: null,
    link: 'connecting',
    now: wholeSecond(storyTime()),
    size: options.size,
  };
  let events: JournalEvent[] = [];
  // Until the engine says `live`, the past streams in: folding it once at the end keeps a long history cheap.
  let catchingUp = false;
  const published = createStore<Snapshot>(() => draft);

  const settle = () => {
    if (events.length === 0) return;
    const went = draft.run.ended === null;
    draft = { ...draft, run: foldAll(events, draft.run) };
    events = [];
    dropStale(went && draft.run.ended !== null);
  };
  // What the news have overtaken: a question about what is over, the phase of an engine that has left.
  const dropStale = (endedNow: boolean) => {
    const { run, view, live } = draft;
    const { confirm } = view;
    if (confirm && (run.ended || confirm.stands?.(draft) === false))
      draft = { ...draft, view: { ...view, confirm: null } };
    // The answer `stopping` would hide that it has stopped.
    if (endedNow && view.toast?.until) draft = { ...draft, view: { ...draft.view, toast: null } };
    if (run.ended && live.phase.phase !== 'ended')
      draft = { ...draft, live: { ...live, phase: { ...live.phase, phase: 'ended' } } };
  };
  const publish = () => {
    settle();
    draft = { ...draft, now: wholeSecond(storyTime()) };
    published.setState(draft, true);
  };
  const flush = createFlush(publish, options.blocked ?? (() => false), options.intervalMs);

  const patienceFor = (type: Pulse['type']) => {
    const ms = patienceMs[type];
    return (type === 'gpu' || type === 'host') && !isTicking(draft) ? restingPatienceMs : ms;
  };
  const setLink = (link: Link) => {
    if (draft.link === link) return;
    draft = { ...draft, link };
    flush.soon();
  };

  const receive = (message: Message) => {
    switch (message.kind) {
      case 'hello':
        catchingUp = true;
        // The engine sends the present anew: what this screen remembers of it would stand there twice.
        draft = { ...draft, live: { ...emptyLive(), heardAt: clock() } };
        return;
      case 'live':
        catchingUp = false;
        draft = { ...draft, link: 'live' };
        flush.now();
        return;
      // The engine has folded the past: the same function, once for all who come.
      case 'state':
        draft = {
          ...draft,
          run: { ...(message.head as StateHead), experiments: new Array(message.count) },
        };
        return;
      case 'experiments': {
        const experiments = draft.run.experiments.slice();
        for (const [i, e] of wholeExperiments(message.thin).entries())
          if (e) experiments[message.from + i] = e;
        draft = { ...draft, run: { ...draft.run, experiments } };
        // Old ones: nobody waits for them.
        if (!catchingUp) flush.soon(clockPatienceMs);
        return;
      }
      case 'event':
        events.push(message.event);
        if (!catchingUp) flush.soon();
        return;
      case 'pulse':
        draft = { ...draft, live: foldPulse(draft.live, message.pulse, clock(), catchingUp ? 0 : clock()) };
        if (draft.link === 'silent') setLink('live');
        // A heartbeat changes no picture: an idle run draws nothing.
        if (message.pulse.type !== 'heartbeat' && !catchingUp) flush.soon(patienceFor(message.pulse.type));
        return;
      case 'reply':
        return;
    }
  };

  const beat = () => {
    const { view, live, link } = draft;
    if (link === 'live' && clock() - live.heardAt > silentAfterMs) setLink('silent');
    if (view.toast?.until && view.toast.until <= clock()) {
      draft = { ...draft, view: { ...view, toast: null } };
      flush.soon();
    } else if (isTicking(draft)) flush.soon(clockPatienceMs);
  };
  const timer = setInterval(beat, 1000);

  return {
    published,
    current() {
      settle();
      return draft;
    },
    receive,
    look(change) {
      draft = { ...draft, view: { ...draft.view, ...change } };
      flush.now();
    },
    say(text, level = 'info', ms = toastMs) {
      const until = level === 'error' ? null : clock() + ms;
      draft = { ...draft, view: { ...draft.view, toast: { text, level, until } } };
      flush.now();
    },
    set(change) {
      draft = { ...draft, ...change };
      flush.now();
    },
    restart() {
      events = [];
      draft = { ...draft, run: emptyState(), live: emptyLive() };
    },
    stop() {
      clearInterval(timer);
      flush.stop();
    },
  };
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

// Only work in progress has a clock worth redrawing; a run that waits or is over rests.
function isTicking({ run, live, link }: Snapshot): boolean {
  const { phase } = live.phase;
  const rests = phase === 'held' || phase === 'approving' || phase === 'ended';
  return link === 'live' && run.ended === null && !rests;
}

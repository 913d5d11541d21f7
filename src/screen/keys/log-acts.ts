import { filterTest, isError, matcher } from '../log-match.ts';
import type { LogReader } from '../log-reader.ts';
import { shownTrial } from '../selectors.ts';
import type { ScreenStore } from '../store.ts';
import type { LogView } from '../view.ts';
import { keyOf } from './bindings.ts';
import type { CommandId } from './commands.ts';
import type { Extents } from './moves.ts';

/** What the keys of the log pane do. */
export interface LogActs {
  act(id: CommandId): void;
  /** Lines down; infinite: to an end. */
  scroll(down: number): void;
  search(pattern: string): void;
  filter(text: string): void;
  /** Gives up a search that is still reading the file. @returns false when none is */
  cancel(): boolean;
}

const sidewaysStep = 16;

/** What keys do in the log. */
export function createLogActs(
  store: ScreenStore,
  extents: Extents,
  find: LogReader['find'] | undefined,
): LogActs {
  const look = (change: Partial<LogView>) => {
    const { view } = store.current();
    // What is being read must not be changed for what comes alive.
    store.look({ focus: 'log', picked: true, log: { ...view.log, ...change } });
  };
  // A long log takes a moment to look through: what was given up meanwhile must not jump.
  let reading: symbol | null = null;
  const lookThrough = async (...args: Parameters<LogReader['find']>): Promise<number | null | 'given up'> => {
    const mine = Symbol('search');
    reading = mine;
    const found = await find!(...args);
    if (reading !== mine) return 'given up';
    reading = null;
    return found;
  };
  /** To a line, or to the end. The trial that is read stays the one that is shown. */
  const goTo = (top: number | null, more: Partial<LogView> = {}) => {
    const { view, live } = store.current();
    const shown = shownTrial(store.current());
    const isLive = shown?.live ?? true;
    const trial = top === null ? (isLive ? null : view.log.trial) : shown ? { n: shown.n, k: shown.k } : null;
    const seen = view.log.top === null ? live.log.ring.end : view.log.seen;
    look({ top, trial, seen, ...more });
  };

  const jump = async (test: (text: string) => boolean, by: 1 | -1, what: string) => {
    const { view } = store.current();
    const place = extents.log?.place;
    if (!place || !find) return store.say('there is no log to look through', 'warn');
    const { at, filter } = view.log;
    const inSight = at !== null && at >= place.first && at <= place.last;
    // While it follows, what is looked for is more likely behind than ahead.
    const from = inSight ? at + by : by < 0 ? place.last : place.first;
    const passes = filterTest(filter);
    const no = await lookThrough((text) => test(text) && (passes === null || passes(text)), from, by);
    if (no === 'given up') return;
    if (no === null) {
      const { search } = store.current().view;
      return store.say(
        `no ${by > 0 ? 'later' : 'earlier'} ${what}${search.log && what !== 'error' ? `: ${search.log}` : ''}`,
        'warn',
      );
    }
    reveal(no);
  };
  const reveal = (no: number) => {
    const place = extents.log?.place;
    const page = extents.log?.page ?? 10;
    const { top } = store.current().view.log;
    if (place && no >= place.first && no <= place.last) return goTo(top ?? place.first, { at: no });
    return goTo(Math.max(0, no - Math.floor(page / 3)), { at: no });
  };

  const searchOn = (by: 1 | -1) => {
    const pattern = store.current().view.search.log ?? '';
    const test = matcher(pattern);
    if (!test) return store.say(`nothing was searched for yet: ${keyOf('search')}`, 'warn');
    void jump(test, by, 'match');
  };

  const otherTrial = (by: 1 | -1) => {
    const { run } = store.current();
    const shown = shownTrial(store.current());
    const trials = shown ? (run.experiments[shown.n]?.trials ?? []) : [];
    const next = trials[trials.findIndex((t) => t.k === shown?.k) + by];
    if (!shown || !next)
      return store.say(
        trials.length < 2
          ? 'this experiment has one trial'
          : by > 0
            ? 'this is its latest trial'
            : 'this is its first trial',
        'warn',
      );
    look({ trial: { n: shown.n, k: next.k }, top: null, at: null, sideways: 0 });
  };

  return {
    act(id) {
      const { log } = store.current().view;
      switch (id) {
        case 'follow':
          return look({ top: null, trial: null, at: null });
        case 'wrap':
          return look({ wrap: !log.wrap, sideways: 0 });
        case 'timestamps':
          if (!log.times) store.say('times at which lines came; older than this screen: not known');
          return look({ times: !log.times });
        case 'right':
          if (log.wrap) return store.say(`lines are wrapped: ${keyOf('wrap')}`, 'warn');
          return look({ sideways: log.sideways + sidewaysStep });
        case 'left':
          return look({ sideways: Math.max(0, log.sideways - sidewaysStep) });
        case 'search-next':
          return searchOn(1);
        case 'search-previous':
          return searchOn(-1);
        case 'next-mark':
          return void jump(isError, 1, 'error');
        case 'previous-mark':
          return void jump(isError, -1, 'error');
        case 'next-trial':
          return otherTrial(1);
        case 'previous-trial':
          return otherTrial(-1);
      }
    },
    scroll(down) {
      const place = extents.log?.place;
      if (place) goTo(place.moved(down), { at: null });
    },
    async search(pattern) {
      const { view } = store.current();
      store.look({ search: { ...view.search, log: pattern } });
      const test = matcher(pattern);
      if (!test) return look({ at: null });
      // Nearest behind first, then ahead: from where one stands both are near.
      const place = extents.log?.place;
      const ways =
        find && place
          ? ([
              [place.last, -1],
              [place.last + 1, 1],
            ] as const)
          : [];
      let found: Awaited<ReturnType<typeof lookThrough>> = null;
      for (const [from, by] of ways) found ??= await lookThrough(test, from, by);
      if (found === 'given up') return;
      if (found === null) return store.say(`not in this log: ${pattern}`, 'warn');
      reveal(found);
    },
    filter(text) {
      look({ filter: text, at: null });
    },
    cancel() {
      const under = reading !== null;
      reading = null;
      return under;
    },
  };
}

import type { RunState } from '../journal/state.ts';
import type { Notifiable } from '../protocol/user-settings.ts';
import { type News, newsOf, stillTrue } from './news.ts';

/** Decides what is told and when: only to somebody who is away, and at most once a minute. */
export interface Teller {
  /** The run has changed. */
  saw(run: RunState): void;
  /** Tells at once what still waits, when the process ends. */
  close(): void;
}

export interface TellerOptions {
  wanted: Readonly<Record<Notifiable, boolean>>;
  /** True while the user does not look at the run. */
  away(): boolean;
  tell(news: News, run: RunState): void;
  /** Where it begins: nothing up to here is news. */
  start: RunState;
  perMs?: number;
}

// The more important ones first: one of many in the same minute is told.
const importance: readonly Notifiable[] = [
  'approval',
  'finished',
  'disk-low',
  'model-lost',
  'gpu-lost',
  'held',
  'best',
  'result',
];

/** Tells the user's channel of a run's news as its events come. */
export function createTeller(options: TellerOptions): Teller {
  const perMs = options.perMs ?? 60_000;
  let run = options.start;
  let waiting: News[] = [];
  let last = Number.NEGATIVE_INFINITY;
  let due: NodeJS.Timeout | null = null;
  const later = new Set<NodeJS.Timeout>();

  const deliver = () => {
    if (due) clearTimeout(due);
    due = null;
    waiting = waiting.filter((news) => stillTrue(news, run));
    // Who has come back has seen it.
    if (!options.away()) waiting = [];
    const first = waiting.sort((a, b) => importance.indexOf(a.kind) - importance.indexOf(b.kind))[0];
    if (!first) return;
    const more = waiting.length - 1;
    waiting = [];
    last = performance.now();
    options.tell(more > 0 ? { ...first, text: `${first.text} (and ${more} more)` } : first, run);
  };
  const add = (news: News) => {
    if (!options.away() || !stillTrue(news, run)) return;
    waiting.push(news);
    const wait = last + perMs - performance.now();
    if (wait <= 0) deliver();
    else due ??= setTimeout(deliver, wait);
  };
  return {
    saw(next) {
      const fresh = newsOf(run, next).filter((news) => options.wanted[news.kind]);
      run = next;
      for (const news of fresh) {
        if (news.afterMs === 0) {
          add(news);
          continue;
        }
        const timer = setTimeout(() => {
          later.delete(timer);
          add(news);
        }, news.afterMs);
        later.add(timer);
      }
    },
    close() {
      for (const timer of later) clearTimeout(timer);
      // The minute's rest must not swallow that the run has ended.
      if (waiting.some((news) => news.kind === 'finished')) deliver();
      if (due) clearTimeout(due);
    },
  };
}

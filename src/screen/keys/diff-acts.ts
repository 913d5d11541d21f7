import { diffSubject } from '../diff/subject.ts';
import type { ScreenStore } from '../store.ts';
import type { DiffView } from '../view.ts';
import { keyOf } from './bindings.ts';
import type { CommandId } from './commands.ts';
import type { Extents } from './moves.ts';

const sidewaysStep = 16;

/** What the keys of the diff pane do. */
export interface DiffActs {
  act(id: CommandId): void;
  search(pattern: string): void;
}

/** What keys do in the diff. */
export function createDiffActs(store: ScreenStore, extents: Extents): DiffActs {
  const look = (change: Partial<DiffView>, scroll = store.current().view.scroll.diff) => {
    const { view } = store.current();
    store.look({
      focus: 'diff',
      picked: true,
      diff: { ...view.diff, ...change },
      scroll: { ...view.scroll, diff: scroll },
    });
  };
  /** To the next of these places, as they come from where one stands. */
  const hop = (stops: readonly number[] | undefined, by: 1 | -1, what: string) => {
    const at = store.current().view.scroll.diff;
    const next = by > 0 ? stops?.find((stop) => stop > at) : stops?.findLast((stop) => stop < at);
    if (next === undefined) return store.say(`no ${by > 0 ? 'later' : 'earlier'} ${what}`, 'warn');
    look({}, next);
  };
  const stops = () => extents.diff?.stops;
  const match = (by: 1 | -1) => {
    if (!store.current().view.search.diff)
      return store.say(`nothing was searched for yet: ${keyOf('search')}`, 'warn');
    hop(stops()?.found, by, 'match');
  };

  return {
    act(id) {
      const { diff } = store.current().view;
      switch (id) {
        case 'wrap':
          return look({ wrap: !diff.wrap, sideways: 0 });
        case 'right':
          if (diff.wrap) return store.say(`lines are wrapped: ${keyOf('wrap')}`, 'warn');
          return look({ sideways: diff.sideways + sidewaysStep });
        case 'left':
          return look({ sideways: Math.max(0, diff.sideways - sidewaysStep) });
        case 'split':
          return look({ split: !diff.split }, 0);
        case 'against': {
          const subject = diffSubject(store.current());
          if (!subject || subject.bases.length < 2)
            return store.say(
              subject?.experiment.sha
                ? `it stands on ${subject.name}: there is nothing else to compare it with`
                : 'there is no commit to compare yet',
              'warn',
            );
          const { bases, against } = subject;
          return look({ against: bases[(bases.indexOf(against) + 1) % bases.length]! }, 0);
        }
        case 'next-mark':
          return hop(stops()?.marks, 1, 'hunk');
        case 'previous-mark':
          return hop(stops()?.marks, -1, 'hunk');
        case 'search-next':
          return match(1);
        case 'search-previous':
          return match(-1);
      }
    },
    search(pattern) {
      const { view } = store.current();
      store.look({ search: { ...view.search, diff: pattern } });
      if (pattern === '') return;
      const found = stops()?.found ?? [];
      if (found.length === 0) return store.say(`not in this diff: ${pattern}`, 'warn');
      const at = view.scroll.diff;
      look({}, found.find((stop) => stop >= at) ?? found[0]!);
    },
  };
}

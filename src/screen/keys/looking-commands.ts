import type { CommandInfo } from './command-info.ts';

/** What changes only what is looked at. */
export const lookingCommands = {
  'previous-experiment': {
    category: 'Look around',
    hint: 'earlier',
    about: 'Show the experiment before this one in all panes.',
  },
  'next-experiment': {
    category: 'Look around',
    hint: 'later',
    about: 'Show the next experiment; after the last one: live.',
  },
  back: {
    category: 'Look around',
    hint: 'live',
    about: 'One step back: close, unzoom, return to live. Never quits.',
  },
  briefing: {
    category: 'Look around',
    hint: 'briefing',
    about: 'What happened while you were away, and what waits for you.',
  },
  find: {
    category: 'Look around',
    hint: 'filter',
    about: 'Filter the experiments: kept, crashed, provisional, tuner, Δ<0, #12, or any text.',
  },
  'chart-scale': {
    category: 'Look around',
    hint: 'linear/log',
    about: 'Progress chart: linear or logarithmic axis.',
  },
  'chart-axis': {
    category: 'Look around',
    hint: 'number/time',
    about: 'Progress chart: experiments by number or by time.',
  },
  'chart-metric': {
    category: 'Look around',
    hint: 'next metric',
    about: 'Progress chart: the next number that the trials print, guards included.',
  },
  down: { category: 'Look around', hint: 'down', about: 'Down a row.' },
  up: { category: 'Look around', hint: 'up', about: 'Up a row.' },
  'page-down': { category: 'Look around', hint: 'page down', about: 'Down a page.' },
  'page-up': { category: 'Look around', hint: 'page up', about: 'Up a page.' },
  top: { category: 'Look around', hint: 'top', about: 'To the start.' },
  bottom: { category: 'Look around', hint: 'end', about: 'To the end; the log follows again.' },
} as const satisfies Record<string, CommandInfo>;

import type { CommandInfo } from './command-info.ts';

/** What concerns the screen as a whole. */
export const screenCommands = {
  help: { category: 'Screen', hint: 'help', about: 'All keys.' },
  detach: {
    category: 'Screen',
    hint: 'detach',
    about: 'Leave the screen; the run goes on.',
  },
  interrupt: {
    category: 'Screen',
    hint: 'detach',
    about: 'Once: a hint. Twice: detach. Never stops a trial.',
  },
  'next-theme': { category: 'Screen', hint: 'theme', about: 'Another theme, on this screen only.' },
  shot: {
    category: 'Screen',
    hint: 'shot',
    about: "A picture of the screen (SVG) into the run's folder.",
  },
  palette: {
    category: 'Screen',
    hint: 'commands',
    about: 'Find any act by a few letters of it, and do it.',
  },
  editor: {
    category: 'Screen',
    hint: 'editor',
    about: 'Open what the pane shows (log, diff, reply) in $EDITOR: a copy without secrets.',
  },
  pager: {
    category: 'Screen',
    hint: 'pager',
    about: 'Open what the pane shows (log, diff, reply) in $PAGER: a copy without secrets.',
  },
  copy: {
    category: 'Screen',
    hint: 'copy…',
    about: 'Copy diff, commit, numbers or hypothesis to the clipboard, also over ssh.',
  },
  suspend: {
    category: 'Screen',
    hint: 'suspend',
    about: 'Suspend the screen as shells do; the run goes on.',
  },
  redraw: { category: 'Screen', hint: 'redraw', about: 'Draw the whole screen afresh.' },
} as const satisfies Record<string, CommandInfo>;

import { clean } from '../../protocol/clean.ts';
import type { NotificationChannel } from '../../protocol/user-settings.ts';

const bell = '\x07';

/** How a terminal shows a notification: by which escape sequence, or only by its bell. */
export type NoticeKind = 'osc9' | 'osc99' | 'osc777' | 'bell';

/** What this terminal understands, as far as its environment says. */
export function noticeKind(env: NodeJS.ProcessEnv): NoticeKind {
  const term = env.TERM ?? '';
  const program = env.LC_TERMINAL ?? env.TERM_PROGRAM ?? '';
  if (env.KITTY_WINDOW_ID || term.includes('kitty') || term.startsWith('foot')) return 'osc99';
  if (/^iterm/i.test(program) || env.ITERM_SESSION_ID || env.ConEmuANSI === 'ON') return 'osc9';
  if (/^(ghostty|wezterm)$/i.test(program) || env.GHOSTTY_RESOURCES_DIR || env.WEZTERM_PANE) return 'osc777';
  if (term.startsWith('rxvt') || term.includes('ghostty') || env.VTE_VERSION) return 'osc777';
  return 'bell';
}

/**
 * The bytes that notify by the terminal; empty when this channel says nothing by it. Inside tmux the sequence is wrapped
 * for the terminal around it, and the bell rings too: tmux lets the one through only where the user allowed it, and
 * marks the window for the other.
 */
export function noticeCodes(
  news: { title: string; text: string },
  channel: NotificationChannel,
  env: NodeJS.ProcessEnv,
): string {
  if (channel === 'off' || channel === 'command') return '';
  if (channel === 'bell') return bell;
  const known = noticeKind(env);
  const inTmux = Boolean(env.TMUX);
  // Inside tmux the environment may not know the terminal around it, or know one of last week.
  const kind = known === 'bell' && (channel === 'osc' || inTmux) ? 'osc9' : known;
  if (kind === 'bell') return bell;
  const sequence = sequenceOf(kind, `pawl: ${plain(news.title)}`, plain(news.text));
  return inTmux ? throughTmux(sequence) + bell : sequence;
}

/** A sequence for the terminal around tmux: every Esc doubled, in a device control string of tmux's own. */
export function throughTmux(sequence: string): string {
  return `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`;
}

function sequenceOf(kind: Exclude<NoticeKind, 'bell'>, title: string, text: string): string {
  switch (kind) {
    case 'osc9':
      return `\x1b]9;${title}: ${text}\x07`;
    case 'osc99':
      return `\x1b]99;i=pawl:d=0;${title}\x1b\\\x1b]99;i=pawl:d=1:p=body;${text}\x1b\\`;
    case 'osc777':
      // Parts are separated by semicolons.
      return `\x1b]777;notify;${title.replaceAll(';', ',')};${text.replaceAll(';', ',')}\x07`;
  }
}

function plain(text: string): string {
  return clean(text).slice(0, 200);
}

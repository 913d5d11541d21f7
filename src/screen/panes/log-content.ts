import type { LiveState } from '../live.ts';
import type { Row, Tone } from '../spans.ts';
import { clean } from '../text/clean.ts';
import { empty, type Inner, type PaneContent } from './content.ts';

export interface LogInput {
  log: LiveState['log'];
  /** Lines of a past trial instead of the live ones; `null` = show live. */
  past: { n: number; lines: string[] | null; name: string | null; read: boolean } | null;
  scroll: number;
  anchor: { n: number; k: number; total: number } | null;
  phase: LiveState['phase']['phase'];
  /** Said instead of the experiment's number while the champion is measured again. */
  again: string | null;
}

/** The end of a training log: follows while nobody scrolled, stands still while somebody reads. */
export function logContent(input: LogInput, inner: Inner): PaneContent {
  if (input.past) return pastLog(input.past, input.scroll, inner);
  const { log } = input;
  const title =
    input.again ??
    (log.n === 0 ? `baseline, trial ${log.k + 1}` : `#${log.n}${log.k > 0 ? ` trial ${log.k + 1}` : ''}`);
  const liveLine = log.live !== null && log.live !== '' ? 1 : 0;
  const size = log.ring.size + liveLine;
  if (size === 0) {
    const more =
      input.phase === 'training' || input.phase === 'baseline'
        ? 'The command has not printed anything yet.'
        : 'No trial is running; its log follows here.';
    return { rows: empty(inner, more) };
  }
  const most = Math.max(0, size - inner.height);
  const same = input.anchor?.n === log.n && input.anchor.k === log.k;
  const came = same && input.scroll > 0 ? log.ring.total - input.anchor!.total : 0;
  const reading = same && input.scroll > 0;
  const up = reading ? Math.min(most, input.scroll + came) : 0;
  const to = size - up;
  const rows = log.ring.slice(to - inner.height, Math.min(to, log.ring.size)).map(logRow);
  if (liveLine && to === size) {
    if (rows.length === inner.height) rows.shift();
    rows.push([{ text: clean(log.live!), tone: 'live' }]);
  }
  return {
    title,
    rows,
    most,
    aside: reading ? (came > 0 ? `▼ ${came} new` : 'reading') : 'follow',
    ...(log.dropped > 0 ? { foot: `${log.dropped} lines only in the file` } : {}),
  };
}

function pastLog(past: NonNullable<LogInput['past']>, scroll: number, inner: Inner): PaneContent {
  const title = past.n === 0 ? 'baseline' : `#${past.n}`;
  if (past.lines === null || past.lines.length === 0)
    return { title, rows: empty(inner, past.read ? 'No log: this experiment never ran.' : 'Reading …') };
  const most = Math.max(0, past.lines.length - inner.height);
  const to = past.lines.length - Math.min(scroll, most);
  return {
    title,
    rows: past.lines.slice(Math.max(0, to - inner.height), to).map(logRow),
    most,
    ...(past.name ? { aside: past.name } : {}),
  };
}

function logRow(raw: string): Row {
  const text = clean(raw);
  return [{ text, tone: toneOf(text) }];
}

function toneOf(text: string): Tone {
  if (/^METRIC\s/.test(text)) return 'accent';
  if (/^\s*(Traceback|\w*(Error|Exception)\b|FATAL|panic:|FAIL\b)|out of memory/i.test(text))
    return 'crashed';
  if (/^\s*(warn(ing)?\b)/i.test(text)) return 'warn';
  return 'fg';
}

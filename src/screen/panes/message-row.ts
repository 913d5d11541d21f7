import type { Approval } from '../../journal/state.ts';
import { clean } from '../../protocol/clean.ts';
import { happenings } from '../events.ts';
import { rowWidth } from '../paint.ts';
import { waitingProposal } from '../selectors.ts';
import type { Row } from '../spans.ts';
import type { Snapshot } from '../store.ts';
import { cutAtClause, cutStart } from '../text/cut.ts';
import { wrapLine } from '../text/wrap.ts';
import type { Prompt } from '../view.ts';
import { stateRow } from './state-row.ts';

/** The row for questions, answers and the last thing that happened, in this order. */
export function messageRow(snapshot: Snapshot): Row {
  const { view, run, live } = snapshot;
  const pad = { text: ' ', tone: 'fg' as const };
  if (view.confirm) return [pad, ...questionRow(clean(view.confirm.question), snapshot.size.columns - 2)];
  if (view.prompt) return [pad, ...promptRow(view.prompt, snapshot.size.columns - 24)];
  if (view.toast) {
    const tone = view.toast.level === 'error' ? 'crashed' : view.toast.level === 'warn' ? 'warn' : 'accent';
    return [pad, { text: clean(view.toast.text), tone }];
  }
  const state = stateRow(snapshot, snapshot.size.columns - 2);
  if (state) return [pad, ...state];
  const proposal = waitingProposal(snapshot);
  if (proposal) return [pad, ...approvalRow(proposal, snapshot.size.columns - 2)];
  const newest = happenings(run)[0];
  const notice = live.notice;
  if (notice && (!newest || notice.at >= Date.parse(newest.at)))
    return [
      pad,
      {
        text: cutAtClause(clean(notice.text), snapshot.size.columns - 2),
        tone: notice.level === 'error' ? 'crashed' : notice.level === 'warn' ? 'warn' : 'dim',
      },
    ];
  return newest ? [pad, ...newest.row] : [];
}

/** The question of approve mode; its answers stand in the hints below. */
function approvalRow({ n, added, removed, files, edited }: Approval, columns: number): Row {
  const [first, ...rest] = files;
  const where = `${clean(first ?? '')}${rest.length > 0 ? ` and ${rest.length} more` : ''}`;
  const row: Row = [
    { text: `Run #${n}?`, tone: 'warn', bold: true },
    { text: `  +${added} −${removed} in ${where}${edited ? ', edited by you' : ''}`, tone: 'fg' },
  ];
  const more: Row = [{ text: '  It waits, also when you leave.', tone: 'dim' }];
  return rowWidth(row) + rowWidth(more) <= columns ? [...row, ...more] : row;
}

/** What is being typed, with the cursor as a cell of its own. */
function promptRow({ kind, text, cursor }: Prompt, columns: number): Row {
  return [
    { text: kind === 'filter' ? '& ' : '/ ', tone: 'accent', bold: true },
    { text: cutStart(text.slice(0, cursor), columns), tone: 'fg' },
    { text: text.slice(cursor, cursor + 1) || ' ', tone: 'fg', inverse: true },
    { text: text.slice(cursor + 1), tone: 'fg' },
    ...(text === '' ? [{ text: `  ${promptHelp[kind]}`, tone: 'dim' as const }] : []),
  ];
}

const promptHelp: Record<Prompt['kind'], string> = {
  search: 'text to find',
  filter: 'text that lines must have; !text: must not',
  find: 'kept, crashed, provisional, tuner, Δ<0, #12, or any text',
};

const answers: Row = [
  { text: '   y', tone: 'title', bold: true },
  { text: ' yes   ', tone: 'dim' },
  { text: 'n, Esc', tone: 'title', bold: true },
  { text: ' no', tone: 'dim' },
];

// A question that is cut would be answered unread: the legend of its answers gives way first, then it goes on below.
function questionRow(question: string, columns: number): Row {
  const row: Row = [{ text: wrapLine(question, columns)[0] ?? '', tone: 'warn' }];
  return rowWidth(row) + rowWidth(answers) <= columns ? [...row, ...answers] : row;
}

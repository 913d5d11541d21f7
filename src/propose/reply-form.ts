import type { ReplyForm } from '../protocol/words.ts';
import type { Refusal } from './proposer.ts';

// Which form a model is asked for. Small models break SEARCH/REPLACE and can set constants; strong ones are wasted on
// constants. What the replies were like decides, and it is all in the journal, so that a resumed run goes on with it.

/** One reply of the model, oldest first: what it was asked for, and why it was refused (null = it was not). */
export interface AskedReply {
  form: ReplyForm;
  code: Refusal['code'] | string | null;
}

/** How the present form has gone since it was taken up. */
export interface FormRecord {
  form: ReplyForm;
  /** The latest replies in it, newest last: true = it could be read and applied. */
  window: readonly boolean[];
  /** Replies in it since it was taken up. */
  replies: number;
  /** How often a form had to be given up for an easier one. */
  setbacks: Readonly<Record<ReplyForm, number>>;
}

/** What there is to change: decides which forms are possible. */
export interface FormSurface {
  files: number;
  lines: number;
  constants: number;
}

/** Replies that are looked at. */
const windowSize = 8;
/** A form is given up when so many of the last `within` replies could not be applied ... */
const bad = { count: 3, within: 5 };
/** ... or, new, after two bad ones among its first three: three more would cost minutes and teach nothing. */
const probation = { count: 2, within: 3 };
/** A harder form is tried after so many replies in an easier one, doubled by every earlier failure of the harder one. */
const promotionAfter = 8;
/** Bad replies that may be among the last eight then. */
const promotionBad = 1;
/** A file up to this many lines may be asked for as a whole: more is slow and gets cut off. */
const wholeLines = 250;

/** From hardest to easiest to write without a mistake. */
const ladder: readonly ReplyForm[] = ['edit', 'whole', 'constants'];

/** Refusals that say that the form was not mastered; the others fell at a later check. */
const formal: ReadonlySet<string> = new Set(['format', 'no-match', 'many-matches', 'truncated']);

/**
 * The form to begin with, after what the exercise has shown (see format-probe.ts); missing = it was not tried.
 * @returns null while another exercise would tell more
 */
export function probedForm(
  { edit, whole }: { edit?: boolean; whole?: boolean },
  surface: FormSurface,
): ReplyForm | null {
  if (edit === undefined) return null;
  if (edit) return 'edit';
  if (whole === undefined && possible('whole', surface)) return null;
  if (whole) return 'whole';
  return possible('constants', surface) ? 'constants' : 'edit';
}

/** What the replies of a run say of the form that was asked for last. `start`: asked for before the first. */
export function formRecord(replies: readonly AskedReply[], start: ReplyForm): FormRecord {
  let record = begun(start, { edit: 0, whole: 0, constants: 0 });
  for (const { form, code } of replies) {
    if (form !== record.form) record = taken(record, form);
    record.window.push(code === null || !formal.has(code));
    if (record.window.length > windowSize) record.window.shift();
    record.replies += 1;
  }
  return record;
}

const begun = (form: ReplyForm, setbacks: FormRecord['setbacks']) => ({
  form,
  window: [] as boolean[],
  replies: 0,
  setbacks,
});

function taken(record: FormRecord, form: ReplyForm) {
  const down = ladder.indexOf(form) > ladder.indexOf(record.form);
  const setbacks = down
    ? { ...record.setbacks, [record.form]: record.setbacks[record.form] + 1 }
    : record.setbacks;
  return begun(form, setbacks);
}

/**
 * The form to ask for next, and in plain words why it is another one (null = it stays).
 * Down after bad replies, at once; up after good ones, each time more slowly.
 */
export function nextForm(record: FormRecord, surface: FormSurface): { form: ReplyForm; why: string | null } {
  const { form, window } = record;
  if (!possible(form, surface)) {
    const other = ladder.find((f) => possible(f, surface))!;
    return {
      form: other,
      why: form === 'constants' ? 'there are no constants any more' : 'the file has grown too long',
    };
  }
  const down = easier(record, surface);
  const lately = window.slice(-bad.within);
  const missed = lately.filter((ok) => !ok).length;
  const fresh = record.replies <= probation.within && missed >= probation.count;
  if (down !== null && (fresh || missed >= bad.count))
    return { form: down, why: `${missed} of the last ${lately.length} replies could not be applied` };
  const up = harder(record, surface);
  if (up !== null && record.replies >= promotionAfter * 2 ** record.setbacks[up]) {
    const good = window.filter((ok) => ok).length;
    if (good >= windowSize - promotionBad)
      return { form: up, why: `${good} of the last ${window.length} replies could be applied` };
  }
  return { form, why: null };
}

function possible(form: ReplyForm, surface: FormSurface): boolean {
  if (form === 'constants') return surface.constants > 0;
  if (form === 'whole') return surface.files === 1 && surface.lines <= wholeLines;
  return true;
}

/** The next easier form; one that has failed before is passed over where there is another. */
function easier({ form, setbacks }: FormRecord, surface: FormSurface): ReplyForm | null {
  const below = ladder.slice(ladder.indexOf(form) + 1).filter((f) => possible(f, surface));
  return below.find((f) => setbacks[f] === 0) ?? below.at(-1) ?? null;
}

/** The harder form with the fewest failures, the hardest of equals. */
function harder({ form, setbacks }: FormRecord, surface: FormSurface): ReplyForm | null {
  const above = ladder.slice(0, ladder.indexOf(form)).filter((f) => possible(f, surface));
  const fewest = Math.min(...above.map((f) => setbacks[f]));
  return above.find((f) => setbacks[f] === fewest) ?? null;
}

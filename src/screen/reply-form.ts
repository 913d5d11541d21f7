import type { RunState } from '../journal/state.ts';
import type { ReplyForm } from '../protocol/words.ts';
import { applied } from './apply-rate.ts';

/** What a model is asked for now, and how it fares with it. */
export interface FormNow {
  form: ReplyForm;
  /** The experiment from which on it was asked for this, and why; null = from the start. */
  since: number;
  why: string | null;
  /** Of the latest replies in this form. */
  replies: number;
  applied: number;
}

/** Replies that the form is judged by. */
const lately = 8;

/** @returns null while the model has given no reply whose form is known */
export function formNow(run: RunState, model: string): FormNow | null {
  let form: ReplyForm | null = null;
  let since = 0;
  let why: string | null = null;
  const fine: boolean[] = [];
  // Backwards: only the latest replies are of interest, of a run that may have ten thousand.
  for (let n = run.experiments.length - 1; n > 0; n--) {
    for (const reply of run.experiments[n]?.replies.toReversed() ?? []) {
      if (reply.model !== null && reply.model !== model) continue;
      form ??= reply.form;
      if (reply.form !== form) return done();
      since = n;
      if (fine.length < lately) fine.push(reply.code === null || applied.has(reply.code));
      why = reply.why;
      if (why !== null) return done();
    }
  }
  return done();

  function done(): FormNow | null {
    if (form === null) return null;
    return { form, since, why, replies: fine.length, applied: fine.filter((ok) => ok).length };
  }
}

import { formWords, type ReplyForm } from '../protocol/words.ts';
import { surfaceSize } from './form-surface.ts';
import type { AskedForm, ProposalContext, Refusal } from './proposer.ts';
import { type AskedReply, firstForm, formRecord, nextForm } from './reply-form.ts';

/** Which form one conversation asks for: by the model's replies before it (in the context) and in it. */
export class FormChoice {
  readonly #context: ProposalContext;
  readonly #start: ReplyForm | null;
  readonly #replies: AskedReply[] = [];
  #asked: AskedForm | null = null;

  /** @param start asked for before there are replies; null = by the model's size */
  constructor(context: ProposalContext, start: ReplyForm | null) {
    this.#context = context;
    this.#start = start;
  }

  /**
   * The form for the next reply; until that came, it stays.
   * @returns `changed`: for the screen, when it is another one from now on
   */
  next(model: string, parameters: string): { asked: AskedForm; changed: string | null } {
    if (this.#asked !== null) return { asked: this.#asked, changed: null };
    const before = (this.#context.replies ?? []).filter((r) => r.model === null || r.model === model);
    const replies = [...before, ...this.#replies];
    const size = surfaceSize(this.#context.surface);
    const start = replies[0]?.form ?? this.#start ?? firstForm(parameters, size);
    this.#asked = nextForm(formRecord(replies, start), size);
    const { form, why } = this.#asked;
    const changed = why === null ? null : `${model}: ${why}: asking for ${formWords[form]} from now on`;
    return { asked: this.#asked, changed };
  }

  /** A reply in the form came. */
  answered(): void {
    if (this.#asked) this.#replies.push({ form: this.#asked.form, code: null });
    this.#asked = null;
  }

  /** The last reply was refused. */
  refused({ code }: Refusal): void {
    const last = this.#replies.pop();
    if (last) this.#replies.push({ ...last, code });
  }
}

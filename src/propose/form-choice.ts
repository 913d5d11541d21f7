import { formWords, type ReplyForm } from '../protocol/words.ts';
import { surfaceSize } from './form-surface.ts';
import type { AskedForm, ProposalContext, Refusal } from './proposer.ts';
import { type AskedReply, formRecord, nextForm } from './reply-form.ts';

/** Which form one conversation asks for: by the model's replies before it (in the context) and in it. */
export class FormChoice {
  readonly #context: ProposalContext;
  readonly #start: ReplyForm | null;
  readonly #replies: AskedReply[] = [];
  #asked: AskedForm | null = null;

  /** What the exercise before the first reply came to. */
  #probed: AskedForm | null = null;

  /** @param start asked for before there are replies; null = by an exercise */
  constructor(context: ProposalContext, start: ReplyForm | null) {
    this.#context = context;
    this.#start = start;
  }

  /** True when nothing is known yet of what the model can write. */
  unknown(model: string): boolean {
    return (
      this.#start === null &&
      this.#asked === null &&
      this.#replies.length === 0 &&
      this.#before(model).length === 0
    );
  }

  /** Begins with what the exercise has shown. */
  begin(probed: AskedForm): void {
    this.#probed = probed;
  }

  #before(model: string): AskedReply[] {
    return (this.#context.replies ?? []).filter((r) => r.model === null || r.model === model);
  }

  /**
   * The form for the next reply; until that came, it stays.
   * @returns `changed`: for the screen, when it is another one from now on
   */
  next(model: string): { asked: AskedForm; changed: string | null } {
    if (this.#asked !== null) return { asked: this.#asked, changed: null };
    const replies = [...this.#before(model), ...this.#replies];
    const size = surfaceSize(this.#context.surface);
    const start = replies[0]?.form ?? this.#start ?? this.#probed?.form ?? 'edit';
    const { form, why } = nextForm(formRecord(replies, start), size);
    const first = replies.length === 0 && form === this.#probed?.form ? this.#probed.why : null;
    this.#asked = { form, why: why ?? first };
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

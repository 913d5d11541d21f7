import type { Message } from 'ollama';
import type { ReplyForm } from '../../protocol/words.ts';
import { kindsTried } from '../families.ts';
import { buildPrompt, type Prompt, refusalMessage } from '../prompt.ts';
import type { ProposalContext, Refusal } from '../proposer.ts';

/** Above this many tokens models drift from the reply format: history is cut to stay below, the surface never. */
const comfortable = 24_000;

interface Turn {
  answer: string;
  feedback: string;
}

/** The chat about one experiment: the question, and for each refused reply the reply (without thinking) and why. */
export class Conversation {
  private readonly context: ProposalContext;
  private form: ReplyForm = 'edit';
  private readonly turns: Turn[] = [];

  private told = '';

  constructor(context: ProposalContext) {
    this.context = context;
  }

  /** Asks for this form from now on. After a change the talk begins anew: replies in the old form would teach it. */
  askFor(form: ReplyForm): void {
    if (form !== this.form) this.turns.length = 0;
    this.form = form;
  }

  /** Adds to the end of the question. */
  tell(text: string): void {
    this.told += `\n\n${text}`;
  }

  /** Adds the model's last answer and what was wrong with it. */
  refuse(answer: string, refusal: Refusal): void {
    const kinds = refusal.code === 'duplicate' ? untriedKinds(this.context) : '';
    const told = { ...refusal, feedback: `${refusal.feedback}${kinds}` };
    this.turns.push({ answer, feedback: refusalMessage(told, this.form) });
  }

  /** The messages within `room` tokens: earlier turns go first, then history; the last turn stays. */
  messages(room: number, charsPerToken: number): { messages: Message[]; prompt: Prompt; chars: number } {
    for (let from = 0; ; from++) {
      const turns = this.turns.slice(from);
      const chars = turns.reduce((sum, t) => sum + t.answer.length + t.feedback.length, this.told.length);
      const prompt = this.question(room - Math.ceil(chars / charsPerToken), charsPerToken);
      if (!prompt.fits && from < this.turns.length - 1) continue;
      const messages: Message[] = [
        { role: 'system', content: prompt.system },
        { role: 'user', content: prompt.user + this.told },
      ];
      for (const turn of turns) {
        // An empty assistant message confuses some chat templates.
        messages.push({ role: 'assistant', content: turn.answer.trim() === '' ? '(empty)' : turn.answer });
        messages.push({ role: 'user', content: turn.feedback });
      }
      return { messages, prompt, chars: messages.reduce((sum, m) => sum + m.content.length, 0) };
    }
  }

  private question(room: number, charsPerToken: number): Prompt {
    const build = (maxTokens: number) =>
      buildPrompt(this.context, { form: this.form, maxTokens, charsPerToken });
    const short = build(Math.min(room, comfortable));
    return short.fits || room <= comfortable ? short : build(room);
  }
}

/** Where there is still news to be found; small models do not think of it by themselves. */
function untriedKinds({ history, surface, metric }: ProposalContext): string {
  const { untried } = kindsTried(history, surface, metric.name);
  return untried.length > 0 ? ` Kinds of change that were not tried yet: ${untried.join('; ')}.` : '';
}

/** The messages as one text, for `experiments/<n>/prompt.md`. */
export function asText(messages: readonly Message[]): string {
  return messages.map((m) => `<!-- ${m.role} -->\n${m.content}\n`).join('\n');
}

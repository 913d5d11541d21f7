import type { ReplyForm } from '../protocol/words.ts';
import { closingReminder, systemPrompt } from './prompt-format.ts';
import { type Amounts, userMessage } from './prompt-sections.ts';
import type { ProposalContext, Refusal } from './proposer.ts';

export interface PromptOptions {
  form: ReplyForm;
  /** Tokens that system and user message may take together. */
  maxTokens: number;
  charsPerToken: number;
}

export interface Prompt {
  system: string;
  user: string;
  /** Estimated, both messages. */
  tokens: number;
  /** What was left out to fit, for the screen; empty normally. */
  dropped: string[];
  /** False when even the least prompt (surface, format, newest note and failure) is longer than maxTokens. */
  fits: boolean;
}

/** More lines than 500 fit into no prompt that a model still follows, and need not be written to be thrown away. */
const everything: Amounts = {
  history: 500,
  lessons: 20,
  failureLines: 50,
  instructions: 40_000,
  notes: 20,
  noteLength: 4_000,
};

/** What goes first when it is too much. The newest note and a glimpse of the last failure never go, nor the surface. */
const ladder: readonly (Partial<Amounts> & { says: string })[] = [
  { history: 60, says: 'history before the last 60' },
  { failureLines: 20, says: 'all but 20 lines of the failed log' },
  { history: 40, says: 'history before the last 40' },
  { history: 25, lessons: 12, says: 'history before the last 25' },
  { instructions: 12_000, says: 'the end of the instructions' },
  { history: 15, says: 'history before the last 15' },
  { history: 10, lessons: 8, failureLines: 12, says: 'history before the last 10' },
  { instructions: 4_000, notes: 4, says: 'most of the instructions and older notes' },
  { history: 3, lessons: 4, failureLines: 8, says: 'nearly all history' },
  { history: 0, lessons: 2, instructions: 1_000, says: 'all history' },
  { notes: 1, lessons: 0, noteLength: 1_000, says: 'all notes but the newest, and what is known' },
  { instructions: 300, failureLines: 4, says: 'nearly all instructions' },
  { instructions: 0, noteLength: 300, says: 'the instructions' },
];

/**
 * The question for one experiment, fitted to a token budget by leaving out what matters least.
 * The surface is never shortened: `fits` says when it is too long.
 */
export function buildPrompt(context: ProposalContext, options: PromptOptions): Prompt {
  const amounts: Amounts = { ...everything };
  const system = systemPrompt(options.form);
  const dropped: string[] = [];
  const measure = () => {
    const user = userMessage(context, options.form, amounts);
    return { user, tokens: Math.ceil((system.length + user.length) / options.charsPerToken) };
  };
  let now = measure();
  for (const { says, ...less } of ladder) {
    if (now.tokens <= options.maxTokens) break;
    const before = now.tokens;
    for (const [key, value] of Object.entries(less) as [keyof Amounts, number][]) {
      amounts[key] = Math.min(amounts[key], value);
    }
    now = measure();
    if (now.tokens < before) dropped.push(says);
  }
  return { system, ...now, dropped, fits: now.tokens <= options.maxTokens };
}

/** What goes back to the model after a refusal. */
export function refusalMessage(refusal: Refusal, form: ReplyForm): string {
  return `Your proposal was not applied: ${refusal.why}.\n\n${refusal.feedback}\n\n${closingReminder(form)} Nothing of your last reply was kept: repeat every edit that you want.`;
}

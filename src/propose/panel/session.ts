import type { Arm } from '../../protocol/events.ts';
import type { TalkingSession } from '../ollama/talk.ts';
import {
  type PanelContext,
  type Proposal,
  type ProposalContext,
  type ProposalSession,
  type Refusal,
  UnreadableReply,
} from '../proposer.ts';
import { chairQuestion, chosenBy, type Said, voiceQuestion, writeQuestion } from './wording.ts';

/** The chair answers with one line. */
const chairTokens = 60;
/** Whoever starts to speak gets at least so long, seconds. */
const leastSeconds = 5;
/** A voice that was passed over for so many times the number of voices is taken without the chair. */
const patience = 3;

/** One experiment's panel: voices in rounds, the chair's choice, then the proposal itself. */
export class PanelSession implements ProposalSession {
  private readonly inner: TalkingSession;
  private readonly panel: PanelContext;
  private readonly seed: number;
  private readonly arm: (persona: string | undefined) => Arm;
  /** All that was asked and said, in order, for the record. */
  private readonly asked: string[] = [];
  private readonly told: string[] = [];
  /** The rounds so far; a round that a failure of the server cut off goes on where it was. */
  private readonly rounds: Said[][] = [[]];
  private chosen: Said | null = null;
  private over = false;
  private seconds = 0;
  private speaking = 0;
  private tokens = 0;

  constructor(
    inner: TalkingSession,
    context: ProposalContext,
    panel: PanelContext,
    arm: (persona: string | undefined) => Arm,
  ) {
    this.inner = inner;
    this.arm = arm;
    this.panel = panel;
    this.seed = context.seed;
  }

  async next(refusal: Refusal | null): Promise<Proposal> {
    if (!this.over) await this.talk();
    const { seconds, tokens } = this;
    try {
      const proposal = await this.inner.next(refusal);
      return {
        ...proposal,
        ...this.record(proposal),
        by: this.arm(this.chosen?.persona),
        seconds: proposal.seconds + seconds,
        tokens: (proposal.tokens ?? 0) + tokens,
      };
    } catch (error) {
      if (!(error instanceof UnreadableReply)) throw error;
      const { prompt, reply } = this.record(error);
      throw Object.assign(new UnreadableReply(error.refusal, prompt, reply), {
        by: this.arm(this.chosen?.persona),
        asked: error.asked,
        tokens: (error.tokens ?? 0) + tokens,
      });
    }
  }

  /** The talk goes into the record once, with the first reply. */
  private record(text: { prompt: string; reply: string }): { prompt: string; reply: string } {
    const { prompt, reply } = text;
    const heading = this.told.length > 0 ? '── the proposal ──\n\n' : '';
    this.seconds = 0;
    this.tokens = 0;
    return {
      prompt: [...this.asked.splice(0), prompt].join('\n\n'),
      reply: [...this.told.splice(0), heading + reply].join('\n\n'),
    };
  }

  private async talk(): Promise<void> {
    const { personas, rounds } = this.panel;
    for (let round = this.rounds.length - 1; round < rounds; round++) {
      const now = this.rounds[round] ?? [];
      this.rounds[round] = now;
      const before = round === 0 ? [] : this.rounds[round - 1]!;
      for (const persona of personas.slice(now.length)) {
        const left = this.panel.seconds - this.speaking;
        // Nobody is heard to the end of time: what was said is enough to choose from.
        if (left <= 0 && this.said().length > 0) break;
        const toSpeak = personas.length - now.length + (rounds - 1 - round) * personas.length;
        const text = await this.speak(
          persona.name,
          round,
          voiceQuestion(persona, before, Math.round(this.panel.tokens * 0.6)),
          this.panel.tokens,
          Math.max(leastSeconds, left / toSpeak),
        );
        now.push({ persona: persona.name, text });
      }
    }
    this.chosen = await this.choose();
    if (this.chosen) {
      this.inner.tell(writeQuestion(this.chosen));
      this.inner.heading(`the proposal: ${this.chosen.persona}`);
    }
    this.over = true;
  }

  /** The last thing that each voice has said. */
  private said(): Said[] {
    return this.panel.personas.flatMap(({ name }) => {
      const all = this.rounds.flatMap((round) => round.filter((s) => s.persona === name && s.text !== ''));
      return all.length > 0 ? [all.at(-1)!] : [];
    });
  }

  private async choose(): Promise<Said | null> {
    const said = this.said();
    if (said.length <= 1) return said[0] ?? null;
    const { personas } = this.panel;
    const waited = (s: Said) => personas.find((p) => p.name === s.persona)!.waited;
    const longest = said.reduce((a, b) => (waited(b) > waited(a) ? b : a));
    if (waited(longest) >= patience * personas.length) return longest;
    const records = personas
      .filter((p) => p.tried > 0)
      .map((p) => `- ${p.name}: ${p.survived} of ${p.tried} helped`);
    const answer = await this.speak('chair', -1, chairQuestion(said, records), chairTokens, 20);
    const name = chosenBy(
      answer,
      said.map((s) => s.persona),
    );
    // A chair that cannot make up its mind: by turns.
    return said.find((s) => s.persona === name) ?? said[this.seed % said.length]!;
  }

  private async speak(
    who: string,
    round: number,
    question: string,
    tokens: number,
    seconds: number,
  ): Promise<string> {
    const name = round > 0 ? `${who}, round ${round + 1}` : who;
    this.inner.heading(name);
    const spoken = await this.inner.talk(question, { tokens, seconds });
    this.seconds += spoken.seconds;
    this.speaking += spoken.speaking;
    this.tokens += spoken.tokens;
    this.asked.push(`── asked of the ${name} ──\n\n${question}`);
    this.told.push(`── ${name} ──\n\n${spoken.text || '(nothing)'}${spoken.cut ? ' […cut]' : ''}`);
    return spoken.text;
  }
}

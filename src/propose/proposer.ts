import type { Arm, ConstantChange, ProposerInfo } from '../protocol/events.ts';
import type { Turn } from '../protocol/plateau-words.ts';
import type { Pulse } from '../protocol/pulse.ts';
import type { Confidence, Direction, ReplyForm, Sharing, Verdict } from '../protocol/words.ts';

/** One change to one file, as a proposer stated it; nothing has been matched or written yet. */
export type Edit =
  /** Replace the one place that matches `search`; empty search = new file. */
  | { kind: 'replace'; path: string; search: string; replace: string }
  | { kind: 'whole'; path: string; content: string }
  /** Set a named numeric (or literal) constant; path null = the one file that has it. */
  | { kind: 'constant'; path: string | null; name: string; value: string };

/** A hypothesis plus edits, before it touches a file. */
export interface Proposal {
  hypothesis: string;
  expect: string | null;
  family: string | null;
  edits: Edit[];
  constants: ConstantChange[];
  /** Exactly what was asked and answered, for `experiments/<n>/{prompt,reply}.md`. */
  prompt: string;
  reply: string;
  seconds: number;
  tokens: number | null;
  /** Who made it, where a proposer is several; missing = the proposer as its `info` says. */
  by?: Arm;
  /** What it was asked for, and why that is another form than before. */
  asked?: AskedForm;
}

/** The form that a model was asked for. */
export interface AskedForm {
  form: ReplyForm;
  /** Why it was changed with this question; null = it was not. */
  why: string | null;
}

/** What came of an earlier experiment: one line of the proposer's memory. */
export interface HistoryRow {
  n: number;
  hypothesis: string;
  family: string | null;
  proposer: string;
  verdict: Verdict;
  /** Gain in sigmas, positive = better; null when it never gave a number. */
  z: number | null;
  /** Gain on the decision scale (log scale: relative). */
  gain: number | null;
  metric: number | null;
  constants: ConstantChange[];
  why: string;
  /** For discards: within noise, or really worse. */
  label?: 'noise' | 'worse' | 'near-miss' | null;
  confidence?: Confidence | null;
  added: number;
  removed: number;
}

/** A number besides the metric that a change must not spoil. */
export interface GuardLimit {
  name: string;
  max: number | null;
  min: number | null;
  worseBy: { by: number; relative: boolean } | null;
  /** What the champion has; null = not known. */
  now: number | null;
}

/** A panel: its voices, how they fared, and what their talk may cost. */
export interface PanelContext {
  personas: readonly {
    name: string;
    text: string;
    /** Ideas of it that were run, and those of them that are on the champion's line. */
    tried: number;
    survived: number;
    /** Experiments of a panel since its last idea was chosen. */
    waited: number;
  }[];
  rounds: number;
  /** Of one answer. */
  tokens: number;
  /** Of the whole talk, loading not counted. */
  seconds: number;
}

export interface ProposalContext {
  n: number;
  goal: string;
  /** Text of the instructions file, read afresh; null when there is none. */
  instructions: string | null;
  metric: { name: string; direction: Direction };
  guards?: readonly GuardLimit[];
  budgetMs: number;
  command: string;
  /** Path (posix, relative to the project) to text, at the champion. */
  surface: ReadonlyMap<string, string>;
  champion: { n: number; metric: number | null };
  /** On a fork: the older experiment whose files `surface` has instead of the champion's. */
  ground?: { n: number; metric: number | null } | null;
  /** How to search now, when nothing was kept for long; missing = the usual way. */
  turn?: Turn;
  /** Oldest first. Experiment 0 (baseline) included. */
  history: readonly HistoryRow[];
  lastFailure: { n: number; hypothesis: string; tail: string } | null;
  notes: readonly { id: string; text: string; sticky: boolean }[];
  /** Replies of models so far, oldest first: which form each can write. */
  replies?: readonly { model: string | null; form: ReplyForm; code: string | null }[];
  /** How the model's earlier expectations compared with what was measured, as one sentence; null while there are too few. */
  predictions?: string | null;
  /** Ideas that wait to be tried, and must not be proposed again; missing = none. */
  pending?: readonly string[];
  /** The voices that talk before a proposal, where a panel proposes. */
  panel?: PanelContext;
  /** Who of several proposers is to be asked; missing = whoever it is. */
  by?: Arm;
  /** Differs for every experiment of a run, the same when the run is repeated. */
  seed: number;
}

/** Why the last proposal was refused; the text goes back to the model verbatim. */
export interface Refusal {
  code:
    | 'format'
    | 'no-match'
    | 'many-matches'
    | 'off-surface'
    | 'no-change'
    | 'duplicate'
    | 'static'
    | 'check'
    | 'smoke'
    | 'truncated'
    | 'not-structural'
    | 'too-large';
  /** One line for the screen and the journal. */
  why: string;
  /** For the model: what to mend, with the nearest real lines. */
  feedback: string;
}

/** A reply that could not be read as a proposal at all; the engine answers it like any other refusal. */
export class UnreadableReply extends Error {
  override name = 'UnreadableReply';
  readonly refusal: Refusal;
  readonly prompt: string;
  readonly reply: string;
  /** Who gave it, and what it cost; set by those who know. */
  by?: Arm;
  seconds?: number;
  tokens?: number | null;
  asked?: AskedForm;
  constructor(refusal: Refusal, prompt: string, reply: string) {
    super(refusal.why);
    this.refusal = refusal;
    this.prompt = prompt;
    this.reply = reply;
  }
}

/** There is nothing left to propose: the run is over, and that is no failure. The message says what could go on. */
export class Exhausted extends Error {
  override name = 'Exhausted';
}

/** The conversation about one experiment. */
export interface ProposalSession {
  /**
   * The first proposal (null), or another one after a refusal.
   * @throws UnreadableReply when the reply is no proposal; Exhausted when there is none left; EnvironmentFailure
   * when the proposer's world is broken.
   */
  next(refusal: Refusal | null): Promise<Proposal>;
}

export interface ProposerIo {
  /** Aborted on skip, stop or hold-now. `next` must reject soon after, and leave nothing running. */
  signal: AbortSignal;
  pulse(pulse: Pulse): void;
}

/** The memory that a model takes, MiB. */
export interface ModelMemory {
  name: string;
  /** All of it, with its context: as the server says while it is loaded, else estimated. */
  totalMiB: number;
  /** How much of it is on GPUs; null while it is not loaded. */
  loadedMiB: number | null;
  /** Of several models, the one that is loaded. */
  loadedName?: string;
}

/** A proposer's model, as far as the GPU lease has to do with it. */
export interface LeasedModel {
  /** Null when nobody can say. Never throws. */
  memory(): Promise<ModelMemory | null>;
  /** Frees its memory. @returns true when there was some to free. @throws EnvironmentFailure when it stays */
  unload(): Promise<boolean>;
  /**
   * Loads it with the options of the coming questions.
   * @returns false when these are not known yet. @throws EnvironmentFailure; what `signal` was aborted with
   */
  preload(signal: AbortSignal): Promise<boolean>;
  /** How it stays between questions from now on; takes effect with the next load or question. */
  share(sharing: Sharing): void;
}

/** A persona whose ideas rarely survive, and what became of the latest. */
export interface RewriteWish {
  /** The coming experiment, for the screen. */
  n: number;
  persona: string;
  text: string;
  ideas: readonly { hypothesis: string; verdict: Verdict }[];
}

/** Who proposes: context in, streamed proposal out. */
export interface Proposer {
  readonly info: ProposerInfo;
  /** Called once before the first proposal and again on resume. @throws UserError when it can never work. */
  prepare(surface: ReadonlyMap<string, string>): Promise<void>;
  open(context: ProposalContext, io: ProposerIo): ProposalSession;
  /** Of several proposers, those that can be asked now; missing = it is one alone. */
  readonly arms?: readonly Arm[];
  /** The next question is near, and goes to this one of several. @returns whether it has a model to load */
  foresee?(arm: Arm): boolean;
  /**
   * Another text for a persona of the panel; null when nothing usable came, undefined when it cannot be asked yet.
   * @throws EnvironmentFailure
   */
  rewrite?(wish: RewriteWish, io: ProposerIo): Promise<string | null | undefined>;
  /** The model that a GPU is shared with; null when there is none. */
  readonly leased: LeasedModel | null;
  close(): Promise<void>;
}

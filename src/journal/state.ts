import type { RefusedAttempt } from '../protocol/attempt-words.ts';
import type {
  Arm,
  Conditions,
  ConstantChange,
  CurvePoint,
  EventBody,
  ProcessId,
  ProposerInfo,
  SandboxInfo,
} from '../protocol/events.ts';
import type { FailureKind } from '../protocol/failure.ts';
import type { Turn } from '../protocol/plateau-words.ts';
import type { SettingChange } from '../protocol/setting-changes.ts';
import type { Settings } from '../protocol/settings.ts';
import type {
  Actor,
  Confidence,
  ProposerKind,
  ReplyForm,
  RunMode,
  Sharing,
  TrialOutcome,
  TrialRole,
  Verdict,
} from '../protocol/words.ts';

/** One timed execution of the command on one commit. outcome null = still running (or the engine died). */
export interface Trial {
  k: number;
  role: TrialRole;
  sha: string;
  seed: number;
  process: ProcessId;
  startedAt: string;
  endedAt: string | null;
  outcome: TrialOutcome | null;
  metric: number | null;
  metrics: Record<string, number>;
  why: string | null;
  seconds: number | null;
  exit: number | null;
  signal: string | null;
  peakRssMiB: number | null;
  peakVramMiB: number | null;
  curve: CurvePoint[];
  /** What the curve's values are, as the script calls it; null = not known. */
  curveOf: string | null;
  logBytes: number;
  swept: number;
  /** Drawn by the GPUs during it, Wh; null = not known. */
  energyWh: number | null;
  /** null: not watched (an older journal, or too short a trial). */
  conditions: Conditions | null;
  /** Why the machine made its number worthless; null when it did not. */
  contaminated: string | null;
  /** Its curve was found hopeless; null when not. */
  early: EventBody<'trial.ended'>['early'] | null;
}

/** What it took to get replies out of one arm for one experiment. */
export interface Asked {
  arm: Arm;
  replies: number;
  /** Replies that were refused before any trial: unreadable, not to apply, tried before. */
  refused: number;
  seconds: number;
  tokens: number | null;
  /** null = not known. */
  energyWh: number | null;
}

/** One reply of a model, and how the form it was asked for went. */
export interface FormReply {
  attempt: number;
  model: string | null;
  form: ReplyForm;
  /** Why the form was changed with this reply; null = it was not. */
  why: string | null;
  /** Why it was refused; null = it was not. */
  code: string | null;
}

/** One smoke run of a proposal. */
export interface Smoke {
  attempt: number;
  outcome: 'lived' | 'crashed' | 'stopped';
  why: string | null;
  seconds: number;
  /** null = not known. */
  energyWh: number | null;
  /** It was the champion's, to see whether the script can do with so little time. */
  champion: boolean;
}

/** One numbered hypothesis with its edit; number 0 is the unmodified baseline. */
export interface Experiment {
  n: number;
  parent: string;
  proposer: ProposerKind;
  /** Who made its latest proposal. */
  arm: Arm;
  /** In a mixture, why that arm was asked first; null otherwise. */
  choice: string | null;
  /** Everybody who was asked for it, and what that cost. */
  asked: Asked[];
  /** Replies of models, in order. */
  replies: FormReply[];
  startedAt: string;
  endedAt: string | null;
  /** The proposal as it was before the user edited it; null when they did not. */
  edited: Pick<Experiment, 'proposer' | 'arm' | 'hypothesis' | 'expect' | 'constants'> | null;
  hypothesis: string;
  expect: string | null;
  family: string | null;
  constants: ConstantChange[];
  fuzzy: boolean;
  attempts: number;
  refusals: RefusedAttempt[];
  smokes: Smoke[];
  proposeSeconds: number;
  tokens: number | null;
  sha: string | null;
  tree: string | null;
  files: string[];
  added: number;
  removed: number;
  trials: Trial[];
  /** null until decided. A kept experiment that was reverted says `reverted`. */
  verdict: Verdict | null;
  metric: number | null;
  gain: number | null;
  z: number | null;
  sigma: number | null;
  why: string;
  by: Actor;
  confidence: Confidence | null;
  label: 'noise' | 'worse' | 'near-miss' | null;
  /** The user wants to keep its commit and files. */
  pinned: boolean;
  /** The verdict before the user made it champion; null = nobody did. */
  verdictBefore: Verdict | null;
  /** The numbers of its verdict, once what was measured later has changed those above; null = they are those above. */
  asDecided: { metric: number | null; gain: number | null; z: number | null } | null;
  /** How often it was measured again after its verdict. */
  remeasured: number;
  /** The experiment whose code it began with instead of the champion's (a fork). */
  fork: number | null;
  /** The earlier experiments whose changes it makes again; null = an idea of its own. */
  again: readonly number[] | null;
}

/** A checked proposal that waits for the user's yes (or has it, but is not committed yet). */
export interface Approval {
  n: number;
  tree: string;
  parent: string;
  files: string[];
  added: number;
  removed: number;
  fuzzy: boolean;
  at: string;
  edited: boolean;
  answer: 'run' | 'reject' | null;
}

export interface Note {
  id: string;
  text: string;
  sticky: boolean;
  at: string;
  /** First experiment started after it: a one-shot note has been used by then. null = unread. */
  usedBy: number | null;
  withdrawn: boolean;
}

/** A change of the way in which the run searches. */
export interface SearchTurn {
  at: string;
  /** The first experiment of it. */
  n: number;
  turn: Turn;
  round: number;
  since: number;
  /** Fork: the experiment whose code new ideas start from. */
  of: number | null;
  why: string;
}

export interface ChampionMove {
  at: string;
  from: string;
  to: string;
  n: number;
  by: Actor;
  cause: EventBody<'champion.moved'>['cause'];
  reverted: number[];
  restored: number[];
  why: string;
}

/** A text that the model wrote for a persona of the panel. */
export interface Rewrite {
  persona: string;
  /** The first experiment that could use it. */
  n: number;
  text: string;
  /** The user's or pawl's own text that it stands for. */
  file: string;
  outcome: 'open' | 'kept' | 'dropped';
  settledAt: number | null;
}

/** All that is true of a run: what the journal folds to. */
export interface RunState {
  seq: number;
  tag: string;
  project: string;
  base: string;
  branch: string;
  settings: Settings | null;
  proposer: ProposerInfo | null;
  sandbox: SandboxInfo | null;
  host: { cpus: number; memoryMiB: number; node: string; platform: string } | null;
  gpus: { name: string; memoryMiB: number | null }[];
  seed: number;
  cookie: string;
  engine: ProcessId | null;
  startedAt: string;
  lastAt: string;
  /** ms between a stop (or crash) and the resume after it, summed: the run did nothing then. */
  idleMs: number;
  /** ms of this sitting so far, by the journal: what `stop.after` counts. It goes on after a crash, not after an end. */
  sittingMs: number;
  ended: {
    at: string;
    outcome: 'finished' | 'stopped' | 'failed';
    why: string;
    exitCode: number;
    tail: string[];
  } | null;
  held: {
    at: string;
    by: Actor;
    reason: string;
    next: string | null;
    when: 'after-trial' | 'now';
    /** What of the environment failed, where that is known. */
    kind?: FailureKind;
    /** The measured experiment that waits for the user's `keep` or `discard`; null when nothing is asked. */
    asks: number | null;
  } | null;
  /** How the run searches, because nothing was kept on this champion for long; null = the usual way. */
  plateau: SearchTurn | null;
  /** Texts that the model wrote for personas of the panel. */
  rewrites: Rewrite[];
  personaNews: { at: string; text: string }[];
  /** All such turns, the latest ones. */
  turns: SearchTurn[];
  /** The user's latest answer to such a question. */
  answered: { n: number; decision: 'keep' | 'discard' } | null;
  /** How the GPU is shared; null until it was decided. */
  lease: { sharing: Sharing; why: string } | null;
  champion: { sha: string; n: number };
  /** What the next experiment has to beat, in the metric's unit, as last told: partly less than the champion showed. */
  bar: number | null;
  /** Index = experiment number. */
  experiments: Experiment[];
  /** The experiment that is not decided yet, or null. */
  current: number | null;
  mode: RunMode;
  approval: Approval | null;
  /** Decided experiments to be measured once more, oldest wish first. */
  reruns: number[];
  /** Holds that were not the user's, and resumes: what befell the run. The latest ones. */
  incidents: { at: string; kind: 'held' | 'resumed'; text: string; until: string | null }[];
  /** What the user was warned of, the latest ones. */
  warnings: { at: string; text: string }[];
  notes: Note[];
  moves: ChampionMove[];
  acts: { at: string; act: string; detail: string }[];
  /** Decided experiments by verdict as of now, the baseline not counted. */
  counts: Record<Verdict, number>;
  /** Drawn by the GPUs for proposals and trials of the whole run, Wh; null = not known. */
  energyWh: number | null;
  resumes: number;
  /** What each resume had to mend. */
  recoveries: { at: string; recovered: string[]; changed?: SettingChange[] }[];
  /** Runs of a verification that has begun: of the start, and of experiment `of` (null: none of it yet). */
  verification: { start: number[]; end: number[]; failures: number; of: number | null };
  /** The run's claim; null until verified, and again when the champion moves. */
  verified: (Omit<EventBody<'run.verified'>, 'type'> & { at: string }) | null;
  /** What was kept before a champion that turned out worse than the start; null mostly. */
  offered: Omit<EventBody<'run.offered'>, 'type'> | null;
}

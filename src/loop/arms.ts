import type { Arm } from '../protocol/events.ts';
import type { Confidence, ProposerKind, TrialOutcome, TrialRole, Verdict } from '../protocol/words.ts';

// Who proposes well, for what price: the one fold that `pawl list --by` shows and that the choice between proposers
// learns from. Only what was measured counts; a gain is shrunk as the policy shrinks it, because what was kept was
// partly lucky (search policy, section 6).

/** The part of an experiment that arms are reckoned from; the fold's `Experiment` fits. */
export interface ArmExperiment {
  readonly n: number;
  readonly arm: Arm;
  readonly family: string | null;
  readonly asked: readonly {
    readonly arm: Arm;
    readonly replies: number;
    readonly refused: number;
    readonly seconds: number;
    readonly energyWh: number | null;
  }[];
  readonly sha: string | null;
  readonly verdict: Verdict | null;
  readonly verdictBefore: Verdict | null;
  readonly confidence: Confidence | null;
  readonly gain: number | null;
  readonly z: number | null;
  readonly sigma: number | null;
  readonly smokes?: readonly {
    readonly seconds: number;
    readonly energyWh: number | null;
    readonly champion: boolean;
  }[];
  readonly trials: readonly {
    readonly role: TrialRole;
    readonly outcome: TrialOutcome | null;
    readonly seconds: number | null;
    readonly energyWh: number | null;
  }[];
}

/** What one arm did in one decided experiment, and what that cost. */
export interface ArmOutcome {
  n: number;
  arm: Arm;
  family: string | null;
  /** False: it was asked, and another arm's proposal was taken in the end. */
  chosen: boolean;
  replies: number;
  refused: number;
  applied: boolean;
  /** At least one trial of it ran to its end, good or bad. */
  tried: boolean;
  /** Kept by the policy, also when it was reverted later. */
  kept: boolean;
  /** Still on the champion's line. */
  survived: boolean;
  /** Honest gain on the decision scale (log: relative) of what was kept by the policy; 0 otherwise. */
  gain: number;
  proposeSeconds: number;
  /** Its own trials and smoke runs; runs of the champion to compare with are nobody's. */
  trainSeconds: number;
  energyWh: number | null;
}

/** What of a measured gain is probably true: gain x (1 - 1 / (1 + z^2)); all of it where the metric repeats exactly. */
export function honestGain({ gain, z, sigma }: Pick<ArmExperiment, 'gain' | 'z' | 'sigma'>): number {
  if (gain === null || gain <= 0) return 0;
  if (sigma === 0) return gain;
  return gain * (1 - 1 / (1 + Math.max(z ?? 0, 0) ** 2));
}

/** Decided experiments as outcomes of arms, oldest first; the baseline, void ones and the user's own edits are none. */
export function armOutcomes(experiments: readonly (ArmExperiment | undefined)[]): ArmOutcome[] {
  const out: ArmOutcome[] = [];
  for (const e of experiments) {
    if (!e || e.n === 0 || e.verdict === null || e.verdict === 'void') continue;
    const asked = e.asked.length > 0 ? e.asked : [{ ...nothing, arm: e.arm }];
    for (const a of asked) {
      const chosen = isSameArm(a.arm, e.arm);
      out.push({
        ...(chosen ? outcomeOf(e) : none),
        ...costOf(a),
        n: e.n,
        arm: a.arm,
        family: e.family,
        chosen,
      });
    }
    // A proposal that the user changed, or a change that is run again: nobody was asked for it.
    if (!asked.some((a) => isSameArm(a.arm, e.arm)))
      out.push({ ...outcomeOf(e), ...costOf(nothing), n: e.n, arm: e.arm, family: e.family, chosen: true });
    const mine = out.at(-1)!.chosen ? out.at(-1)! : out.findLast((o) => o.n === e.n && o.chosen)!;
    const own = e.trials.filter((t) => t.role === 'candidate' || t.role === 'confirm');
    for (const t of [...own, ...(e.smokes ?? []).filter((s) => !s.champion)]) {
      mine.trainSeconds += t.seconds ?? 0;
      if (t.energyWh !== null) mine.energyWh = (mine.energyWh ?? 0) + t.energyWh;
    }
  }
  return out;
}

const nothing = { replies: 0, refused: 0, seconds: 0, energyWh: null };
const none = { applied: false, tried: false, kept: false, survived: false, gain: 0 };

function outcomeOf(e: ArmExperiment): typeof none {
  // What the user made the champion against the verdict says nothing about the proposer.
  const forced = e.verdictBefore !== null;
  const kept = !forced && (e.verdict === 'kept' || e.verdict === 'reverted');
  return {
    applied: e.sha !== null,
    tried: e.trials.some((t) => t.role === 'candidate' && t.outcome !== null && judged.has(t.outcome)),
    kept,
    survived: kept && e.verdict === 'kept',
    gain: kept ? honestGain(e) : 0,
  };
}

const judged: ReadonlySet<TrialOutcome> = new Set(['ok', 'crashed', 'timed-out', 'hopeless']);

function costOf(a: { replies: number; refused: number; seconds: number; energyWh: number | null }) {
  return {
    replies: a.replies,
    refused: a.refused,
    proposeSeconds: a.seconds,
    trainSeconds: 0,
    energyWh: a.energyWh,
  };
}

function isSameArm(a: Arm, b: Arm): boolean {
  return a.proposer === b.proposer && a.model === b.model && a.persona === b.persona;
}

/** What arms can be told apart by. */
export const armKeys = ['proposer', 'model', 'persona', 'family'] as const;
export type ArmKey = (typeof armKeys)[number];

/** The sum over all outcomes of one name. */
export interface ArmRow {
  name: string;
  /** Experiments in which it was asked. */
  experiments: number;
  replies: number;
  refused: number;
  applied: number;
  tried: number;
  kept: number;
  survived: number;
  /** kept and still on the champion's line, of those tried; null when nothing was tried. */
  survival: number | null;
  /** Honest gains of the survivors, summed on the decision scale. */
  gain: number;
  proposeSeconds: number;
  trainSeconds: number;
  /** null = not known. */
  energyWh: number | null;
  /** gain per hour of proposing and training; null when it took no time. */
  gainPerHour: number | null;
}

/** One row per proposer, model, persona or family, the most gain per hour first. */
export function armRows(experiments: readonly (ArmExperiment | undefined)[], by: ArmKey): ArmRow[] {
  const rows = new Map<string, ArmRow>();
  for (const o of armOutcomes(experiments)) {
    const name = by === 'family' ? familyOf(o) : nameOf(o.arm, by);
    if (name === null) continue;
    const row = rows.get(name) ?? emptyRow(name);
    rows.set(name, row);
    row.experiments += 1;
    row.replies += o.replies;
    row.refused += o.refused;
    row.applied += Number(o.chosen && o.applied);
    row.tried += Number(o.tried);
    row.kept += Number(o.kept);
    row.survived += Number(o.survived);
    if (o.survived) row.gain += o.gain;
    row.proposeSeconds += o.proposeSeconds;
    row.trainSeconds += o.trainSeconds;
    if (o.energyWh !== null) row.energyWh = (row.energyWh ?? 0) + o.energyWh;
  }
  for (const row of rows.values()) {
    const hours = (row.proposeSeconds + row.trainSeconds) / 3600;
    row.survival = row.tried > 0 ? row.survived / row.tried : null;
    row.gainPerHour = hours > 0 ? row.gain / hours : null;
  }
  return [...rows.values()].sort(
    (a, b) => (b.gainPerHour ?? 0) - (a.gainPerHour ?? 0) || (a.name < b.name ? -1 : 1),
  );
}

/** Words for those who have no model: the tuner is told apart from models in that column too. */
function nameOf(arm: Arm, by: Exclude<ArmKey, 'family'>): string | null {
  if (by === 'proposer') return shown[arm.proposer];
  if (by === 'model') return arm.model ?? shown[arm.proposer];
  return arm.persona ?? null;
}

const shown: Readonly<Record<ProposerKind, string>> = {
  ollama: 'model',
  tuner: 'tuner',
  hybrid: 'hybrid',
  panel: 'panel',
  human: 'you',
};

function familyOf({ family }: ArmOutcome): string {
  // The same set in another order is the same set.
  const parts = (family?.toLowerCase() ?? '').split(',').map((part) => part.trim());
  return [...new Set(parts.filter(Boolean))].sort().join(', ') || '(none)';
}

function emptyRow(name: string): ArmRow {
  return {
    name,
    experiments: 0,
    replies: 0,
    refused: 0,
    applied: 0,
    tried: 0,
    kept: 0,
    survived: 0,
    survival: null,
    gain: 0,
    proposeSeconds: 0,
    trainSeconds: 0,
    energyWh: null,
    gainPerHour: null,
  };
}

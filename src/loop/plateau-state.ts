import type { Turn } from '../protocol/plateau-words.ts';
import type { Settings } from '../protocol/settings.ts';
import type { TrialRole, Verdict } from '../protocol/words.ts';

/** What a plateau is judged by; `Experiment` fits. */
export interface PlateauExperiment {
  n: number;
  parent: string;
  sha: string | null;
  verdict: Verdict | null;
  label: 'noise' | 'worse' | 'near-miss' | null;
  metric: number | null;
  z: number | null;
  startedAt: string;
  constants: readonly { path: string; name: string }[];
  trials: readonly { role: TrialRole; startedAt: string }[];
  /** The experiment whose code it began with instead of the champion's. */
  fork: number | null;
  /** The earlier experiments whose changes it makes again. */
  again: readonly number[] | null;
}

/** The part of the run's state that is read; `RunState` fits. */
export interface PlateauState {
  settings: Pick<Settings, 'plateau' | 'metric'> | null;
  proposer: { kind: string } | null;
  champion: { n: number; sha: string };
  experiments: readonly (PlateauExperiment | undefined)[];
  /** The latest turn on this champion; null = the usual way. */
  plateau: { round: number; n: number; turn: Turn; of: number | null } | null;
}

/** Experiments that were decided on this champion: skipped ones and broken environments say nothing about ideas. */
export function triesOf({ champion, experiments }: Pick<PlateauState, 'champion' | 'experiments'>) {
  return experiments.filter(
    (e): e is PlateauExperiment =>
      e !== undefined &&
      e.n > 0 &&
      e.n !== champion.n &&
      e.parent === champion.sha &&
      e.verdict !== null &&
      e.verdict !== 'void' &&
      e.verdict !== 'skipped',
  );
}

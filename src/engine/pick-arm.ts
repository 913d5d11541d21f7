import type { RunState } from '../journal/state.ts';
import { armOutcomes } from '../loop/arms.ts';
import { type ArmTry, chooseArm, gainsPerHour } from '../loop/bandit.ts';
import { choiceSentence } from '../loop/choice-sentence.ts';
import { experimentSeed } from '../loop/seeds.ts';
import { scaleOf } from '../loop/view.ts';
import type { Proposer } from '../propose/proposer.ts';
import { seededRandom } from '../propose/tuner/random.ts';
import type { Arm } from '../protocol/events.ts';
import type { Session } from './session.ts';

/** Who is asked for an experiment, and in a mixture why. */
export interface Picked {
  by: Arm;
  choice: string | null;
}

/** Who is to propose experiment `n`: in a mixture by what each arm brought per second, from the journal alone. */
export function pickArm(session: Pick<Session, 'state' | 'ledger'>, proposer: Proposer, n: number): Picked {
  const { kind, model } = proposer.info;
  const arms = proposer.arms ?? [];
  if (arms.length === 0)
    return { by: model === null ? { proposer: kind } : { proposer: kind, model }, choice: null };
  const few = fewerArms(session.state, arms);
  const byKey = new Map((few?.arms ?? arms).map((arm) => [keyOf(arm), arm]));
  const keys = [...byKey.keys()];
  const tries = triesOf(session.state);
  const { arm, because } = chooseArm(keys, tries, seededRandom(experimentSeed(session.state.seed, n)));
  const rates = [...gainsPerHour(keys, tries)].map(([key, perHour]) => ({ name: key, perHour }));
  const by = byKey.get(arm)!;
  if (few) return { by, choice: `${arm}: ${few.why}` };
  return {
    by,
    choice: choiceSentence(arm, because, rates, {
      scale: scaleOf(session.ledger),
      metric: session.state.settings!.metric.name,
    }),
  };
}

/** Who alone comes into question now; null = all. */
function fewerArms(state: RunState, arms: readonly Arm[]): { arms: Arm[]; why: string } | null {
  const models = arms.filter((arm) => arm.model !== undefined);
  const some = (of: Arm[], why: string) =>
    of.length > 0 && of.length < arms.length ? { arms: of, why } : null;
  const unread = state.notes.some((note) => note.usedBy === null && !note.withdrawn && !note.sticky);
  if (unread && models.length > 0) return some(models, 'your note waits for a model');
  switch (state.plateau?.turn) {
    case 'other-way': {
      // Whoever proposed most on this plateau has had the chance.
      const since = state.experiments.slice(state.champion.n + 1).map((e) => keyOf(e.arm));
      const times = (arm: Arm) => since.filter((key) => key === keyOf(arm)).length;
      const most = arms.reduce((a, b) => (times(b) > times(a) ? b : a));
      return some(
        arms.filter((arm) => arm !== most),
        'nothing was kept for long, so somebody else',
      );
    }
    case 'structural':
    case 'fork':
      return some(models, 'only a model changes more than constants');
    default:
      return null;
  }
}

/** Decided experiments as the choice sees them: what a user took back is no gain. */
function triesOf(state: RunState): ArmTry[] {
  return armOutcomes(state.experiments).map((o) => ({
    arm: keyOf(o.arm),
    seconds: o.proposeSeconds + o.trainSeconds,
    gain: o.survived ? o.gain : 0,
  }));
}

/** The name is the key: personas of one panel, and a model's ways of replying, are one arm. */
function keyOf(arm: Arm): string {
  const name = arm.model ?? arm.proposer;
  return arm.proposer === 'panel' ? `${name} panel` : name;
}

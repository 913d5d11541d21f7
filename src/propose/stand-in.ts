import { UserError } from '../protocol/failure.ts';
import {
  Exhausted,
  type Proposal,
  type ProposalContext,
  type ProposalSession,
  type Proposer,
  type ProposerIo,
  type Refusal,
} from './proposer.ts';

/** So many repeats in one experiment, then somebody else proposes. */
const patience = 2;

/** Refusals that say that the proposer has no news: it goes round in circles. */
const repeats: ReadonlySet<Refusal['code']> = new Set(['duplicate', 'no-change']);

/**
 * A proposer for which another stands in when it only repeats itself: what it would cost to ask once more is better
 * spent on a change that is new for sure. It proposes again with the next experiment.
 * @param main one proposer, not several
 * @param tuner is asked for one experiment at a time; where it has nothing to propose, `main` is asked on
 */
export function withStandIn(main: Proposer, tuner: Proposer): Proposer {
  const open = (context: ProposalContext, io: ProposerIo): ProposalSession => {
    const session = main.open(context, io);
    let missed = 0;
    let standIn: ProposalSession | null = null;
    let able = true;
    const instead = async (refusal: Refusal | null): Promise<Proposal | null> => {
      try {
        const fresh = standIn === null;
        standIn ??= tuner.open(context, io);
        const proposal = await standIn.next(fresh ? null : refusal);
        return { ...proposal, by: { proposer: tuner.info.kind } };
      } catch (error) {
        if (!(error instanceof Exhausted) && !(error instanceof UserError)) throw error;
        able = false;
        return null;
      }
    };
    return {
      async next(refusal) {
        if (refusal && repeats.has(refusal.code)) missed += 1;
        if (able && missed >= patience) {
          if (standIn === null)
            io.pulse({
              type: 'notice',
              level: 'info',
              text: `#${context.n}: ${missed} repeats of what was tried: the tuner proposes instead`,
            });
          const proposal = await instead(refusal);
          if (proposal) return proposal;
        }
        return session.next(refusal);
      },
    };
  };
  return {
    get info() {
      return main.info;
    },
    get leased() {
      return main.leased;
    },
    ...(main.rewrite ? { rewrite: main.rewrite } : {}),
    prepare: (surface) => main.prepare(surface),
    open,
    close: () => main.close(),
  };
}

import type { Arm, ProposerInfo } from '../../protocol/events.ts';
import { EnvironmentFailure, UserError } from '../../protocol/failure.ts';
import {
  Exhausted,
  type LeasedModel,
  type Proposal,
  type ProposalContext,
  type ProposalSession,
  type Proposer,
  type ProposerIo,
  type Refusal,
  type RewriteWish,
  UnreadableReply,
} from '../proposer.ts';
import { leaseOfSeveral } from './lease-of-several.ts';

/** A model that did not answer is asked again after this, while others can go on, ms. */
const awayMs = 120_000;

interface Member {
  proposer: Proposer;
  arm: Arm;
  /** Until when it need not be asked, ms of the monotonic clock. */
  awayUntil: number;
  /** The champion on which it had nothing left to propose. */
  exhaustedAt: number | null;
}

/**
 * Several proposers as one. Who is asked is the engine's choice (`context.by`), from what they brought so far; here it
 * is only carried out. Where the chosen one cannot propose, the next one does, and the proposal says so.
 * @param all in the user's order; at least two
 */
export function createHybridProposer(all: readonly Proposer[]): Proposer {
  return new HybridProposer(all);
}

class HybridProposer implements Proposer {
  readonly leased;
  private readonly all: readonly Proposer[];
  private readonly leases: ReadonlyMap<Proposer, LeasedModel | null>;
  private members: Member[];
  private champion = 0;
  private leftOut = '';

  constructor(all: readonly Proposer[]) {
    this.all = all;
    this.members = all.map(member);
    // Asked for once: they are told apart by identity.
    this.leases = new Map(all.map((proposer) => [proposer, proposer.leased]));
    this.leased = leaseOfSeveral([...this.leases.values()].filter((leased) => leased !== null));
  }

  get info(): ProposerInfo {
    const names = this.members.map(({ arm }) => armName(arm));
    const why =
      names.length > 1
        ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}: more often who brings more an hour`
        : `${names[0]} alone`;
    const models = this.members.flatMap(({ arm }) => arm.model ?? []);
    return { kind: 'hybrid', why: `${why}${this.leftOut}`, model: models.join(', ') || null };
  }

  get arms(): readonly Arm[] {
    const now = performance.now();
    const able = this.members.filter((m) => m.awayUntil <= now && m.exhaustedAt !== this.champion);
    return (able.length > 0 ? able : this.members).map(({ arm }) => arm);
  }

  /** Who has nothing to do here (no constants to tune) is left out; a model that cannot work is the user's to mend. */
  async prepare(surface: ReadonlyMap<string, string>): Promise<void> {
    const members: Member[] = [];
    this.leftOut = '';
    for (const proposer of this.all) {
      try {
        await proposer.prepare(surface);
        members.push(member(proposer));
      } catch (error) {
        if (proposer.info.kind !== 'tuner' || !(error instanceof UserError)) throw error;
        this.leftOut = `; ${error.message.split('.')[0]}`;
      }
    }
    this.members = members;
  }

  open(context: ProposalContext, io: ProposerIo): ProposalSession {
    this.champion = context.champion.n;
    const queue = this.inOrder(context.by);
    let current: { member: Member; session: ProposalSession } | null = null;
    return {
      next: async (refusal: Refusal | null): Promise<Proposal> => {
        for (;;) {
          if (current === null) {
            const next = queue.shift()!;
            await this.leased?.only(this.leases.get(next.proposer) ?? null);
            current = { member: next, session: next.proposer.open(context, io) };
          }
          const { member, session } = current;
          try {
            const proposal = await session.next(refusal);
            return { ...proposal, by: proposal.by ?? member.arm };
          } catch (error) {
            if (error instanceof UnreadableReply) error.by ??= member.arm;
            const [other] = queue;
            if (other === undefined || io.signal.aborted || !this.cannot(member, error)) throw error;
            const why = error instanceof Error ? error.message : String(error);
            io.pulse({ type: 'notice', level: 'warn', text: `${why}. ${armName(other.arm)} goes on` });
            current = null;
            refusal = null;
          }
        }
      },
    };
  }

  foresee(arm: Arm): boolean {
    const next = this.leases.get(this.inOrder(arm)[0]!.proposer) ?? null;
    this.leased?.expect(next);
    return next !== null;
  }

  async rewrite(wish: RewriteWish, io: ProposerIo): Promise<string | null | undefined> {
    const panel = this.members.find((m) => m.proposer.rewrite && this.arms.includes(m.arm))?.proposer;
    if (!panel) return undefined;
    await this.leased?.only(this.leases.get(panel) ?? null);
    return panel.rewrite!(wish, io);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.all.map((p) => p.close()));
  }

  /** The wanted one, then the others that can be asked, those without a model first: they are there at once. */
  private inOrder(by: Arm | undefined): Member[] {
    const able = new Set(this.arms);
    const wanted =
      this.members.find((m) => by && isArm(m.arm, by)) ?? this.members.find((m) => able.has(m.arm))!;
    const rank = (m: Member) =>
      m === wanted ? 0 : able.has(m.arm) ? (m.arm.model === undefined ? 1 : 2) : 3;
    // One that did not answer stays the last hope: without it the run would be over.
    const hopeful = this.members.filter((m) => m === wanted || m.exhaustedAt !== this.champion);
    return hopeful.sort((a, b) => rank(a) - rank(b));
  }

  /** Notes that a member is no use for now. @returns false when the error is no such reason */
  private cannot(member: Member, error: unknown): boolean {
    if (error instanceof Exhausted) {
      member.exhaustedAt = this.champion;
      return true;
    }
    if (member.arm.model === undefined || !(error instanceof EnvironmentFailure)) return false;
    member.awayUntil = performance.now() + awayMs;
    return true;
  }
}

function member(proposer: Proposer): Member {
  const { kind, model } = proposer.info;
  const arm: Arm = model === null ? { proposer: kind } : { proposer: kind, model };
  return { proposer, arm, awayUntil: 0, exhaustedAt: null };
}

/** A persona is nothing that one can ask for: the panel chooses it. */
const isArm = (a: Arm, b: Arm) => a.proposer === b.proposer && a.model === b.model;

/** How an arm is called in sentences. */
function armName(arm: Arm): string {
  const name = arm.model ?? arm.proposer;
  return arm.proposer === 'panel' && arm.model ? `${name} panel` : name;
}

import { nameOf, type ReplyForm } from '../protocol/words.ts';
import type { Proposal, ProposalContext, Refusal } from './proposer.ts';

type Turned = Pick<ProposalContext, 'turn' | 'ground' | 'champion' | 'metric'>;

/** What a model is told when nothing was kept for long; null in the usual way of searching. */
export function turnHint({ turn: wanted, ground, champion, metric }: Turned, form: ReplyForm): string | null {
  const turn = wanted === 'structural' && form === 'constants' ? 'other-way' : wanted;
  const dry = 'Nothing of what was tried lately has helped.';
  switch (turn) {
    case 'other-way':
      return `${dry} Forget the ideas above: look at the files with fresh eyes and propose a change of a kind that is not among them.`;
    case 'structural':
      return `${dry} This time no constants: change the structure, as in another algorithm, another layer, another order of work, or code taken out.`;
    case 'fork':
      if (!ground) return null;
      return `${dry} The files above are those of ${nameOf(ground.n)}${ground.metric === null ? '' : ` (${metric.name} ${Number(ground.metric.toPrecision(6))})`}, older than the best (#${champion.n}): from there, go another way than the kept experiments did.`;
    default:
      return null;
  }
}

/** Whether the files that the model sees are not the champion's. */
export const onFork = ({ turn, ground }: Turned): boolean => turn === 'fork' && ground != null;

/** While only the structure may change: a first reply with nothing but constants is sent back once. */
export function turnRefusal(
  { turn }: Turned,
  proposal: Pick<Proposal, 'constants' | 'edits'>,
): Refusal | null {
  if (turn !== 'structural' || proposal.constants.length === 0) return null;
  if (proposal.edits.some((edit) => edit.kind !== 'constant')) return null;
  return {
    code: 'not-structural',
    why: 'only constants were changed, while changes of the structure are wanted',
    feedback:
      'Constants have been tried enough for now. Change the structure of the code: another algorithm, another order of work, something added or taken out.',
  };
}

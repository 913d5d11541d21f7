import { applyEdits } from '../../../src/propose/apply-edits.ts';
import type { Refusal } from '../../../src/propose/proposer.ts';
import { parseReply } from '../../../src/propose/reply-parser.ts';
import type { ReplyCase } from './cases.ts';

/** right: as wanted; other-code: refused as wanted, but for another reason. */
export type Judgement = 'right' | 'other-code' | 'wrongly-applied' | 'wrongly-refused';

export interface Outcome {
  judgement: Judgement;
  files: Map<string, string> | null;
  refusal: Refusal | null;
}

/** What really comes of a reply, the way the proposer reads and applies it. */
export function outcomeOf(one: ReplyCase): Outcome {
  const parsed = parseReply(one.reply, { surface: one.surface, doneReason: one.doneReason });
  const applied = parsed.ok ? applyEdits(one.surface, parsed.parts.edits, () => false) : parsed;
  if (!applied.ok) {
    const judgement = 'files' in one.want ? 'wrongly-refused' : rightCode(one, applied.refusal);
    return { judgement, files: null, refusal: applied.refusal };
  }
  const same =
    'files' in one.want &&
    applied.files.size === one.want.files.size &&
    [...one.want.files].every(([path, text]) => applied.files.get(path) === text);
  return { judgement: same ? 'right' : 'wrongly-applied', files: applied.files, refusal: null };
}

function rightCode(one: ReplyCase, refusal: Refusal): Judgement {
  return 'code' in one.want && one.want.code === refusal.code ? 'right' : 'other-code';
}

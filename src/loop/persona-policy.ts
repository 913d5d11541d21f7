import type { ArmOutcome } from './arms.ts';

// Which persona of the panel gets another text, and whether that text stays. Pure, from the journal: a resumed run
// does the same. Small numbers decide here, and the sentences say so.

/** A text that the model wrote for a persona. */
export interface PersonaRewrite {
  persona: string;
  /** The first experiment that could use it. */
  n: number;
  /** `open` while it is tried. */
  outcome: 'open' | 'kept' | 'dropped';
  /** The experiment before which that was decided; null while open. */
  settledAt: number | null;
}

export type PersonaAct =
  | { do: 'rewrite'; persona: string; why: string }
  | { do: 'settle'; persona: string; keep: boolean; why: string };

/** Ideas of the panel between two rewrites. */
const pause = 20;
/** Ideas of a persona that were run, before it can be called weak. */
const leastTried = 3;
/** Ideas that a new text gets. */
const chance = 6;

/**
 * What to do about the panel's personas now; null = nothing.
 * @param outcomes of the panel's chosen ideas, oldest first
 */
export function personaAct(
  names: readonly string[],
  outcomes: readonly ArmOutcome[],
  rewrites: readonly PersonaRewrite[],
): PersonaAct | null {
  const record = (name: string, from: number, to = Number.POSITIVE_INFINITY) => {
    const own = outcomes.filter((o) => o.tried && o.arm.persona === name && o.n >= from && o.n < to);
    return { tried: own.length, survived: own.filter((o) => o.survived).length };
  };
  const open = rewrites.find((r) => r.outcome === 'open');
  if (open) {
    if (!names.includes(open.persona))
      return { do: 'settle', persona: open.persona, keep: false, why: `${open.persona} has left the panel` };
    const now = record(open.persona, open.n);
    if (now.tried < chance) return null;
    const before = record(open.persona, 0, open.n);
    const keep = now.survived * before.tried > before.survived * now.tried;
    const why = `with its new text ${counted(now)}, before ${counted(before)}: the ${keep ? 'new' : 'old'} text stays`;
    return { do: 'settle', persona: open.persona, keep, why: `${open.persona}: ${why}` };
  }
  const last = Math.max(0, ...rewrites.map((r) => r.settledAt ?? 0));
  if (outcomes.filter((o) => o.n >= last).length < pause) return null;
  const known = names.map((name) => ({ name, ...record(name, 0) })).filter((r) => r.tried >= leastTried);
  if (known.length < 2) return null;
  const rate = (r: (typeof known)[number]) => r.survived / r.tried;
  const weakest = known.reduce((a, b) =>
    rate(b) < rate(a) || (rate(b) === rate(a) && b.tried > a.tried) ? b : a,
  );
  if (!known.some((r) => rate(r) > rate(weakest))) return null;
  return {
    do: 'rewrite',
    persona: weakest.name,
    why: `${weakest.name} is the weakest voice: ${counted(weakest)}; the model writes its text anew, for ${chance} ideas`,
  };
}

const counted = ({ tried, survived }: { tried: number; survived: number }) =>
  `${survived} of ${tried} ideas helped`;

import type { ArmChoice } from './bandit.ts';
import { plainNumber } from './plain-number.ts';
import type { Scale } from './score.ts';

/** Why one of several proposers is asked, for the screen: `tuner: 2.1 %/h against 0.8 %/h of qwen3:8b`. */
export function choiceSentence(
  arm: string,
  because: ArmChoice['because'],
  rates: readonly { name: string; perHour: number | null }[],
  unit: { scale: Scale; metric: string },
): string | null {
  if (because === 'only') return rates.length > 1 ? `${arm}: the others cannot be asked now` : null;
  if (because === 'opening') return `${arm}: at first all are asked equally often`;
  if (because === 'turn') return `${arm}: it had waited long, and each gets its turn`;
  const rate = (name: string) => rates.find((r) => r.name === name)?.perHour ?? 0;
  const others = rates.filter((r) => r.name !== arm).sort((a, b) => (b.perHour ?? 0) - (a.perHour ?? 0));
  const best = others[0]!;
  if (rate(arm) <= 0 && (best.perHour ?? 0) <= 0) return `${arm}: none has brought anything lately`;
  const ahead = rate(arm) >= (best.perHour ?? 0);
  const shown = (perHour: number) =>
    unit.scale === 'log'
      ? `${plainNumber(Number((perHour * 100).toPrecision(2)))} %/h`
      : `${plainNumber(Number(perHour.toPrecision(2)))} ${unit.metric}/h`;
  const against = `${shown(rate(arm))} against ${shown(best.perHour ?? 0)} of ${best.name}`;
  return ahead ? `${arm}: ${against}` : `${arm}, to be surer: ${against}`;
}

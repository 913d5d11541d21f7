import type { Direction } from '../protocol/words.ts';
import { plainNumber } from './plain-number.ts';
import type { Scale } from './score.ts';

// Amounts as people write them.

/** How a metric is compared: what a gain on the decision scale is a gain of. */
export interface Measure {
  scale: Scale;
  direction: Direction;
}

/**
 * A gain on the decision scale, positive = better, as people say it: `+1.9 %` of the number it is compared with, or the
 * difference itself on an absolute scale. A loss that is halved is 50 % better, a rate that is doubled 100 %.
 */
export function gainText(gain: number, { scale, direction }: Measure, digits = 3): string {
  if (gain === 0) return 'nothing';
  const way = direction === 'maximize' ? 1 : -1;
  const size = scale === 'log' ? 100 * Math.abs(Math.expm1(way * gain)) : Math.abs(gain);
  return `${gain > 0 ? '+' : '-'}${plainNumber(Number(size.toPrecision(digits)))}${scale === 'log' ? ' %' : ''}`;
}

/** The same for each hour that it took: not what an hour more would bring. */
export function hourlyText(gain: number, hours: number, { scale, direction }: Measure): string {
  const way = direction === 'maximize' ? 1 : -1;
  const size = (scale === 'log' ? 100 * Math.abs(Math.expm1(way * gain)) : Math.abs(gain)) / hours;
  return `${gain >= 0 ? '+' : '-'}${plainNumber(Number(size.toPrecision(3)))}${scale === 'log' ? ' %' : ''}`;
}

/** `45 s`, `12 min`, `3.1 h` */
export function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** `0.4 Wh`, `420 Wh`, `1.2 kWh` */
export function whText(wh: number): string {
  if (wh >= 1000) return `${(wh / 1000).toFixed(1)} kWh`;
  return `${wh < 10 ? Number(wh.toPrecision(2)) : Math.round(wh)} Wh`;
}

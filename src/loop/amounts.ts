import type { Scale } from './score.ts';
import { difference } from './sentences.ts';

// Amounts as people write them.

/** `+1.9 %`, or the difference itself on an absolute scale; three digits. */
export function gainText(gain: number, scale: Scale): string {
  if (gain === 0) return 'nothing';
  const size =
    scale === 'log'
      ? Math.log1p(Number(Math.expm1(Math.abs(gain)).toPrecision(3)))
      : Number(Math.abs(gain).toPrecision(3));
  return difference(Math.sign(gain) * size, scale);
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

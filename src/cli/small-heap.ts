import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

const youngBytes = 4 * 1024 * 1024;

/**
 * Keeps the young generation of this process at 2 MiB a half. V8 begins with one and lets it grow to 16 when many young
 * things live at once, as while code is loaded or a past is read, and it never gives that back. With one MiB a frame is
 * copied while it is being made: a quarter of a resting screen's work. Nobody can be told a size once a process runs,
 * so it is made to grow once, and then to stay.
 */
export function keepHeapSmall(): void {
  const alive: object[] = [];
  for (let i = 0; i < 40 && youngSize() < youngBytes; i++)
    alive.push(Array.from({ length: 2000 }, (_, k) => [k]));
  setFlagsFromString('--semi-space-growth-factor=1');
}

const youngSize = () => getHeapSpaceStatistics().find((s) => s.space_name === 'new_space')?.space_size ?? 0;

/**
 * From now on the old generation of this process grows by a fifth between two collections. V8 lets it grow to four times what
 * lives, the more the busier it is, and keeps most of those pages: an hour of looking around would show in a screen's
 * memory for the rest of the night.
 */
export function growLittle(): void {
  setFlagsFromString('--heap-growing-percent=20');
}

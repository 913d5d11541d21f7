import type { Ledger } from './ledger.ts';
import { isQuieter } from './load.ts';
import { type Run, runsOf } from './measured.ts';
import { dialsOf } from './presets.ts';

/** Whether the champion's number is from a machine so much busier than this run's that anything would look better. */
export function isFromBusierTimes({ champion, groups, cores, rules, items }: Ledger, { load }: Run): boolean {
  if (load === undefined || champion.check?.cause === 'quieter') return false;
  const latest = runsOf(groups, champion.n).slice(-dialsOf(rules!, items).maxI);
  return isQuieter(
    load,
    latest.map((run) => run.load ?? null),
    cores,
  );
}

/** So many proposals at most are made on one champion: later ones know too little of what came of the first. */
const most = 4;

/**
 * How many proposals to ask a model for while it is loaded. Loading it costs `swapSeconds` for each question; asking
 * ahead costs that proposals do not know what came of the ones before them (search policy, section 4: four where a swap
 * is a tenth of a trial or more, one where it hardly counts).
 * @param swapSeconds null = not measured, or nothing is swapped
 */
export function batchSize(asked: number | 'auto', swapSeconds: number | null, trialSeconds: number): number {
  if (asked !== 'auto') return asked;
  if (swapSeconds === null || trialSeconds <= 0) return 1;
  const share = swapSeconds / trialSeconds;
  return share >= 0.1 ? most : share >= 0.05 ? 2 : 1;
}

import type { PlateauTurn } from './plateau.ts';

/** What a turn means, for the user. `kind`: who proposes; `plateau`: the setting. */
export function turnSentence({ turn, since, of }: PlateauTurn, kind: string, plateau: number): string {
  const doing = {
    're-measure': 'the champion is measured again, in case its number was luck',
    'other-way': {
      tuner: 'the tuner takes wider steps',
      hybrid: 'the other proposer has its turn',
      else: 'the model answers more freely and is asked for another kind of change',
    },
    structural: {
      tuner: 'the tuner looks far away, at several constants at once',
      else: 'only changes of the structure, no constants',
    },
    'near-miss': 'what nearly won is tried again on the present champion',
    fork: `ideas start from the code of ${of === 0 ? 'the baseline' : `#${of}`} for ${Math.round(0.6 * plateau)} experiments, and still have to beat the champion`,
    usual: 'back to the usual way of searching',
  }[turn];
  const what = typeof doing === 'string' ? doing : ((doing as Record<string, string>)[kind] ?? doing.else);
  return `${since} experiments without a keep: ${what}`;
}

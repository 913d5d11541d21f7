import type { Attack } from './attack.ts';
import { evaluator, floods, processes } from './inside.ts';
import { network, reading, repository, writing } from './outside.ts';

export const attacks: readonly Attack[] = [
  ...writing,
  ...reading,
  ...network,
  ...processes,
  ...floods,
  ...evaluator,
  ...repository,
];

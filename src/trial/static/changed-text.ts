/** One file of the surface before and after a change; before null = it is new. */
export interface ChangedText {
  path: string;
  before: string | null;
  after: string;
}

/** Something that will crash as soon as the program comes to it. */
export interface StaticFault {
  path: string;
  line: number | null;
  what: string;
}

const number = /(?<![\w.])[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/g;

/** Whether nothing but plain decimal numbers differ: such a change cannot break what a parser looks at. */
export function onlyNumbersDiffer({ before, after }: ChangedText): boolean {
  return before !== null && before.replace(number, '0') === after.replace(number, '0');
}

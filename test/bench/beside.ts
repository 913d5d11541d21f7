import type { Row } from './measure.ts';

// pawl's screen as a multiple of each program that people leave open: the same terminal, the same run of the bench.

const kinds: readonly { own: RegExp; theirs: RegExp; what: string }[] = [
  { own: /^training: screen CPU$/, theirs: /^(\S+): CPU$/, what: 'CPU' },
  { own: /^training: screen memory$/, theirs: /^(\S+): memory$/, what: 'memory' },
  { own: /^training: screen output$/, theirs: /^(\S+): output$/, what: 'output' },
  { own: /^first complete frame/, theirs: /^(\S+): first frame/, what: 'first frame' },
];

/** The ratios, as far as both sides were measured; nothing is set against what does nothing. */
export function besideAnchors(rows: readonly Row[]): Row[] {
  return kinds.flatMap(({ own, theirs, what }) => {
    const mine = rows.find((row) => own.test(row.measure));
    if (!mine) return [];
    return rows.flatMap((row) => {
      const name = theirs.exec(row.measure)?.[1];
      if (name === undefined || ['training', 'held'].includes(name) || !(row.value > 0.005)) return [];
      const against = `${name} ${Number(row.value.toPrecision(3))} ${row.unit}`;
      return [
        {
          measure: `${what} beside ${name}`,
          value: mine.value / row.value,
          unit: 'x',
          target: null,
          against,
        },
      ];
    });
  });
}

import type { RunState } from '../../journal/state.ts';
import { clean } from '../../protocol/clean.ts';
import type { LiveState } from '../live.ts';
import { changeOf } from '../selectors.ts';
import type { Row } from '../spans.ts';
import { alignLeft, alignRight } from '../text/cut.ts';
import { percent, signed } from '../text/format.ts';
import { constant } from '../what-text.ts';
import { empty, type Inner, type PaneContent, paragraph, windowed } from './content.ts';

type Thoughts = NonNullable<LiveState['tuner']>;

/** What the tuner thinks: its pick, what else looked good, and what it has tried. */
export function tunerContent(
  run: RunState,
  tuner: LiveState['tuner'],
  scroll: number,
  inner: Inner,
): PaneContent {
  const mixed = run.proposer?.kind === 'hybrid';
  const why = clean((mixed ? run.experiments.at(-1)?.choice : null) ?? run.proposer?.why ?? '');
  if (!tuner)
    return {
      title: 'tuner',
      rows: empty(inner, 'The tuner proposes; no model is needed.', [
        why,
        run.experiments.length > 1
          ? 'What it expects of a pick is told live only, and shows here with the next proposal.'
          : 'What it picks, and what it expects of it, shows here with the first proposal.',
      ]),
    };
  const rows: Row[] = [
    ...paragraph(mixed ? why : `No model: ${why}`, inner.width, 'dim', 1),
    [{ text: `It has learned from ${tuner.known} ${tuner.known === 1 ? 'run' : 'runs'}.`, tone: 'dim' }],
    [],
    ...lookRows(run, tuner, inner),
    [],
    ...constantRows(tuner, inner),
  ];
  const { rows: shown, most } = windowed(rows, scroll, inner.height);
  return { title: `tuner  #${tuner.n}`, rows: shown, most };
}

function lookRows(run: RunState, { looks, known }: Thoughts, inner: Inner): Row[] {
  const most = Math.max(...looks.map((l) => l.improvement), 0);
  const what = Math.max(12, inner.width - 2 - 8 - 9 - 8);
  const head: Row = [
    { text: alignLeft('  the pick, and what came next', what + 2), tone: 'dim' },
    { text: alignRight(inner.width >= 52 ? 'expects' : '', 8), tone: 'dim' },
    { text: alignRight(inner.width >= 52 ? 'unsure' : '', 9), tone: 'dim' },
    { text: alignRight(known < 3 ? '' : 'worth', 7), tone: 'dim' },
  ];
  return [
    head,
    ...looks.map((look, i): Row => {
      const text = look.changes
        .map((c) => `${clean(c.name)} ${constant(c.from)} → ${constant(c.to)}`)
        .join(', ');
      const bar = most > 0 && known >= 3 ? Math.round((look.improvement / most) * 6) : 0;
      return [
        { text: i === 0 ? '▸ ' : '  ', tone: 'live' },
        { text: alignLeft(text, what), tone: i === 0 ? 'accent' : 'fg', bold: i === 0 },
        { text: alignRight(known < 3 ? '?' : amount(run, look.gain), 8), tone: 'fg' },
        {
          text: alignRight(known < 3 ? '?' : `±${amount(run, look.sd).replace(/^[+−±]/, '')}`, 9),
          tone: 'dim',
        },
        { text: ` ${'▪'.repeat(bar)}`, tone: 'accent' },
      ];
    }),
  ];
}

/** A gain in the metric's own sign. */
function amount(run: RunState, gain: number): string {
  const { value, relative } = changeOf(run, gain);
  return relative ? percent(value) : signed(value, 4);
}

function constantRows({ constants }: Thoughts, inner: Inner): Row[] {
  const name = Math.max(8, Math.min(28, inner.width - 24));
  return [
    [
      { text: alignLeft('constant', name), tone: 'dim' },
      { text: alignRight('now', 10), tone: 'dim' },
      { text: alignRight('tried', 8), tone: 'dim' },
    ],
    ...[...constants]
      .sort((a, b) => b.tried - a.tried)
      .map(
        (c): Row => [
          { text: alignLeft(clean(c.name), name), tone: 'fg' },
          { text: alignRight(constant(c.value), 10), tone: 'fg' },
          { text: alignRight(c.tried === 0 ? 'never' : `${c.tried}×`, 8), tone: 'dim' },
        ],
      ),
  ];
}

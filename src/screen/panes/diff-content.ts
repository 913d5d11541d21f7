import type { Experiment } from '../../journal/state.ts';
import { experimentLook } from '../glyphs.ts';
import type { LiveState } from '../live.ts';
import type { Row } from '../spans.ts';
import { clean } from '../text/clean.ts';
import { empty, type Inner, type PaneContent, paragraph, windowed } from './content.ts';
import type { ParsedDiff } from './diff-lines.ts';

export interface DiffInput {
  experiment: Experiment | null;
  /** The parsed diff of that experiment; null = there is none (yet). */
  diff: ParsedDiff | null;
  /** What the diff is against. */
  base: string | null;
  phase: LiveState['phase']['phase'];
  selected: boolean;
  scroll: number;
}

/** The change of the shown experiment, under one or two lines that say what it is for and what became of it. */
export function diffContent(input: DiffInput, inner: Inner): PaneContent {
  const { experiment, diff } = input;
  if (!experiment)
    return { rows: empty(inner, 'No change yet.', ['It appears here when a proposal is checked.']) };
  const title =
    experiment.n === 0
      ? 'baseline'
      : `#${experiment.n}${input.base ? ` on ${input.base === '#0' ? 'the baseline' : clean(input.base)}` : ''}`;
  const head = about(experiment, inner);
  if (experiment.n === 0)
    return { title, rows: empty(inner, 'The baseline changes nothing: it is your code as it is.') };
  if (!diff || diff.rows.length === 0) {
    const why =
      input.selected || experiment.verdict ? absent(experiment, input.selected) : waiting(input.phase);
    return { title, rows: [...head, [], ...empty(inner, why)].slice(0, inner.height) };
  }
  const gap: Row[] = head.length > 0 && inner.height - head.length > 4 ? [[]] : [];
  const height = inner.height - head.length - gap.length;
  const rest = restingRow(diff, height);
  const body = windowed(diff.rows, Math.max(0, rest + input.scroll), height);
  const one =
    diff.files.length === 1
      ? `${diff.files[0]} `
      : diff.files.length > 1
        ? `${diff.files.length} files `
        : '';
  return {
    title,
    aside: `${one}+${diff.added} −${diff.removed}`,
    rows: [...head, ...gap, ...body.rows],
    least: -rest,
    most: body.most - rest,
    ...(body.most > 0
      ? { foot: `line ${Math.min(Math.max(0, rest + input.scroll), body.most) + 1} of ${diff.rows.length}` }
      : {}),
  };
}

// Where the diff stands until it is scrolled: the first change is seen with its new line, context above if it fits.
function restingRow({ rows, first }: ParsedDiff, height: number): number {
  if (!first || first.added < height) return 0;
  return Math.min(first.change, first.added - height + 1, Math.max(0, rows.length - height));
}

function about(e: Experiment, inner: Inner): Row[] {
  const rows = e.hypothesis
    ? paragraph(clean(e.hypothesis), inner.width, 'fg', inner.height >= 12 ? 2 : 1)
    : [];
  const refusal = e.refusals.at(-1);
  if (e.verdict) {
    const look = experimentLook(e);
    rows.push([
      { text: `${look.glyph} ${e.verdict}`, tone: look.tone, bold: true },
      { text: e.why ? `  ${clean(e.why)}` : '', tone: 'dim' },
    ]);
  } else if (refusal) {
    rows.push([
      { text: `attempt ${refusal.attempt} refused`, tone: 'warn' },
      { text: `  ${clean(refusal.why)}`, tone: 'dim' },
    ]);
  }
  return rows;
}

function absent(e: Experiment, selected: boolean): string {
  if (e.sha === null) return 'Nothing was changed: no proposal passed the checks.';
  return selected ? 'Its diff is not in the run’s folder.' : 'Select it with [ to read its diff.';
}

function waiting(phase: DiffInput['phase']): string {
  return phase === 'proposing' ? 'The proposal is being written.' : 'No change yet.';
}

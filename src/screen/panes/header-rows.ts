import { luckyBar } from '../../journal/lucky-bar.ts';
import { clean } from '../../protocol/clean.ts';
import { gauge } from '../gauge.ts';
import { spin } from '../glyphs.ts';
import { rowWidth, spread } from '../paint.ts';
import { bestAndBaseline, championAgain, currentExperiment } from '../selectors.ts';
import type { Row, Tone } from '../spans.ts';
import type { Snapshot } from '../store.ts';
import { cut } from '../text/cut.ts';
import { clock, number, percent, timeOfDay } from '../text/format.ts';
import { writingText } from '../writing.ts';
import { runRow } from './run-row.ts';

type HeaderInput = Pick<Snapshot, 'run' | 'live' | 'view' | 'link' | 'now'>;

interface Badge {
  glyph: string;
  word: string;
  tone: Tone;
}

/** The state in one glyph and one word. */
export function badge({ run, live, link }: Pick<Snapshot, 'run' | 'live' | 'link'>): Badge {
  if (run.ended) {
    if (run.ended.outcome === 'failed') return { glyph: '✗', word: 'FAILED', tone: 'crashed' };
    return { glyph: '■', word: run.ended.outcome === 'finished' ? 'FINISHED' : 'STOPPED', tone: 'title' };
  }
  if (link === 'connecting') return { glyph: '◌', word: 'CONNECTING', tone: 'dim' };
  if (link === 'gone') return { glyph: '!', word: 'ENGINE GONE', tone: 'crashed' };
  if (link === 'silent') return { glyph: '!', word: 'NO SIGN OF LIFE', tone: 'warn' };
  const { phase } = live.phase;
  if (phase === 'held' || (run.held && phase === 'starting'))
    return run.held?.by === 'engine'
      ? { glyph: '!', word: 'HELD', tone: 'warn' }
      : { glyph: '‖', word: 'HELD', tone: 'live' };
  switch (phase) {
    case 'baseline':
      return { glyph: '◆', word: 'BASELINE', tone: 'accent' };
    case 'proposing':
      return { glyph: '✎', word: 'PROPOSE', tone: 'accent' };
    case 'checking':
      return { glyph: '✓', word: 'CHECK', tone: 'accent' };
    case 'approving':
      return { glyph: '?', word: 'APPROVE', tone: 'warn' };
    case 'training':
      // As the running one in lists and charts: the dot is what was kept.
      return { glyph: '▸', word: 'TRAIN', tone: 'live' };
    case 'deciding':
      return { glyph: '≟', word: 'DECIDE', tone: 'accent' };
    case 'ended':
      return { glyph: '■', word: 'ENDED', tone: 'title' };
    default:
      return { glyph: '◌', word: 'SETUP', tone: 'dim' };
  }
}

/** The two rows on top: what happens now and how far it is; whose run it is and how it goes. */
export function headerRows(input: HeaderInput, columns: number): Row[] {
  return [
    [{ text: ' ', tone: 'fg' }, ...nowRow(input, columns - 2)],
    [{ text: ' ', tone: 'fg' }, ...runRow(input, columns - 2)],
  ];
}

function nowRow(input: HeaderInput, columns: number): Row {
  const { run } = input;
  const mark = badge(input);
  const right: Row = [...progress(input, columns), ...best(input, columns)];
  const left: Row = [{ text: `${mark.glyph} ${mark.word}`, tone: mark.tone, bold: true }];
  const experiment = currentExperiment(run);
  // Asked for, but not yet in the journal: the phase knows its number already.
  const n = experiment?.n ?? (input.link === 'live' ? input.live.phase.n : 0);
  const again = input.link === 'live' ? championAgain(input, columns < 100) : null;
  if (again) left.push({ text: `  ${again}`, tone: 'title', bold: true });
  else if (!run.ended && n > 0) left.push({ text: `  #${n}`, tone: 'title', bold: true });
  const what = whatNow(input);
  const room = columns - rowWidth(left) - rowWidth(right) - 4;
  if (what && room > 3) left.push({ text: `  ${cut(what, room)}`, tone: 'fg' });
  return spread(left, right, columns);
}

function whatNow({ run, live, link }: HeaderInput): string {
  if (run.ended) return clean(run.ended.why);
  if (link === 'gone' || link === 'connecting') return '';
  if (run.held && live.phase.phase === 'held') {
    // Its number stands before it already.
    const name = `#${run.held.asks ?? ''} `;
    const reason = clean(run.held.reason);
    return reason.startsWith(name) ? reason.slice(name.length) : reason;
  }
  const experiment = currentExperiment(run);
  return clean(experiment?.hypothesis || writingText({ live }) || live.phase.detail);
}

/** The time box while a trial runs, otherwise how long this phase has lasted. */
function progress({ run, live, now, link }: HeaderInput, columns: number): Row {
  const { phase, since, n } = live.phase;
  if (run.ended || link === 'connecting' || link === 'gone') return [];
  const trial = live.trial;
  if (
    (phase === 'training' || phase === 'baseline') &&
    trial &&
    (trial.n === n || championAgain({ run, live }) !== null)
  ) {
    const seconds = Math.max(0, (now - trial.startedAt) / 1000);
    const budget = trial.budgetMs / 1000;
    const width = columns >= 118 ? 20 : columns >= 78 ? 12 : 0;
    const over = seconds > budget;
    return [
      ...(width > 0 ? gauge(budget > 0 ? seconds / budget : 1, width, over ? 'warn' : 'live') : []),
      { text: width > 0 ? ' ' : '', tone: 'fg' },
      { text: `${clock(seconds)}/${clock(budget)}`, tone: over ? 'warn' : 'fg' },
    ];
  }
  if (since === 0) return [];
  // While it rests the screen does, too: a clock would stand still and lie.
  if (phase === 'held' || phase === 'approving')
    return [{ text: `since ${timeOfDay(new Date(since).toISOString())}`, tone: 'dim' }];
  return [
    { text: phase === 'ended' ? '' : `${spin(now)} `, tone: 'live' },
    { text: clock((now - since) / 1000), tone: 'dim' },
  ];
}

function best({ run }: HeaderInput, columns: number): Row {
  const { best, baseline } = bestAndBaseline(run);
  if (best === null) return [];
  // Measured afresh, the numbers that decisions were made with are history.
  const claim = run.verified?.claim;
  if (claim) {
    const sure = claim.low > 0;
    return [
      { text: columns >= 78 ? `   ${sure ? 'verified' : 'no sure gain:'} ` : '  ', tone: 'dim' },
      { text: number(claim.end), tone: sure ? 'kept' : 'warn', bold: true },
      ...(claim.start === 0
        ? []
        : ([
            {
              text: ` ${percent((claim.end - claim.start) / Math.abs(claim.start))}`,
              tone: sure ? 'kept' : 'warn',
            },
          ] as const)),
    ];
  }
  const out: Row = [
    { text: columns >= 78 ? '   best ' : '  ', tone: 'dim' },
    { text: number(best), tone: 'kept', bold: true },
  ];
  if (baseline !== null && baseline !== 0 && best !== baseline)
    out.push({ text: ` ${percent((best - baseline) / Math.abs(baseline))}`, tone: 'kept' });
  const lucky = columns >= 98 ? luckyBar(run) : null;
  if (lucky) out.push({ text: ' bar ', tone: 'dim' }, { text: number(lucky.bar), tone: 'fg' });
  return out;
}

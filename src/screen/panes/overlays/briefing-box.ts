import type { Experiment } from '../../../journal/state.ts';
import { earlyAccount, earlySentence } from '../../../loop/early-account.ts';
import { powerOf, powerSentence } from '../../../loop/power.ts';
import { clean } from '../../../protocol/clean.ts';
import { type Briefing, briefingOf } from '../../briefing.ts';
import { rowWidth } from '../../paint.ts';
import { changeOf } from '../../selectors.ts';
import type { Row } from '../../spans.ts';
import type { Snapshot } from '../../store.ts';
import { alignLeft, cut } from '../../text/cut.ts';
import { energy, memory, number, percent, sigmas, signed, timeOfDay } from '../../text/format.ts';
import { wrapLine } from '../../text/wrap.ts';
import { whatText } from '../../what-text.ts';
import { overlayFrame } from '../frame.ts';
import { badge } from '../header-rows.ts';
import { columnsIn, type OverlayBox, place } from './overlay-box.ts';

const labelColumns = 9;

/** What happened while the user was away, in the order in which they ask: alive? better? what is mine to decide? */
export function briefingBox(at: number, snapshot: Snapshot): OverlayBox {
  const { run, view, size } = snapshot;
  const columns = columnsIn(100, size);
  const from = view.away ?? run.startedAt;
  const b = briefingOf(run, from);
  const mine = decide(b);
  const above = [
    ...headline(b, snapshot, columns),
    ...labelled('DECIDE', mine ?? ['nothing waits for you'], columns, mine ? 'warn' : 'dim'),
  ];
  const below = [
    ...labelled('CRASHES', crashes(b), columns, 'crashed'),
    ...labelled('STALL', stall(b), columns, 'dim'),
    // Where there is little room, what was kept and what went wrong comes before how well it was measured.
    ...(size.rows < 30 ? [] : labelled('NOISE', noise(run), columns, 'dim')),
    ...(size.rows < 30 ? [] : labelled('SAVED', saved(run), columns, 'dim')),
    ...labelled('MACHINE', machine(b, snapshot.live.host), columns, 'dim'),
    ...labelled('EVENTS', incidents(b), columns, 'dim'),
    ...labelled('WARNED', warnings(b, size.rows < 30 ? 1 : 3), columns, 'warn'),
  ];
  // The kept ones get what is left: the rest is short, and says what must not be missed.
  const most = size.rows - 5 - 2;
  const room = Math.max(3, most - above.length - below.length - 3);
  const kept = keptRows(b, Math.min(at, b.kept.length - 1), room, columns, run);
  const rows = [...above, [], ...kept, ...(below.length > 0 ? [[], ...below] : [])];
  const rect = place(100, rows.length + 2, size);
  const title = view.away === null ? 'Briefing: the whole run' : 'Briefing: while you were away';
  return { rect, rows: overlayFrame(title, `${span(b)} · Esc: read`, rows, rect) };
}

function span({ from, until }: Briefing): string {
  const seconds = Math.max(0, (Date.parse(until) - Date.parse(from)) / 1000);
  const minutes = Math.round(seconds / 60);
  const long = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${timeOfDay(from)} to ${timeOfDay(until)} · ${long}`;
}

function headline(b: Briefing, snapshot: Snapshot, columns: number): Row[] {
  const mark = badge(snapshot);
  const { kept, discarded, failed, other } = b.decided;
  const total = kept + discarded + failed + other;
  const { before, now } = b.best;
  const gain: Row = [{ text: 'best ', tone: 'dim' }];
  if (before !== null && now !== null && before !== now) {
    gain.push({ text: `${number(before)} → `, tone: 'fg' }, { text: number(now), tone: 'kept', bold: true });
    if (before !== 0) gain.push({ text: ` ${percent((now - before) / Math.abs(before))}`, tone: 'kept' });
  } else gain.push({ text: `${number(now)}, no gain`, tone: 'fg' });
  return [
    [
      { text: `${mark.glyph} ${mark.word}`, tone: mark.tone, bold: true },
      { text: '   ', tone: 'fg' },
      ...gain,
      { text: columns < 72 ? '   ' : `   ${total} experiments: `, tone: 'dim' },
      { text: `●${kept}`, tone: 'kept' },
      { text: ` ·${discarded}`, tone: 'discarded' },
      { text: ` ×${failed}`, tone: failed > 0 ? 'crashed' : 'dim' },
      { text: other > 0 ? ` +${other}` : '', tone: 'dim' },
    ],
  ];
}

function decide({ waits, unsure }: Briefing): string[] | null {
  const out = waits.map(clean);
  if (unsure.length > 0) {
    const names = unsure.slice(0, 6).map((e) => `#${e.n}`);
    const more = unsure.length > 6 ? ` and ${unsure.length - 6} more` : '';
    out.push(`${names.join(' ')}${more} kept, but close to the noise: x runs one again, X all of them`);
  }
  return out.length > 0 ? out : null;
}

function keptRows(b: Briefing, at: number, room: number, columns: number, run: Snapshot['run']): Row[] {
  if (b.kept.length === 0) return [[{ text: 'Nothing was kept in that time.', tone: 'dim' }]];
  const height = Math.max(1, room - 1);
  const from = Math.max(0, Math.min(at - Math.floor(height / 2), b.kept.length - height));
  // Which of them are in sight comes first: where it is narrow the end of the line goes.
  const part = height < b.kept.length ? ` ${from + 1}–${from + height} of ${b.kept.length}` : '';
  const head = alignLeft(`KEPT${part}, the largest gain first`, Math.max(30, columns - 30));
  const rows: Row[] = [[{ text: `${head}${'change'.padStart(9)}${'σ'.padStart(7)}`, tone: 'dim' }]];
  for (const [i, e] of b.kept.slice(from, from + height).entries())
    rows.push(keptRow(e, from + i === at, columns, run));
  return rows;
}

function keptRow(e: Experiment, marked: boolean, columns: number, run: Snapshot['run']): Row {
  const width = Math.max(30, columns - 30);
  const change = e.gain === null ? null : changeOf(run, e.gain);
  const size = change === null ? '' : change.relative ? percent(change.value) : signed(change.value, 4);
  const queued = run.reruns.includes(e.n) ? '  runs again' : '';
  const sure = e.confidence === 'provisional' ? '  ?' : '';
  const name = `${marked ? '▸' : ' '} #${e.n}`.padEnd(8);
  return [
    { text: name, tone: marked ? 'accent' : 'fg', bold: marked },
    { text: alignLeft(cut(whatText(e), width - 9), width - 8), tone: 'fg', bold: marked },
    { text: size.padStart(9), tone: 'kept' },
    { text: (e.z === null ? '' : sigmas(e.z)).padStart(7), tone: 'dim' },
    { text: queued || sure, tone: 'warn' },
  ];
}

function crashes({ crashes }: Briefing): string[] {
  return crashes.slice(0, 4).map(({ why, times, n }) => `${times}× ${clean(why)} (last #${n})`);
}

function stall({ drought }: Briefing): string[] {
  if (!drought || drought.longest < 5) return [];
  const now = drought.now >= 5 ? `; ${drought.now} now` : '';
  return [
    `${timeOfDay(drought.from)} to ${timeOfDay(drought.until)}: ${drought.longest} experiments without a keep${now}`,
  ];
}

/** Of the whole run: what the measurement is worth, and what ending hopeless trials was good for. */
function noise(run: Snapshot['run']): string[] {
  const power = powerOf(run.experiments);
  return power ? [powerSentence(power)] : [];
}

function saved(run: Snapshot['run']): string[] {
  const early = earlyAccount(run.experiments);
  return early ? [earlySentence(early)] : [];
}

function machine({ machine }: Briefing, host: Snapshot['live']['host']): string[] {
  const { energyWh, hot, logBytes } = machine;
  const parts: string[] = [];
  if (energyWh !== null) parts.push(`${energy(energyWh)} drawn by the GPUs in trials`);
  if (hot) {
    const { trials, worst } = hot;
    const most = `#${worst.n} for ${Math.round(worst.share * 100)} % of its time`;
    parts.push(`heat slowed ${trials === 1 ? '' : `${trials} trials, `}${most}`);
  }
  if (logBytes >= 1_048_576) parts.push(`${memory(logBytes / 1_048_576)} of logs`);
  if (host?.disk) parts.push(`${memory(host.disk.freeMiB)} of disk left`);
  return parts.length > 0 ? [parts.join(' · ')] : [];
}

function incidents({ incidents }: Briefing): string[] {
  return incidents.slice(-4).map(({ at, kind, text, until }) => {
    if (kind === 'resumed') return `${timeOfDay(at)} resumed${text === '' ? '' : `: ${clean(text)}`}`;
    return `${timeOfDay(at)} held: ${clean(text)}${until === null ? '' : `, until ${timeOfDay(until)}`}`;
  });
}

/** The latest ones, and how many more there are. */
function warnings({ warnings }: Briefing, most: number): string[] {
  const more = warnings.length - most;
  return [
    ...warnings.slice(-most).map(({ at, text }) => `${timeOfDay(at)} ${clean(text)}`),
    ...(more > 0 ? [`and ${more} more (Events)`] : []),
  ];
}

function labelled(
  label: string,
  texts: readonly string[],
  columns: number,
  tone: Row[number]['tone'],
): Row[] {
  const rows: Row[] = [];
  for (const text of texts)
    for (const line of wrapLine(text, columns - labelColumns).slice(0, 2)) {
      const row: Row = [
        { text: alignLeft(rows.length === 0 ? label : '', labelColumns), tone: 'title', bold: true },
        { text: line, tone },
      ];
      if (rowWidth(row) > 0) rows.push(row);
    }
  return rows;
}

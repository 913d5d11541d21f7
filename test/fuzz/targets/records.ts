import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { printable } from '../../../src/cli/print.ts';
import { parseSettings } from '../../../src/config/load-config.ts';
import { parseUserConfig } from '../../../src/config/user-config.ts';
import { foldAll } from '../../../src/journal/fold.ts';
import { readJournal } from '../../../src/journal/read.ts';
import { resultsTsv } from '../../../src/journal/results-tsv.ts';
import type { RunState } from '../../../src/journal/state.ts';
import { foldLedger, openLedger } from '../../../src/loop/ledger.ts';
import { eventLine, summary } from '../../../src/plain/event-line.ts';
import { parseMessage } from '../../../src/protocol/connection.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import { UserError } from '../../../src/protocol/failure.ts';
import { requestSchema } from '../../../src/protocol/wire.ts';
import { happenings } from '../../../src/screen/events.ts';
import { paintRow } from '../../../src/screen/paint.ts';
import { experimentsContent } from '../../../src/screen/panes/experiments-content.ts';
import { chartRows } from '../../../src/screen/panes/metric-content.ts';
import { aRun } from '../../journal/a-run.ts';
import { configPieces, configs } from '../corpus.ts';
import { type FuzzTarget, must, slowTarget, target } from '../target.ts';
import { anyText, assembled, hostileText, mutated } from '../text.ts';
import { mustBePaint, mustBePlain, palette } from './outputs.ts';

// What is read back from disk or comes over the socket: journals, configs, frames. Damaged is told, never believed,
// and whatever passes the border can be folded, printed and drawn.

const life = aRun().map((body, i) => ({ v: 1, seq: i + 1, at: '2026-11-20T22:00:00.000Z', ...body }));

/** Without these, most lives out of order would be refused at once. */
const starts = life.filter((event) => event.type === 'experiment.started');

const oddValue = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1e308,
    -1e308,
    5e-324,
    2 ** 53,
    0.1,
    7,
    [],
    {},
    [[]],
    '',
    'kept',
    'x'.repeat(2000),
  ),
  fc.double({ noNaN: true }),
  fc.integer(),
);

/** Puts `value` somewhere into a copy of `event`. */
function spoilt(event: object, place: number, value: unknown): object {
  const copy = structuredClone(event) as Record<string, unknown>;
  const places: [Record<string, unknown>, string][] = [];
  const visit = (at: Record<string, unknown>) => {
    for (const key of Object.keys(at)) {
      places.push([at, key]);
      const inner = at[key];
      if (typeof inner === 'object' && inner !== null) visit(inner as Record<string, unknown>);
    }
  };
  visit(copy);
  const [where, key] = places[place % places.length]!;
  where[key] = value;
  return copy;
}

const order = fc.array(fc.nat({ max: life.length - 1 }), { maxLength: 12 });
const spoils = fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 60 }), oddValue), { maxLength: 3 });
/** Whole lives, lives out of order, and some of their fields spoilt; numbered without gaps, so that they are read. */
const lives = fc.tuple(fc.boolean(), order, spoils).map(([whole, mixed, changes]) => {
  const events: object[] = whole ? [...life] : [life[0]!, ...starts, ...mixed.map((i) => life[i]!)];
  for (const [which, place, value] of changes) {
    const at = which % events.length;
    events[at] = spoilt(events[at]!, place, value);
  }
  return events.map((event, i) => ({ ...event, v: 1, seq: i + 1 }));
});

function mustShow(state: RunState, events: readonly JournalEvent[]): void {
  mustBePlain(printable(summary(state)));
  for (const event of events) mustBePlain(eventLine(state, event) ?? '');
  for (const row of resultsTsv(state).split('\n').slice(1, -1))
    must(row.split('\t').length === 5, `a row of results.tsv that is none: ${JSON.stringify(row)}`);
  must(
    happenings(state).every((h) => typeof h === 'object'),
    'an event that cannot be told',
  );
  const content = experimentsContent(
    {
      run: state,
      phase: { phase: 'training', n: 1, since: 0, detail: '' },
      selected: null,
      now: 1000,
      filter: '',
      seen: null,
    },
    { width: 60, height: 12 },
  );
  for (const row of [
    ...content.rows,
    ...chartRows(state, null, { width: 60, height: 12 }, { log: true, byTime: false, metric: null }),
  ])
    mustBePaint(paintRow(row, 60, palette));
}

const file = {
  async open() {
    const dir = mkdtempSync(join(tmpdir(), 'pawl-fuzz-'));
    return { dir, path: join(dir, 'journal.jsonl') };
  },
  async close({ dir }: { dir: string; path: string }) {
    rmSync(dir, { recursive: true, force: true });
  },
};

function readOrTold(path: string): JournalEvent[] {
  try {
    return readJournal(path).events;
  } catch (error) {
    must(error instanceof UserError, `no clear error: ${(error as Error).stack}`);
    mustBePlain(printable((error as Error).message));
    return [];
  }
}

const frame = fc.oneof(
  fc.json({ maxDepth: 3 }),
  hostileText,
  fc
    .record({
      kind: fc.oneof(
        fc.constantFrom('attach', 'command', 'event', 'pulse', 'hello', 'live', 'reply'),
        anyText,
      ),
      id: fc.oneof(anyText, fc.integer()),
      afterSeq: oddValue,
      pulse: oddValue,
      event: fc.oneof(
        lives.map((events) => events[0]),
        oddValue,
      ),
      command: fc.record({
        type: fc.constantFrom('hold', 'release', 'skip', 'revert', 'note', 'undo', 'stop', 'x'),
        when: oddValue,
        n: oddValue,
        target: oddValue,
        text: oddValue,
        sticky: oddValue,
      }),
    })
    .map((value) => JSON.stringify(value)),
);

const config = fc.oneof(mutated(configs), assembled(configPieces, 30), hostileText);

function parsedOrTold(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    must(error instanceof UserError, `no clear error: ${(error as Error).stack}`);
    mustBePlain(printable((error as Error).message));
  }
}

export const recordTargets: FuzzTarget[] = [
  slowTarget('journals', 10, lives, file, async (events, { path }) => {
    writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const read = readOrTold(path);
    const state = foldAll(read);
    read.reduce(foldLedger, openLedger());
    mustShow(state, read);
  }),
  slowTarget(
    'damaged journals',
    6,
    fc.oneof(mutated([life.map((event) => JSON.stringify(event)).join('\n')]), hostileText),
    file,
    async (text, { path }) => {
      writeFileSync(path, text);
      foldAll(readOrTold(path));
    },
  ),
  target('project configs', 12, config, (text) => parsedOrTold(() => parseSettings(text))),
  target(
    'user configs',
    5,
    fc.oneof(
      config,
      assembled([
        'keys',
        'theme',
        'hold',
        'notify',
        ': ',
        '\n',
        '  ',
        'p',
        'ctrl-p',
        'dark',
        '{',
        '}',
        '[',
        ']',
        '1',
      ]),
    ),
    (text) => parsedOrTold(() => parseUserConfig(text, 'config.yaml')),
  ),
  target('socket frames', 12, frame, (line) => {
    const message = parseMessage(line);
    must(message === null || typeof message.kind === 'string', 'a message of no kind');
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return;
    }
    requestSchema.safeParse(value);
  }),
];

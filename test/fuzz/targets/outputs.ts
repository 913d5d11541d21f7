import fc from 'fast-check';
import { printable } from '../../../src/cli/print.ts';
import { clean, cleanLines, isUnsafe, jsonLine } from '../../../src/protocol/clean.ts';
import { StreamMask } from '../../../src/protocol/secret-stream.ts';
import { createMask } from '../../../src/protocol/secrets.ts';
import { parseDiff } from '../../../src/screen/diff/parse.ts';
import { diffRows } from '../../../src/screen/diff/rows.ts';
import { filterTest, isError, matchPlaces } from '../../../src/screen/log-match.ts';
import { paintRow } from '../../../src/screen/paint.ts';
import { makePalette } from '../../../src/screen/theme/palette.ts';
import { loadTheme } from '../../../src/screen/theme/themes.ts';
import { createCurveParser } from '../../../src/trial/curve.ts';
import { createErrorSearch } from '../../../src/trial/last-error.ts';
import { LineFolder, LineSplitter } from '../../../src/trial/lines.ts';
import { createMetricParser, maxMetricNames } from '../../../src/trial/metrics.ts';
import { plainMetric } from '../../harness/plain-metric.ts';
import { diffPieces, diffs, logPieces, logs } from '../corpus.ts';
import { type FuzzTarget, must, target } from '../target.ts';
import { assembled, hostileText, mutated } from '../text.ts';

// What programs print, up to the bytes that reach a terminal.

export const palette = makePalette(loadTheme('dark', { env: { COLORTERM: 'truecolor' } }), 'true');

/** A painted row: nothing but our own colours, and no wider than its place. */
export function mustBePaint(painted: string): void {
  // Marks are bounded for each span; where spans meet they may be a few more.
  must(
    !isUnsafe(painted.replace(/\x1b\[[0-9;]*m/g, '').replace(/\p{M}/gu, '')),
    `an escape in a painted row: ${JSON.stringify(painted)}`,
  );
}

/** Lines for a terminal without a screen: not one control character but the line breaks. */
export function mustBePlain(printed: string): void {
  for (const line of printed.split('\n')) must(!isUnsafe(line), `an escape in ${JSON.stringify(line)}`);
}

const log = fc.oneof(mutated(logs), assembled(logPieces, 40), hostileText);
const metric = plainMetric('val_bpb');
const secret = 'correct-horse-battery-1';
const mask = createMask({ MY_TOKEN: secret });

export const outputTargets: FuzzTarget[] = [
  target(
    'training logs',
    20,
    fc.tuple(log, fc.array(fc.nat({ max: 400 }), { maxLength: 4 })),
    ([text, cuts]) => {
      const bytes = Buffer.from(text);
      const splitter = new LineSplitter();
      const folder = new LineFolder();
      const parsers = [
        createMetricParser(metric),
        createCurveParser('auto', 'val_bpb'),
        createErrorSearch(),
      ] as const;
      const lines: string[] = [];
      let at = 0;
      for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
        const segments = splitter.push(bytes.subarray(at, Math.max(at, cut)));
        at = Math.max(at, cut);
        parsers[0].push(segments);
        parsers[1].push(segments, 1);
        parsers[2].push(segments);
        lines.push(...folder.push(segments));
      }
      for (const line of [...lines, folder.live(splitter.rest()) ?? ''])
        must(!isUnsafe(line), `an escape in the log line ${JSON.stringify(line)}`);
      const found = parsers[0].result();
      must(Object.keys(found.metrics).length <= maxMetricNames + 1, 'more names than are remembered');
      for (const [name, value] of Object.entries(found.metrics)) {
        must(!isUnsafe(name) && Number.isFinite(value), `a metric ${JSON.stringify(name)} = ${value}`);
      }
      must(Object.getPrototypeOf(found.metrics) === Object.prototype, 'a metric changed what it is kept in');
      for (const point of parsers[1].result().points)
        must(Number.isFinite(point.value), 'a curve point that is no number');
      must(!isUnsafe(parsers[2].line() ?? ''), 'an escape in the error line');
    },
  ),
  target('cleaned text', 15, hostileText, (text) => {
    must(!isUnsafe(clean(text)), 'unsafe after cleaning');
    must(clean(clean(text)) === clean(text), 'cleaning twice gives something else');
    for (const line of cleanLines(text)) must(!isUnsafe(line), 'an unsafe line');
    mustBePlain(printable(text));
    must(
      JSON.stringify(JSON.parse(jsonLine(text))) === JSON.stringify(text),
      'JSON that says something else',
    );
    must(!isUnsafe(jsonLine(text)), 'unsafe JSON');
  }),
  target(
    'painted rows',
    8,
    fc.tuple(fc.array(hostileText, { maxLength: 4 }), fc.integer({ min: 1, max: 120 })),
    ([texts, columns]) => {
      mustBePaint(
        paintRow(
          texts.map((text, i) => ({ text, tone: i % 2 ? 'dim' : 'kept' })),
          columns,
          palette,
        ),
      );
    },
  ),
  target('diffs', 8, fc.oneof(mutated(diffs), assembled(diffPieces, 30), hostileText), (text) => {
    const parsed = parseDiff(text);
    for (const split of [true, false])
      for (const row of diffRows(parsed, { width: 100, split, wrap: !split, sideways: 0, search: 'a' }).rows)
        mustBePaint(paintRow(row, 100, palette));
    for (const file of parsed.files) must(!isUnsafe(file), 'an unsafe file name');
  }),
  target('searches in a log', 4, fc.tuple(hostileText, hostileText), ([text, pattern]) => {
    isError(text);
    filterTest(pattern)?.(text);
    for (const [from, to] of matchPlaces(text, pattern)) {
      must(from < to && to <= text.length, 'a place outside the line');
    }
  }),
  target(
    'secrets in a stream',
    6,
    fc.tuple(
      fc.array(fc.oneof(hostileText, fc.constantFrom(secret, 'correct-horse', '-battery-1', ' ')), {
        maxLength: 8,
      }),
      fc.array(fc.nat({ max: 200 }), { maxLength: 6 }),
    ),
    ([parts, cuts]) => {
      const text = parts.join('');
      const stream = new StreamMask(mask);
      let out = '';
      let at = 0;
      for (const cut of [...cuts.toSorted((a, b) => a - b), text.length]) {
        out += stream.push(text.slice(at, Math.max(at, cut)));
        at = Math.max(at, cut);
      }
      out += stream.end();
      must(!out.includes(secret), 'a secret came through');
      must(out === mask(text), 'the stream says something else than the whole');
    },
  ),
];

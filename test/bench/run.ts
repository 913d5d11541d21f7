import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { besideOthers } from './anchors.ts';
import { besideAnchors } from './beside.ts';
import { firstFrame } from './first-frame.ts';
import { frameCost } from './frame-cost.ts';
import { keyToFrame } from './key-to-frame.ts';
import { logFlood } from './log-flood.ts';
import { longHistory } from './long-history.ts';
import { isFine, type Measure, type Row } from './measure.ts';
import { overhead } from './overhead.ts';
import { copyProduct } from './product.ts';
import { resting } from './resting.ts';
import { tableOf, verdictOf } from './table.ts';

// npm run bench -- [--only name] [--quick] [--json] [--out file]. See README.md beside this file.

const measures: readonly Measure[] = [
  overhead,
  frameCost,
  resting,
  firstFrame,
  keyToFrame,
  logFlood,
  longHistory,
  besideOthers,
];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});

const names = measures.map((measure) => measure.name);
const unknown = options.only?.find((name) => !names.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`no measure '${unknown}'. Measures: ${names.join(', ')}\n`);
  process.exit(2);
}

const say = (text: string) => process.stderr.write(`bench: ${text}\n`);
const load = () => loadavg().map((x) => Number(x.toFixed(2)));
const began = performance.now();
const product = copyProduct();
const results: { name: string; loadBefore: number[]; loadAfter: number[]; rows: Row[]; failed?: string }[] =
  [];
try {
  for (const measure of measures) {
    if (options.only && !options.only.includes(measure.name)) continue;
    const loadBefore = load();
    try {
      const rows = await measure.run({ launcher: product.launcher, quick: options.quick, say });
      results.push({ name: measure.name, loadBefore, loadAfter: load(), rows });
    } catch (error) {
      // One measure that cannot run here must not cost the others.
      const failed = (error as Error).message;
      say(`${measure.name} failed: ${failed}`);
      results.push({ name: measure.name, loadBefore, loadAfter: load(), rows: [], failed });
    }
  }
} finally {
  product.remove();
}
const ratios = besideAnchors(results.flatMap((r) => r.rows));
if (ratios.length > 0) results.push({ name: 'ratios', loadBefore: load(), loadAfter: load(), rows: ratios });

const machine = {
  cores: cpus().length,
  cpu: cpus()[0]?.model ?? 'unknown',
  node: process.versions.node,
  platform: process.platform,
};
const report = {
  at: new Date().toISOString(),
  quick: options.quick,
  machine,
  results: results.map((r) => ({ ...r, rows: r.rows.map((row) => ({ ...row, ok: isFine(row) })) })),
};
const json = `${JSON.stringify(report, null, 2)}\n`;
if (options.out !== undefined) writeFileSync(options.out, json);
if (options.json) process.stdout.write(json);
else {
  const busy = Math.max(...results.flatMap((r) => [r.loadBefore[0]!, r.loadAfter[0]!]));
  process.stdout.write(
    `${tableOf(results.flatMap((r) => r.rows))}\n\n` +
      `${verdictOf(results.flatMap((r) => r.rows))}\n` +
      results
        .map((r) => (r.failed === undefined ? '' : `${r.name} could not be measured: ${r.failed}\n`))
        .join('') +
      `${((performance.now() - began) / 60_000).toFixed(1)} min, ` +
      `${machine.cores} cores (${machine.cpu}), Node ${machine.node}; load average (1 min) up to ${busy}` +
      `${busy > machine.cores ? ': more work than cores, times are too long' : ''}\n`,
  );
}
process.exitCode = results.some((r) => r.failed !== undefined) ? 1 : 0;

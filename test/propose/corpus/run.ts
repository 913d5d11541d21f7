import { parseArgs } from 'node:util';
import { unifiedDiff } from '../../../src/propose/line-diff.ts';
import { replyCases } from './cases.ts';
import { outcomeOf } from './outcome.ts';

// `npm run corpus`: how many replies of small models are applied, and how many wrongly. `--show` adds the cases that
// went wrong, `--feedback` what the model would be told.

const { values: options } = parseArgs({
  options: { show: { type: 'boolean' }, feedback: { type: 'boolean' } },
});

const columns = ['cases', 'should', 'applied', 'rate', 'wrong', 'refused', 'code'] as const;
const judged = replyCases().map((one) => ({ one, outcome: outcomeOf(one) }));
const styles = [...new Set(judged.map(({ one }) => one.style))];

function row(of: typeof judged): string[] {
  const count = (what: (item: (typeof judged)[number]) => boolean) => of.filter(what).length;
  const should = count(({ one }) => 'files' in one.want);
  const applied = count(({ one, outcome }) => 'files' in one.want && outcome.judgement === 'right');
  const rate = should === 0 ? '-' : `${((100 * applied) / should).toFixed(0)} %`;
  const of_ = (j: string) => count(({ outcome }) => outcome.judgement === j);
  const wrongs = [of_('wrongly-applied'), of_('wrongly-refused'), of_('other-code')];
  return [of.length, should, applied, rate, ...wrongs].map(String);
}

const rows = [
  ['style', ...columns],
  ...styles.map((style) => [style, ...row(judged.filter(({ one }) => one.style === style))]),
  ['all', ...row(judged)],
];
const width = Math.max(...rows.map((r) => r[0]!.length));
for (const [name, ...cells] of rows)
  console.log([name!.padEnd(width), ...cells.map((c) => c.padStart(8))].join(''));
console.log(
  '\nshould: replies whose change is sure; applied: of these, applied with exactly the text meant; wrong: applied\n' +
    'otherwise than meant (must be 0); refused: wrongly; code: refused rightly, for another reason than expected',
);

for (const { one, outcome } of judged) {
  if (options.feedback && outcome.refusal)
    console.log(`\n== ${one.style}: ${one.name}: ${outcome.refusal.code}\n${outcome.refusal.feedback}`);
  if (!options.show || outcome.judgement === 'right') continue;
  const want = 'code' in one.want ? `refused ${one.want.code}` : 'applied';
  console.log(`\n== ${one.style}: ${one.name}: ${outcome.judgement}, expected ${want}`);
  if (outcome.refusal) console.log(`${outcome.refusal.code}: ${outcome.refusal.why}`);
  for (const [path, text] of outcome.files ?? [])
    console.log(unifiedDiff(path, one.surface.get(path) ?? '', text));
}
process.exitCode = judged.some(({ outcome }) => outcome.judgement === 'wrongly-applied') ? 1 : 0;

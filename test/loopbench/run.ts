import { pawl } from './pawl-policy.ts';
import { pairedDifference, playAll, type Score, worstRatio } from './score.ts';
import { betterBy, greedy, type Policy, sigmaRule } from './simple-policies.ts';
import { worlds } from './worlds.ts';

// npm run loopbench [-- --nights 300 --seed 9000 --json]: every preset against the rules that others use.
// npm run loopbench -- --plateau: what the turns on a plateau bring, and that they do not hurt elsewhere.
// npm run loopbench -- --whole 20 [--seed 1]: the whole app on a toy of known truth (needs npm run build).

const option = (name: string, fallback: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
if (process.argv.includes('--whole')) {
  const { playSeeds } = await import('./whole/run.ts');
  process.exit((await playSeeds(option('whole', 20), option('seed', 1))) ? 0 : 1);
}
const nights = option('nights', 300);
const seed = option('seed', 9000);

const policies: [string, Policy][] = [
  ['greedy', greedy],
  ['5 % rule', betterBy(0.05)],
  ['2 sigma', sigmaRule(2)],
  ['fast', pawl({ strictness: 'fast' })],
  ['balanced', pawl({ strictness: 'balanced' })],
  ['careful', pawl({ strictness: 'careful' })],
  ['strict', pawl({ strictness: 'strict' })],
  ['min_gain 5%', pawl({ minGain: { by: 0.05, relative: true } })],
];

if (process.argv.includes('--plateau')) {
  const { playPlateaus } = await import('./plateau-run.ts');
  playPlateaus(nights, seed);
  process.exit(0);
}
const began = performance.now();
const oracles = new Map<string, number>();
const scores = policies.map(([name, policy]) => playAll(name, policy, worlds, nights, seed, oracles));
const base = scores[0]!;

if (process.argv.includes('--json')) {
  console.log(
    JSON.stringify(
      scores.map((s) => ({ ...row(s), worlds: undefined })),
      null,
      2,
    ),
  );
} else {
  const percent = (x: number) => `${(100 * x).toFixed(0)} %`;
  print([
    'policy',
    'score',
    'vs greedy (95 %)',
    'worst world',
    'false',
    'harmful',
    'keeps',
    'optimism',
    'exp/h',
  ]);
  for (const s of scores) {
    const r = row(s);
    print([
      s.name,
      s.score.toFixed(1),
      s === base ? '' : `${signed(r.points)} +-${r.halfWidth.toFixed(1)}`,
      `${r.worst.toFixed(2)} ${r.worstWorld}`,
      percent(s.falseKeeps),
      percent(s.harmfulKeeps),
      s.keeps.toFixed(1),
      signed(100 * s.optimism),
      s.perHour.toFixed(0),
    ]);
  }
  console.log('\nshare of the oracle, by world');
  print(['policy', ...worlds.map((w) => w.name)]);
  for (const s of scores) print([s.name, ...s.worlds.map((w) => w.share.toFixed(2))]);
  for (const w of worlds)
    console.log(`  ${w.name.padEnd(4)} ${w.about}: noise ${w.r} g, ${w.hit * 100} % help`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`\n${nights} nights a world from seed ${seed}, ${seconds} s`);
}

function row(s: Score) {
  const { points, halfWidth } = pairedDifference(s, base);
  const worst = worstRatio(s, base);
  return { ...s, points, halfWidth, worst: worst.ratio, worstWorld: worst.world };
}

function signed(x: number): string {
  return `${x < 0 ? '' : '+'}${x.toFixed(1)}`;
}

function print(cells: string[]): void {
  console.log(
    cells.map((c, i) => (i === 0 ? c.padEnd(13) : c.padStart(cells.length > 9 ? 6 : 12))).join(' '),
  );
}

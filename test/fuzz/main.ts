// npm run fuzz [-- CASES] [-- --seed S]: feeds foreign text to everything that reads some, and prints what was tried.
import { casesOf, targets } from './targets/index.ts';

const given = process.argv.slice(2);
const seedAt = given.indexOf('--seed');
const seed = seedAt >= 0 ? Number(given[seedAt + 1]) : Date.now() % 2 ** 31;
const whole = Number(given.find((word, i) => /^\d+$/.test(word) && i !== seedAt + 1) ?? 120_000);

const width = Math.max(...targets.map(({ name }) => name.length));
let tried = 0;
let broken = 0;
console.log(`seed ${seed}`);
for (const target of targets) {
  const cases = casesOf(target, whole);
  const begun = performance.now();
  let failure: Error | null = null;
  try {
    await target.run(cases, seed);
  } catch (error) {
    failure = error as Error;
  }
  tried += cases;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(
    `${target.name.padEnd(width)}  ${String(cases).padStart(7)} cases  ${seconds.padStart(6)} s  ${failure ? 'BROKEN' : 'holds'}`,
  );
  if (failure) {
    broken += 1;
    console.log(
      `${failure.message}\n${(failure.cause as Error | undefined)?.stack ?? failure.stack}`.slice(0, 6000),
    );
  }
}
console.log(`${tried} cases, ${broken} of ${targets.length} targets broken`);
process.exit(broken > 0 ? 1 : 0);

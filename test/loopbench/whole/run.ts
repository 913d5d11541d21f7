import { edits, type Kind } from './edits.ts';
import { keptOf, playWhole, type Whole } from './play.ts';

/** Nights side by side: each one's trials mostly sleep. */
const atOnce = 2;

/**
 * `npm run loopbench -- --whole 20`: the whole app on the toy, so many seeds; prints a table.
 * @returns whether the claims were as near the truth as they say
 */
export async function playSeeds(seeds: number, first: number): Promise<boolean> {
  const nights: { seed: number; whole: Whole }[] = [];
  const todo = Array.from({ length: seeds }, (_, i) => first + i);
  const began = performance.now();
  const worker = async () => {
    for (let seed = todo.shift(); seed !== undefined; seed = todo.shift()) {
      const again = (error: Error) => {
        console.error(`${error.message}\nonce more`);
        return playWhole(seed);
      };
      const whole = await playWhole(seed)
        .catch(again)
        .catch((error: Error) => {
          console.log(`| ${seed} | failed: ${error.message} | | | |`);
        });
      if (!whole) continue;
      nights.push({ seed, whole });
      console.log(line(seed, whole));
    }
  };
  console.log('| seed | kept: help, no effect, harm | true gain | claim | off by |\n|---|---|---|---|---|');
  await Promise.all(Array.from({ length: atOnce }, worker));
  const off = nights.flatMap(({ whole }) => (whole.claim ? [distance(whole)] : []));
  const within = off.filter((d) => Math.abs(d) <= 2).length;
  const inside = off.filter((d) => Math.abs(d) <= 2.306).length;
  const harmful = nights.reduce((sum, { whole }) => sum + counts(whole).harm, 0);
  const missed = nights.reduce((sum, { whole }) => sum + 6 - counts(whole).gain, 0);
  const ended = nights.flatMap(({ whole }) =>
    whole.state.experiments.filter((e) => e.trials.some((t) => t.early && !t.early.audit)),
  );
  const wrong = ended.filter((e) => edits[e.n - 1]!.kind !== 'harm').length;
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  console.log(`
claim within 2 standard errors of the truth: ${within} of ${nights.length}; inside its 95 % interval: ${inside} of ${nights.length}
what truly helps and was not kept: ${missed} of ${6 * nights.length}; harmful keeps: ${harmful}
trials ended early: ${ended.length}, of edits that do not harm: ${wrong}
${minutes} min`);
  // Of 20 true 95 % intervals fewer than 17 hold the truth once in 60 times.
  return off.length === seeds && inside >= Math.floor(0.85 * nights.length) && harmful === 0 && wrong === 0;
}

function line(seed: number, whole: Whole): string {
  const { gain, none, harm } = counts(whole);
  const claim = whole.claim ? `${percent(whole.claim.gain)} +-${percent(2.306 * whole.claim.error)}` : 'none';
  const off = whole.claim ? `${distance(whole).toFixed(2)} se` : '';
  return `| ${seed} | ${gain}, ${none}, ${harm} | ${percent(whole.truth)} | ${claim} | ${off} |`;
}

const distance = ({ claim, truth }: Whole) => (claim!.gain - truth) / claim!.error;
const percent = (x: number) => `${(100 * x).toFixed(2)} %`;

function counts({ state }: Whole): { gain: number; none: number; harm: number } {
  const of = (kind: Kind) => keptOf(state).filter((e) => edits[e.n - 1]!.kind === kind).length;
  return { gain: of('gain'), none: of('null'), harm: of('harm') + of('crash') };
}

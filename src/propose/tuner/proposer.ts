import { UserError } from '../../protocol/failure.ts';
import type { PulseOf } from '../../protocol/pulse.ts';
import {
  Exhausted,
  type Proposal,
  type ProposalContext,
  type ProposalSession,
  type Proposer,
} from '../proposer.ts';
import { type Choice, choose, keyOf, settings } from './choose.ts';
import { type Knob, type Survey, surveyKnobs, writeValue } from './knobs.ts';
import { type Memory, recall } from './memory.ts';
import { seededRandom } from './random.ts';
import { expectationOf, hypothesisOf } from './wording.ts';

export interface TunerOptions {
  /** Same history and same seed: same proposal. */
  seed: number;
  /** Why the tuner and not a model, for the header. */
  why: string;
}

/**
 * The proposer without a model: classical optimisation of the named constants on the surface.
 * A Gaussian process over (mostly logarithmic) scales picks the move of one to three constants with the largest
 * expected improvement; everything it knows comes from `context.history`, so it resumes by itself.
 */
export function createTunerProposer({ seed, why }: TunerOptions): Proposer {
  return {
    info: { kind: 'tuner', why, model: null },
    async prepare(surface) {
      requireKnobs(surveyKnobs(surface), surface);
    },
    open(context, { signal, pulse }): ProposalSession {
      const refused = new Set<string>();
      let last: string | null = null;
      return {
        async next(refusal) {
          signal.throwIfAborted();
          const began = performance.now();
          const survey = surveyKnobs(context.surface);
          const { knobs } = requireKnobs(survey, context.surface);
          const memory = recall(knobs, context.history);
          if (refusal && last !== null) refused.add(last);
          const random = seededRandom(
            Math.imul(seed, 31) ^ context.seed ^ Math.imul(refused.size, 0x9e3779b1),
          );
          const choice = choose(knobs, memory, refused, random, widthOf(context.turn));
          if (!choice) throw new Exhausted(exhausted(knobs));
          pulse(thoughtsOf(knobs, choice, memory, context.n));
          last = keyOf(settings(knobs, choice.changes));
          return proposalOf(knobs, choice, {
            hypothesis: hypothesisOf(knobs, choice, memory),
            expect: expectationOf(choice, memory),
            prompt: promptOf(survey, context),
            seconds: (performance.now() - began) / 1000,
          });
        },
      };
    },
    leased: null,
    async close() {},
  };
}

/** Factor on the steps, when nothing was kept for long. */
function widthOf(turn: ProposalContext['turn']): number {
  if (turn === 'structural') return 3;
  return turn === 'other-way' ? 2 : 1;
}

/** What it thinks, for the screen. */
function thoughtsOf(
  knobs: readonly Knob[],
  { looks, best }: Choice,
  memory: Memory,
  n: number,
): PulseOf<'tuner'> {
  return {
    type: 'tuner',
    n,
    known: memory.observations.length - 1,
    looks: looks.map(({ changes, belief, improvement }) => ({
      changes: changes.map(({ knob, value }) => ({
        name: knobs[knob]!.name,
        from: knobs[knob]!.value,
        to: value,
      })),
      gain: belief.mean - best,
      sd: belief.sd,
      improvement,
    })),
    constants: knobs.map(({ name, value }, k) => ({
      name,
      value,
      tried: memory.moves.filter((move) => move.changes.some((c) => c.knob === k)).length,
    })),
  };
}

function proposalOf(
  knobs: readonly Knob[],
  { changes }: Choice,
  said: Pick<Proposal, 'hypothesis' | 'prompt' | 'seconds'> & { expect: string },
): Proposal {
  const edits = changes.map(({ knob: k, value }) => {
    const knob = knobs[k]!;
    return { kind: 'constant' as const, path: knob.path, name: knob.name, value: writeValue(knob, value) };
  });
  const constants = changes.map(({ knob: k, value }) => {
    const { path, name, value: from } = knobs[k]!;
    return { path, name, from, to: value };
  });
  const families = [...new Set(changes.map(({ knob: k }) => knobs[k]!.family))];
  const lines = edits.map((e) => `${e.path}: ${e.name} = ${e.value}`);
  const reply = `${[said.hypothesis, `Expected: ${said.expect}`, ...lines].join('\n')}\n`;
  return { ...said, family: families.join(', '), edits, constants, reply, tokens: null };
}

/** The surface names no number that could be tuned. */
export class NothingToTune extends UserError {
  override name = 'NothingToTune';
}

/** @throws NothingToTune */
function requireKnobs(survey: Survey, surface: ReadonlyMap<string, string>): Survey {
  if (survey.knobs.length > 0) return survey;
  const files = [...surface.keys()].join(', ') || 'no file';
  const others = survey.leftAlone.map((o) => `${o.name} (${o.why})`).join(', ');
  throw new NothingToTune(
    `the tuner found no constants to tune in ${files}${others ? `; left alone: ${others}` : ''}. ` +
      'Give the numbers that matter names at the top of the file, such as `LEARNING_RATE = 0.01`, or use a model (proposer: ollama).',
  );
}

function exhausted(knobs: readonly Knob[]): string {
  const names = knobs.map((k) => k.name).join(', ');
  return `the tuner has tried all there is to try with ${names}. Name more constants in the surface, or use a model (proposer: ollama).`;
}

/** What the tuner looked at, for the record. */
function promptOf({ knobs, leftAlone }: Survey, context: ProposalContext): string {
  const tuned = knobs.map((k) => `${k.path}: ${k.name} = ${k.raw} (${k.family}, ${k.shape} scale)`);
  const others = leftAlone.map((o) => `${o.path}: ${o.name} left alone: ${o.why}`);
  const head = `No model was asked: the tuner chose among ${knobs.length} constants after ${context.history.length} experiments.`;
  return `${[head, ...tuned, ...others].join('\n')}\n`;
}

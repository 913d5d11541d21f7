// Forty recorded edits of the toy's knobs, in the words of a model: six that truly help (each to its knob's best value),
// fourteen that harm, twelve without an effect, four that crash; two begin as a reply that cannot be read, two as a
// repeat, and are then mended into something without an effect.

export type Kind = 'gain' | 'harm' | 'null' | 'crash';

export interface RecordedEdit {
  kind: Kind;
  knob: string;
  to: number;
  /** The first reply, before the mended one. */
  first?: 'malformed' | 'repeat';
}

const gain = (knob: string): RecordedEdit => ({ kind: 'gain', knob, to: 2 });
const harm = (knob: string, to: number): RecordedEdit => ({ kind: 'harm', knob, to });
const none = (knob: string, to: number, first?: RecordedEdit['first']): RecordedEdit => ({
  kind: 'null',
  knob,
  to,
  ...(first ? { first } : {}),
});
const crash = (knob: string, to: number): RecordedEdit => ({ kind: 'crash', knob, to });

/** Number 1 is the first. */
export const edits: readonly RecordedEdit[] = [
  harm('k07', 2.2),
  none('k08', 1.01),
  gain('k03'),
  harm('k09', 1.5),
  crash('k10', -5),
  none('k07', 0.99),
  harm('k11', 2.1),
  none('k12', 1.01, 'malformed'),
  harm('k10', 0.05),
  gain('k06'),
  harm('k12', 2.3),
  none('k09', 1.01),
  harm('k08', 1.5),
  none('k10', 0.99),
  none('k11', 1.01, 'repeat'),
  crash('k01', 1000),
  harm('k09', 2.4),
  gain('k01'),
  harm('k07', 1.5),
  none('k12', 0.99),
  harm('k08', 2.5),
  crash('k12', -7),
  none('k08', 0.99, 'malformed'),
  gain('k05'),
  harm('k10', 2.2),
  none('k07', 1.01),
  harm('k11', 1.5),
  gain('k02'),
  none('k09', 0.99),
  harm('k12', -0.2),
  none('k10', 1.01, 'repeat'),
  harm('k07', -0.1),
  none('k11', 0.99),
  harm('k09', -0.3),
  gain('k04'),
  crash('k11', 500),
  none('k12', 1.02),
  none('k08', 1.02),
  none('k07', 1.02),
  none('k09', 1.02),
];

/** The model's reply number `attempt` (1 = first) about experiment `n`, to a question that shows the file as it is. */
export function replyTo(n: number, attempt: number, question: string): string {
  const edit = edits[n - 1];
  if (!edit) return 'I have no more ideas.';
  if (attempt === 1 && edit.first === 'malformed')
    return `Let me try something.\n\nHYPOTHESIS: another value of ${edit.knob}\nEDIT params.json\n<<<<<<< SEARCH\n  "${edit.knob}": 7.125,\n`;
  // The very first edit again.
  return written(attempt === 1 && edit.first === 'repeat' ? edits[0]! : edit, question);
}

function written({ knob, to }: RecordedEdit, question: string): string {
  // One without an effect may have been kept before it.
  const now = new RegExp(`"${knob}": ([^,\\s]+),`).exec(question)?.[1] ?? '1.0';
  return `HYPOTHESIS: ${knob} at ${to} suits the rest better\nEXPECT: lower\nFAMILY: ${knob}\nEDIT params.json\n<<<<<<< SEARCH\n  "${knob}": ${now},\n=======\n  "${knob}": ${to},\n>>>>>>> REPLACE\n`;
}

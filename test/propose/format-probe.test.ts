import { describe, expect, test } from 'vitest';
import { type ProbedForm, probeFault, probeQuestion } from '../../src/propose/format-probe.ts';
import { probedForm } from '../../src/propose/reply-form.ts';
import { probeAnswer } from '../harness/fake-ollama/probe-answer.ts';

const head = 'HYPOTHESIS: a falling rate\nEXPECT: lower\nFAMILY: schedule\n';
const block = (search: string, replace: string) =>
  `${head}EDIT probe.py\n<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`;
const fall = '    return PEAK * (total - step) / (total - WARMUP)';

/** The file of the exercise as the question shows it. */
const file = /```\n([\s\S]*?)```/.exec(probeQuestion('whole').user)![1]!;
const whole = (text: string) => `${head}WHOLE probe.py\n\`\`\`\n${text}\`\`\`\n`;
const solved = file.replace('    return PEAK\n', `${fall}\n`);

test.each<[string, ProbedForm, string, RegExp | null]>([
  [
    'the fake’s own answer',
    'edit',
    probeAnswer({ model: 'm', messages: [{ role: 'user', content: 'File probe.py:' }] })!,
    null,
  ],
  ['a block that is exact', 'edit', block('    return PEAK', fall), null],
  ['lines that are not there', 'edit', block('    return LEARNING_RATE', fall), /not found|no place/i],
  ['a constant in place of the change', 'edit', `${head}SET PEAK = 0.2\n`, /no SEARCH\/REPLACE block/],
  ['nothing changed', 'edit', block('    return PEAK', '    return PEAK'), /chang/],
  ['talk', 'edit', 'Sure! I would let the rate fall linearly.', /./],
  ['the whole file', 'whole', whole(solved), null],
  ['half of the file', 'whole', whole(solved.slice(0, solved.indexOf('def report'))), /lost a part/],
  [
    'the rest left out',
    'whole',
    whole(`${solved.slice(0, solved.indexOf('def report'))}# ... rest unchanged\n`),
    /./,
  ],
])('%s', (_, form, reply, fault) => {
  const found = probeFault(form, reply, 'stop');
  if (fault === null) expect(found).toBeNull();
  else expect(found).toMatch(fault);
});

test('a reply that was cut off could not be used', () => {
  expect(probeFault('edit', block('    return PEAK', fall), 'length')).toMatch(/cut off/);
});

describe('the form to begin with', () => {
  const short = { files: 1, lines: 100, constants: 4 };
  const long = { files: 1, lines: 400, constants: 4 };
  test.each([
    [{}, short, null],
    [{ edit: true }, short, 'edit'],
    [{ edit: false }, short, null],
    [{ edit: false, whole: true }, short, 'whole'],
    [{ edit: false, whole: false }, short, 'constants'],
    [{ edit: false }, long, 'constants'],
    [{ edit: false }, { ...long, constants: 0 }, 'edit'],
  ])('%j', (results, surface, form) => expect(probedForm(results, surface)).toBe(form));
});

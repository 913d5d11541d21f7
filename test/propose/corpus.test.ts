import { describe, expect, test } from 'vitest';
import { replyCases } from './corpus/cases.ts';
import { outcomeOf } from './corpus/outcome.ts';

// What must come of replies in the styles of small models was written down before the parser saw them (corpus/*.txt).

const cases = replyCases();

test('the corpus is large, and no two cases have the same name', () => {
  expect(cases.length).toBeGreaterThanOrEqual(250);
  expect(new Set(cases.map((one) => `${one.style}: ${one.name}`)).size).toBe(cases.length);
});

describe.each([...new Set(cases.map((one) => one.style))])('%s', (style) => {
  const own = cases.filter((one) => one.style === style).map((one) => [one.name, one] as const);
  test.each(own)('%s', (_name, one) => {
    const { files, refusal } = outcomeOf(one);
    if ('files' in one.want) expect(files ?? refusal).toEqual(one.want.files);
    else expect(refusal?.code ?? files).toBe(one.want.code);
  });
});

test('every refusal tells the model shortly what is wrong', () => {
  for (const one of cases) {
    const { refusal } = outcomeOf(one);
    if (!refusal) continue;
    expect(refusal.why.length, one.name).toBeLessThanOrEqual(240);
    expect(refusal.feedback.length, one.name).toBeLessThanOrEqual(2_000);
    expect(refusal.feedback, one.name).toMatch(/[.`]$/);
  }
});

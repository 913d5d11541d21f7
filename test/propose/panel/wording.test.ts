import { describe, expect, it } from 'vitest';
import { defaultPersonas } from '../../../src/propose/panel/personas.ts';
import { chairQuestion, chosenBy, voiceQuestion, writeQuestion } from '../../../src/propose/panel/wording.ts';

const voices = ['optimiser', 'data', 'systems'];

describe('the choice of the chair', () => {
  it.each([
    ['CHOICE: systems', 'systems'],
    ['choice = **Data** because it is cheap', 'data'],
    ['I think so.\nCHOICE: the optimiser.', 'optimiser'],
    // Without the word, one name alone is clear enough.
    ['The systems idea.', 'systems'],
    ['CHOICE: systems or data', null],
    ['CHOICE: metadata', null],
    ['CHOICE: 2', null],
    ['', null],
  ])('%j', (answer, name) => {
    expect(chosenBy(answer, voices)).toBe(name);
  });

  it('takes names with signs as they are', () => {
    expect(chosenBy('CHOICE: a.b', ['a.b', 'axb'])).toBe('a.b');
  });
});

describe('what the panel is asked', () => {
  it('what one says is a quotation to the others: no heading and no edit of it counts', () => {
    const said = [
      { persona: 'data', text: '# Task\nSET LR = 9\nCHOICE: data' },
      { persona: 'systems', text: 'less' },
    ];
    for (const text of [
      voiceQuestion(defaultPersonas[0]!, said, 90),
      chairQuestion(said, ['- data: 1 of 4 helped']),
    ]) {
      expect(text).toContain('> # Task\n> SET LR = 9\n> CHOICE: data');
      expect(text).not.toMatch(/^SET|^# Task/m);
    }
    expect(writeQuestion(said[0]!)).toContain('the idea of the data:\n> # Task');
    expect(chairQuestion(said, ['- data: 1 of 4 helped'])).toContain('CHOICE: data | systems');
  });

  it('has five voices that are short enough for a small context', () => {
    expect(defaultPersonas.map((p) => p.name)).toEqual([
      'optimiser',
      'architecture',
      'data',
      'systems',
      'simplifier',
    ]);
    for (const { text } of defaultPersonas) expect(text.length).toBeLessThan(500);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AskedReply, formRecord, nextForm } from '../../src/propose/reply-form.ts';
import { type ReplyForm, replyForms } from '../../src/protocol/words.ts';

const small = { files: 1, lines: 100, constants: 4 };
const long = { files: 1, lines: 900, constants: 4 };

const replies = (form: ReplyForm, ...codes: (string | null)[]): AskedReply[] =>
  codes.map((code) => ({ form, code }));
const ask = (past: AskedReply[], surface = long) =>
  nextForm(formRecord(past, past[0]?.form ?? 'edit'), surface);

/** Plays a model that masters some forms, and says which form each of its replies was asked for. */
function play(masters: readonly ReplyForm[], count: number, surface = long, start: ReplyForm = 'edit') {
  const past: AskedReply[] = [];
  for (let i = 0; i < count; i++) {
    const { form } = nextForm(formRecord(past, past[0]?.form ?? start), surface);
    past.push({ form, code: masters.includes(form) ? null : 'no-match' });
  }
  return past.map((r) => r.form);
}

describe('down', () => {
  test('two bad ones of the first three are enough for a new form', () => {
    expect(ask(replies('edit', 'no-match'))).toEqual({ form: 'edit', why: null });
    expect(ask(replies('edit', 'no-match', 'format'))).toEqual({
      form: 'constants',
      why: '2 of the last 2 replies could not be applied',
    });
    expect(ask(replies('edit', null, 'format', 'truncated')).form).toBe('constants');
  });
  test('later it takes three of five', () => {
    const good = [null, null, null, null];
    expect(ask(replies('edit', ...good, 'format', 'no-match')).form).toBe('edit');
    expect(ask(replies('edit', ...good, 'format', null, 'no-match', 'many-matches')).form).toBe('constants');
  });
  test('a small file is asked for whole first, and not again when that failed', () => {
    expect(ask(replies('edit', 'format', 'format'), small).form).toBe('whole');
    const past = [...replies('edit', 'format', 'format'), ...replies('whole', 'format', 'format')];
    expect(ask(past, small).form).toBe('constants');
    const again = [...past, ...replies('constants', null), ...replies('edit', 'format', 'format')];
    expect(ask(again, small).form).toBe('constants');
  });
  test('refusals of what could be applied do not count', () => {
    expect(ask(replies('edit', 'duplicate', 'no-change', 'check', 'static', 'smoke')).form).toBe('edit');
  });
  test('stays where nothing easier is possible', () => {
    const bare = { files: 2, lines: 900, constants: 0 };
    expect(ask(replies('edit', 'format', 'format', 'format'), bare)).toEqual({ form: 'edit', why: null });
    expect(ask(replies('constants', 'format', 'format', 'format')).form).toBe('constants');
  });
  test('leaves a form that the surface does not allow any more', () => {
    expect(ask(replies('constants', null), { ...long, constants: 0 }).form).toBe('edit');
    expect(ask(replies('whole', null), long).form).toBe('edit');
  });
});

describe('up', () => {
  test('after eight good replies, one slip forgiven', () => {
    const seven = Array<null>(7).fill(null);
    expect(ask(replies('constants', ...seven)).form).toBe('constants');
    expect(ask(replies('constants', ...seven, null))).toEqual({
      form: 'edit',
      why: '8 of the last 8 replies could be applied',
    });
    expect(ask(replies('constants', 'format', ...seven)).form).toBe('edit');
    expect(ask(replies('constants', ...seven.slice(1), 'format', 'format')).form).toBe('constants');
  });
  test('a form that failed is tried again ever more rarely', () => {
    const forms = play(['constants'], 120);
    const tries = forms.flatMap((f, i) => (f === 'edit' && forms[i - 1] !== 'edit' ? [i] : []));
    // Two replies to find out, then after 16, 32 and 64 in the easier form.
    expect(tries).toEqual([0, 18, 52, 118]);
    expect(forms.filter((f) => f === 'edit').length).toBeLessThan(10);
  });
  test('a model that masters all ends with edits, wherever it began', () => {
    for (const start of replyForms) expect(play(replyForms, 30, small, start).at(-1)).toBe('edit');
  });
  test('a model that can only write whole files ends with these', () => {
    const forms = play(['whole', 'constants'], 100, small);
    expect(forms.filter((f) => f === 'whole').length).toBeGreaterThan(80);
  });
});

test('a resumed run goes on with the same form: all is in the replies', () => {
  const code = fc.constantFrom(null, null, 'format', 'no-match', 'duplicate');
  fc.assert(
    fc.property(fc.array(code, { maxLength: 80 }), fc.nat(80), (codes, cut) => {
      const step = (past: AskedReply[], c: string | null) => {
        const { form } = nextForm(formRecord(past, past[0]?.form ?? 'edit'), small);
        return [...past, { form, code: c }];
      };
      const straight = codes.reduce(step, [] as AskedReply[]);
      const first = codes.slice(0, cut).reduce(step, [] as AskedReply[]);
      const resumed = codes.slice(cut).reduce(step, JSON.parse(JSON.stringify(first)) as AskedReply[]);
      expect(resumed).toEqual(straight);
    }),
    { numRuns: 60 },
  );
});

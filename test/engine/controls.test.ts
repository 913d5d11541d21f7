import { beforeEach, describe, expect, test } from 'vitest';
import { type Controls, createControls, Interrupted, type Interruption } from '../../src/engine/controls.ts';
import { foldPast } from '../../src/engine/past.ts';
import { openSession, type Session } from '../../src/engine/session.ts';
import type { EventBody, JournalEvent } from '../../src/protocol/events.ts';
import type { PulseOf } from '../../src/protocol/pulse.ts';
import { aRun } from '../journal/a-run.ts';

// The moments between two steps, which no test of the whole product can hit by itself.

let session: Session;
let controls: Controls;
let moves: number[];
/** What the screens were last told that undo can take back. */
let undos: PulseOf<'undos'>['acts'];

beforeEach(() => {
  let seq = 0;
  const append = (body: EventBody) =>
    ({ v: 1, seq: ++seq, at: '2026-01-01T00:00:00.000Z', ...body }) as JournalEvent;
  session = openSession(foldPast([]), {
    journal: { append, flush: () => {}, waiting: () => [], close: () => {} },
    resultsPath: '/nowhere/at/all',
    event: () => {},
    pulse: (pulse) => {
      if (pulse.type === 'undos') undos = pulse.acts;
    },
  });
  undos = [];
  moves = [];
  controls = createControls(session, {
    async move(plan, cause) {
      moves.push(plan.n);
      session.append({
        type: 'champion.moved',
        from: session.state.champion.sha,
        by: 'user',
        cause,
        why: 'test',
        ...plan,
      });
    },
    edit: async () => {},
    unedit: async () => {},
  });
  session.append(aRun()[0]!);
  start(0);
  decide(0, 'kept');
  start(1);
  decide(1, 'kept');
  session.append({
    type: 'champion.moved',
    from: sha(0),
    to: sha(1),
    n: 1,
    by: 'engine',
    cause: 'kept',
    reverted: [],
    restored: [],
    why: '',
  });
});

const sha = (n: number) => (n === 0 ? session.state.base : String(n).repeat(40));

function start(n: number): void {
  const parent = n === 0 ? session.state.base : session.state.champion.sha;
  session.append({ type: 'experiment.started', n, parent, proposer: 'human' });
  session.append({
    type: 'experiment.committed',
    n,
    sha: sha(n),
    tree: sha(n),
    parent,
    files: ['train.py'],
    added: 1,
    removed: 1,
    fuzzy: false,
  });
}

function decide(n: number, verdict: EventBody<'experiment.decided'>['verdict']): void {
  session.append({
    type: 'experiment.decided',
    n,
    verdict,
    metric: null,
    gain: null,
    z: null,
    sigma: null,
    why: '',
    by: 'engine',
    confidence: null,
    label: null,
  });
}

/** Something that runs and writes down why it was told to end. */
function activity(n: number, kind: 'trial' | 'proposing' = 'trial') {
  const causes: Interruption[] = [];
  const end = controls.begin({ n, kind, interrupt: (cause) => causes.push(cause) });
  return { causes, end };
}

const reason = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'passed',
    (error: unknown) => (error instanceof Interrupted ? error.reason : String(error)),
  );

describe('a wish that comes between the gate and the start of a trial', () => {
  test.each([
    ['stop', { type: 'stop', when: 'now' }],
    ['skip', { type: 'skip', n: 2 }],
    ['hold', { type: 'hold', when: 'now' }],
  ] as const)('%s ends the trial at once', async (cause, command) => {
    start(2);
    await controls.gate(2);
    expect(await controls.command(command)).toMatchObject({ ok: true });
    const { causes } = activity(2);
    expect(causes).toEqual([cause]);
    expect(controls.interruption()).toBe(cause);
  });

  test('revert too, and it is carried out at the next gate', async () => {
    start(2);
    await controls.gate(2);
    const reply = controls.command({ type: 'revert', target: { to: 'baseline' } });
    const { causes, end } = activity(2);
    expect(causes).toEqual(['move']);
    end();
    expect(await reason(controls.gate(2))).toBe('move');
    expect(await reply).toMatchObject({ ok: true });
    expect(moves).toEqual([0]);
  });

  test('stop after the trial lets the trial run, but not the model', async () => {
    start(2);
    await controls.command({ type: 'stop', when: 'after-trial' });
    expect(activity(2, 'trial').causes).toEqual([]);
    expect(activity(2, 'proposing').causes).toEqual(['stop-after']);
    expect(await reason(controls.gate(2))).toBe('stop-after');
  });
});

describe('a skip', () => {
  test('that comes as its experiment is decided does not hit the next one', async () => {
    start(2);
    const { end } = activity(2);
    await controls.command({ type: 'skip', n: 2 });
    end();
    decide(2, 'discarded');
    start(3);
    expect(await reason(controls.gate(3))).toBe('passed');
    expect(activity(3).causes).toEqual([]);
    expect(await reason(controls.gate(3))).toBe('passed');
  });

  test('that comes as its trial ends still counts', async () => {
    start(2);
    const { end } = activity(2);
    end();
    await controls.command({ type: 'skip', n: 2 });
    expect(await reason(controls.gate(2))).toBe('skip');
    expect(await reason(controls.gate(2))).toBe('passed');
  });

  test('wins over an earlier hold that has done its work', async () => {
    start(2);
    const first = activity(2);
    await controls.command({ type: 'hold', when: 'now' });
    // The trial ended by itself in the same moment, so nobody asked why.
    first.end();
    const gate = controls.gate(2);
    await controls.command({ type: 'release' });
    expect(await reason(gate)).toBe('passed');
    const second = activity(2);
    await controls.command({ type: 'skip', n: 2 });
    expect(second.causes).toEqual(['skip']);
    expect(controls.interruption()).toBe('skip');
  });
});

describe('an environment that fails while the user asks for something', () => {
  test('stop does not wait for the next try', async () => {
    start(2);
    await controls.command({ type: 'stop', when: 'now' });
    await controls.holdForEnvironment('Ollama is gone', 'Start it.', null, 'machine');
    expect(await reason(controls.gate(2))).toBe('stop');
  });

  test('a new reason is told; the same one is not told again', async () => {
    const before = session.state.seq;
    const waits = ['a', 'a', 'b'].map((why) => controls.holdForEnvironment(why, 'next', 1, 'machine'));
    await Promise.race(waits);
    const held = session.state.held;
    expect(held).toMatchObject({ reason: 'b', by: 'engine' });
    expect(session.state.seq).toBe(before + 2);
  });
});

describe('undo', () => {
  test('of a hold that is over is refused, and the one before it is next', async () => {
    await controls.command({ type: 'note', text: 'hello', sticky: false });
    await controls.command({ type: 'hold', when: 'after-trial' });
    await controls.command({ type: 'release' });
    expect(await controls.command({ type: 'undo' })).toEqual({
      ok: false,
      message: 'cannot undo the hold: it is over already',
    });
    expect(await controls.command({ type: 'undo' })).toMatchObject({ ok: true });
    expect(session.state.notes[0]).toMatchObject({ withdrawn: true });
  });

  test('of a skip is forgotten when the champion moves', async () => {
    start(2);
    const { end } = activity(2);
    await controls.command({ type: 'skip', n: 2 });
    expect(await controls.command({ type: 'undo' })).toMatchObject({ ok: true });
    end();
    controls.interruption();
    decide(2, 'skipped');
    const reply = controls.command({ type: 'revert', target: { to: 'baseline' } });
    await controls.gate(null);
    await reply;
    expect(controls.nextRequeued()).toBeNull();
  });

  test('of a skip that was kept instead does nothing', async () => {
    start(2);
    const { end } = activity(2);
    await controls.command({ type: 'skip', n: 2 });
    await controls.command({ type: 'undo' });
    end();
    decide(2, 'kept');
    expect(controls.nextRequeued()).toBeNull();
  });

  test('of a revert says what it costs now, and why it cannot be done any more', async () => {
    const reply = controls.command({ type: 'revert', target: { to: 'baseline' } });
    await controls.gate(null);
    expect(await reply).toMatchObject({ ok: true });
    expect(undos).toEqual([
      { id: 1, what: 'the revert to the baseline', effect: 'the champion is #1 again' },
    ]);
    start(2);
    const { end } = activity(2);
    expect(undos[0]!.effect).toBe('the champion is #1 again; the trial of #2 is stopped, its result is lost');
    end();
    decide(2, 'kept');
    session.append({
      type: 'champion.moved',
      from: sha(0),
      to: sha(2),
      n: 2,
      by: 'engine',
      cause: 'kept',
      reverted: [],
      restored: [],
      why: '',
    });
    start(3);
    activity(3, 'proposing').end();
    expect(undos).toEqual([
      {
        id: 1,
        what: 'the revert to the baseline',
        effect: '',
        gone: '#2 is the champion since; use r to move it',
      },
    ]);
    // Asked by its number it is refused, and stays to be seen.
    expect(await controls.command({ type: 'undo', id: 1 })).toMatchObject({ ok: false });
    expect(undos).toHaveLength(1);
  });

  test('of a stop after this trial: the run goes on', async () => {
    start(2);
    const { causes, end } = activity(2);
    expect(await controls.command({ type: 'stop', when: 'after-trial' })).toMatchObject({
      message: 'stops after this trial',
    });
    expect(undos[0]).toMatchObject({ what: 'the stop after this trial' });
    expect(await controls.command({ type: 'undo', id: 1 })).toMatchObject({ ok: true });
    expect([causes, undos]).toEqual([[], []]);
    end();
    await controls.gate(null);
  });

  test('of a withdrawn note: it is read again', async () => {
    await controls.command({ type: 'note', text: 'hello', sticky: true });
    await controls.command({ type: 'withdraw', id: session.state.notes[0]!.id });
    expect(undos.map(({ what, gone }) => [what, gone ?? null])).toEqual([
      ['the withdrawal of "hello"', null],
      ['the note "hello"', 'the note is gone already'],
    ]);
    expect(await controls.command({ type: 'undo', id: undos[0]!.id })).toMatchObject({ ok: true });
    expect(session.state.notes.at(-1)).toMatchObject({ text: 'hello', sticky: true, withdrawn: false });
  });

  test('remembers the last ten', async () => {
    for (let i = 0; i < 12; i++) await controls.command({ type: 'note', text: `${i}`, sticky: false });
    for (let i = 0; i < 10; i++) expect(await controls.command({ type: 'undo' })).toMatchObject({ ok: true });
    expect(await controls.command({ type: 'undo' })).toEqual({ ok: false, message: 'nothing to undo' });
    expect(session.state.notes.map((note) => note.withdrawn)).toEqual([
      false,
      false,
      ...Array(10).fill(true),
    ]);
  });
});

describe('what goes on beside a trial', () => {
  test.each([
    { type: 'hold', when: 'after-trial' },
    { type: 'skip', n: 2 },
    { type: 'stop', when: 'after-trial' },
    { type: 'revert', target: { to: 'last-kept' } },
    { type: 'note', text: 'try less', sticky: false },
  ] as const)('$type ends it at once', async (command) => {
    let ended = 0;
    const done = controls.aside(() => {
      ended += 1;
    });
    expect(done).not.toBeNull();
    void controls.command(command);
    expect(ended).toBe(1);
    done!();
  });

  test('it does not begin when something is wanted already, and one that is over is left alone', async () => {
    let ended = 0;
    controls.aside(() => {
      ended += 1;
    })!();
    await controls.command({ type: 'hold', when: 'after-trial' });
    expect(ended).toBe(0);
    expect(controls.aside(() => {})).toBeNull();
  });
});

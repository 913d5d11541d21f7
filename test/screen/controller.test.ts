import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Command } from '../../src/protocol/commands.ts';
import type { KeyEvent } from '../../src/screen/keys/chord.ts';
import { type Controller, createController } from '../../src/screen/keys/controller.ts';
import type { Extents } from '../../src/screen/keys/moves.ts';
import { foldPulse } from '../../src/screen/live.ts';
import { createScreenStore, type ScreenStore, type Snapshot } from '../../src/screen/store.ts';
import { states } from './states.ts';

/** A log of 50 lines in a pane of 10. */
const logPlace = {
  first: 40,
  last: 49,
  moved(by: number) {
    const from = (store.current().view.log.top ?? 40) + by;
    return from >= 40 ? null : Math.max(0, from);
  },
};

let store: ScreenStore;
let controller: Controller;
let sent: Command[];
let answer: { ok: boolean; message: string };
let detached: number;
let redrawn: number;
let extents: Extents;
let time: number;

/** A store that shows one of the states, without an engine behind it. */
function storeOf(snapshot: Snapshot): ScreenStore {
  let current = snapshot;
  const look = (change: Partial<Snapshot['view']>) => {
    current = { ...current, view: { ...current.view, ...change } };
  };
  const real = createScreenStore({ size: snapshot.size });
  return {
    ...real,
    current: () => current,
    receive: (message) => {
      if (message.kind === 'pulse')
        current = { ...current, live: foldPulse(current.live, message.pulse, time) };
    },
    look,
    say: (text, level = 'info') => look({ toast: { text, level, until: level === 'error' ? null : 1 } }),
  };
}

function show(state: string): void {
  store?.stop();
  store = storeOf(states[state]!());
  controller = createController({
    store,
    extents,
    send: async (command) => {
      sent.push(command);
      return answer;
    },
    detach: () => detached++,
    redraw: () => redrawn++,
    clock: () => time,
  });
}

beforeEach(() => {
  sent = [];
  extents = {
    log: { most: 0, page: 10, place: logPlace },
    diff: { most: 20, page: 10 },
    help: { most: 9, page: 5 },
  };
  answer = { ok: true, message: '' };
  detached = 0;
  redrawn = 0;
  time = 1_000_000;
  show('training');
});
afterEach(() => store.stop());

const view = () => store.current().view;
const toast = () => view().toast?.text;
function press(...keys: (string | KeyEvent)[]): void {
  for (const key of keys) {
    // Longer than the quiet time after an overlay: a person presses one key after the other.
    time += 300;
    if (typeof key === 'string') controller.key(key, {});
    else controller.key('', key);
  }
}
const esc: KeyEvent = { escape: true };
const enter: KeyEvent = { return: true };
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('p holds after the trial, again takes the hold back', async () => {
  press('p');
  await settled();
  expect(sent).toEqual([{ type: 'hold', when: 'after-trial' }]);
  expect(toast()).toBe('holds after this trial');
  // Every screen learns of the wish from the engine, also one that did not ask.
  store.receive({ kind: 'pulse', pulse: { type: 'wishes', hold: 'after-trial', stop: null } });
  press('p');
  expect(sent.at(-1)).toEqual({ type: 'release' });
});

test('p releases a held run', () => {
  show('held by engine');
  press('p');
  expect(sent).toEqual([{ type: 'release' }]);
});

test('P stops the trial only after y', () => {
  press('P');
  expect(sent).toEqual([]);
  expect(view().confirm!.question).toBe('Stop the trial of #17 and run it again on release?');
  press('y');
  expect(sent).toEqual([{ type: 'hold', when: 'now' }]);
});

test('s asks while a trial runs; only y is yes', () => {
  for (const no of ['n', esc, enter, 'q']) {
    press('s');
    expect(view().confirm!.question).toBe('Skip #17? Its result is lost.');
    press(no);
    expect(view().confirm).toBeNull();
  }
  // Other letters answer nothing: typed on, they would otherwise be acts behind a dismissed question.
  press('s', 'Y', 'i', 'r', 'a');
  expect([view().confirm?.question, view().overlay]).toEqual(['Skip #17? Its result is lost.', null]);
  press('n');
  expect(sent).toEqual([]);
  press('s', 'y');
  expect(sent).toEqual([{ type: 'skip', n: 17 }]);
});

test('while the run asks about a number, v answers for that one and p cannot', () => {
  show('asks about a number');
  press('p');
  expect(toast()).toBe('hold: #17 waits for your answer: v keeps or discards it');
  press('v');
  expect(view().overlay).toEqual({ kind: 'verdict', n: 17 });
  press('k');
  expect(view().confirm!.question).toBe('Keep #17, and go on?');
  press('n', 'B', 'v');
  expect(view().overlay).toEqual({ kind: 'verdict', n: 17 });
  press('d', 'y');
  expect(sent).toEqual([{ type: 'release', decision: 'discard' }]);
  // What was measured is not thrown away unasked.
  press('s');
  expect(view().confirm!.question).toBe('Skip #17? Its result, 0.04310 so far, is lost.');
});

test('s does not ask while nothing is lost, and says why it cannot', () => {
  show('proposing');
  press('s');
  expect(sent).toEqual([{ type: 'skip', n: 17 }]);
  show('held by user');
  press('s');
  expect(sent.length).toBe(1);
  expect(toast()).toBe('skip: nothing is running');
});

test('r opens the menu; l, s and 0 ask, y reverts; Esc does nothing', () => {
  press('r', esc);
  expect([sent, view().overlay]).toEqual([[], null]);
  press('r', 'l');
  expect(view().confirm!.question).toBe('Revert to #9 (1.9874): drops #15; the trial of #17 is stopped?');
  press('n', 'r', 'l', 'Y', 'r', 'l', enter);
  expect(sent).toEqual([]);
  press('r', 'l', 'y');
  press('r', '0');
  expect(view().confirm!.question).toBe('Revert to the baseline: drops 5 kept; the trial of #17 is stopped?');
  press('y');
  press('r', 's');
  expect(sent).toEqual([
    { type: 'revert', target: { to: 'last-kept' } },
    { type: 'revert', target: { to: 'baseline' } },
  ]);
  // Without a selected experiment `s` is no choice, so the menu waits.
  expect(view().overlay).toEqual({ kind: 'revert' });
  // A discarded one is no place to stand on.
  press(esc, '[', '[', '[', 'r', 's');
  expect([view().selected, view().overlay?.kind]).toEqual([14, 'revert']);
  press(esc, '[', '[', '[', '[', '[', 'r', 's', 'y');
  expect(sent.at(-1)).toEqual({ type: 'revert', target: { to: 'experiment', n: 9 } });
});

test('Q: f at once, n asks and names what is lost', () => {
  press('Q', 'f');
  expect(sent).toEqual([{ type: 'stop', when: 'after-trial' }]);
  press('Q', 'n');
  expect(view().confirm!.question).toBe('Stop the run now? #17 is lost.');
  press('y');
  expect(sent.at(-1)).toEqual({ type: 'stop', when: 'now' });
});

test('u says what it will take back, lists the acts before it, and only y does it', () => {
  press('u');
  expect([toast(), view().overlay]).toEqual([
    'undo: there is nothing to take back: no act of yours since the engine was started',
    null,
  ]);
  const acts = [
    { id: 7, what: 'the revert to #9', effect: 'the champion is #15 again' },
    { id: 4, what: 'the note "x"', effect: 'the note is withdrawn' },
  ];
  store.receive({ kind: 'pulse', pulse: { type: 'undos', acts } });
  for (const no of ['n', esc, enter, 'q']) {
    press('u');
    expect(view().overlay).toEqual({ kind: 'undo' });
    press(no);
    expect(view().overlay).toBeNull();
  }
  // Another letter is no answer.
  press('z', 'u', 'x');
  expect([view().overlay, sent]).toEqual([{ kind: 'undo' }, []]);
  press('y');
  expect(sent).toEqual([{ type: 'undo', id: 7 }]);
});

test('u passes over what cannot be taken back any more, and says why when nothing else is left', () => {
  const gone = { id: 9, what: 'the revert to #9', effect: '', gone: '#17 is the champion since' };
  const note = { id: 4, what: 'the note "x"', effect: 'the note is withdrawn' };
  store.receive({ kind: 'pulse', pulse: { type: 'undos', acts: [gone, note] } });
  press('u', 'y');
  expect(sent).toEqual([{ type: 'undo', id: 4 }]);
  store.receive({ kind: 'pulse', pulse: { type: 'undos', acts: [gone] } });
  press('u');
  expect([view().overlay, toast()]).toEqual([
    null,
    'undo: the revert to #9 cannot be taken back: #17 is the champion since',
  ]);
});

test('a note is typed, edited, made sticky, sent', () => {
  press('i', 'try attentionx', { backspace: true }, { tab: true }, enter);
  expect(sent).toEqual([{ type: 'note', text: 'try attention', sticky: true }]);
  expect(view().overlay).toBeNull();
});

test('keys in a note are letters, never acts; an empty one sends nothing', () => {
  press('i', 's', 'Q', 'y', 'q', esc, 'i', ' ', enter);
  expect([sent, detached]).toEqual([[], 0]);
});

test('a refused command shows the engine’s words until a key', async () => {
  answer = { ok: false, message: 'held already; p releases' };
  press('p');
  await settled();
  expect(view().toast).toMatchObject({ text: 'held already; p releases', level: 'error', until: null });
  press('j');
  expect(view().toast).toBeNull();
});

test('act keys are deaf for a moment after an overlay closes', () => {
  press('?', esc);
  controller.key('p', {});
  expect(sent).toEqual([]);
  time += 250;
  controller.key('p', {});
  expect(sent.length).toBe(1);
});

test('Alt with a key is Esc and then that key', () => {
  press('?');
  controller.key('i', { meta: true });
  expect(view().overlay).toMatchObject({ kind: 'note', text: '' });
  controller.key('r', { meta: true });
  expect(view().overlay).toBeNull();
  press('s');
  controller.key('y', { meta: true });
  expect([view().confirm, sent]).toEqual([null, []]);
});

test('P is not for a run that is held already', () => {
  show('held by user');
  press('P');
  expect([sent, toast()]).toEqual([[], 'hold now: held already; p goes on']);
});

test('pasted text triggers nothing, except as text of a note', () => {
  controller.paste('srvQ');
  expect(toast()).toBe('pasted text does nothing here (i writes a note)');
  controller.key('srvQ', {});
  controller.key('ss', {});
  controller.key('QQQ', {});
  expect([sent, view().overlay, view().confirm]).toEqual([[], null, null]);
  press('i');
  controller.paste('one\ntwo\x1b[31m');
  expect(view().overlay).toMatchObject({ text: 'one two', cursor: 7 });
  // Not even an Enter in it sends.
  expect(sent).toEqual([]);
});

test('a pasted y is no yes', () => {
  press('s');
  controller.paste('y');
  expect(sent).toEqual([]);
  controller.key('yy', {});
  expect([sent, view().confirm]).toEqual([[], null]);
});

test('q detaches; Ctrl-C hints first; Esc never leaves', () => {
  press(esc, esc, esc);
  expect(detached).toBe(0);
  controller.key('c', { ctrl: true });
  expect(detached).toBe(0);
  expect(toast()).toContain('again detaches');
  time += 2500;
  controller.key('c', { ctrl: true });
  expect(detached).toBe(0);
  time += 500;
  controller.key('c', { ctrl: true });
  expect(detached).toBe(1);
  press('q');
  expect(detached).toBe(2);
});

test('[ and ] travel, Esc comes back to live', () => {
  press('[');
  expect(view().selected).toBe(16);
  press('[', '[', ']');
  expect(view().selected).toBe(15);
  press(']', ']');
  expect(view().selected).toBeNull();
  press(']');
  expect(toast()).toBe('later: this is live, nothing is newer');
  press('[', esc);
  expect(view().selected).toBeNull();
});

test('in the list j is older, g is live, G the baseline', () => {
  press('1', 'j', 'j', 'j', 'k');
  expect(view().selected).toBe(15);
  press('G');
  expect(view().selected).toBe(0);
  press('j');
  expect(view().selected).toBe(0);
  press('g');
  expect(view().selected).toBeNull();
  controller.key('jjjj', {});
  expect(view().selected).toBe(13);
});

test('digits and Tab move the focus, f zooms, Esc steps back', () => {
  press('4');
  expect(view().focus).toBe('log');
  press({ tab: true });
  expect(view().focus).toBe('gpu');
  press({ tab: true, shift: true }, { tab: true, shift: true });
  expect(view().focus).toBe('diff');
  press('f');
  expect(view().zoom).toBe(true);
  press(esc);
  expect(view().zoom).toBe(false);
});

test('the log scrolls within its extent, and G follows again', () => {
  press('4', 'k');
  expect(view().log).toMatchObject({
    top: 39,
    trial: { n: 17, k: 0 },
    seen: store.current().live.log.ring.end,
  });
  press({ pageUp: true });
  expect(view().log.top).toBe(30);
  press('g');
  expect(view().log.top).toBe(0);
  press('G');
  expect(view().log).toMatchObject({ top: null, trial: null });
});

test('at a small size the keys act on the pane that is seen', () => {
  show('training');
  const small = { ...store.current(), size: { columns: 80, rows: 24 } };
  store = storeOf(small);
  controller = createController({
    store,
    extents,
    send: async () => answer,
    detach: () => {},
    redraw: () => {},
    clock: () => time,
  });
  press('j');
  expect(view()).toMatchObject({ focus: 'experiments', picked: true, selected: 16 });
  press('4', 'k');
  expect(view()).toMatchObject({ focus: 'log', picked: true, log: { top: 39 } });
});

test('the diff scrolls both ways from where it rests', () => {
  extents.diff = { least: -3, most: 5, page: 4 };
  press('3', 'k');
  expect(view().scroll.diff).toBe(-1);
  press('g');
  expect(view().scroll.diff).toBe(-3);
  press('G');
  expect(view().scroll.diff).toBe(5);
  press(esc);
  expect(view().scroll.diff).toBe(0);
});

test('the diff scrolls from the top', () => {
  press('3', 'j', 'j', 'k', ' ');
  expect(view().scroll.diff).toBe(10);
  press('G', 'j');
  expect(view().scroll.diff).toBe(20);
  press('g');
  expect(view().scroll.diff).toBe(0);
});

test('help opens, scrolls, closes; Ctrl-L redraws', () => {
  press('?', 'j', 'j', 'G');
  expect(view().overlay).toEqual({ kind: 'help', scroll: 9 });
  press('?');
  expect(view().overlay).toBeNull();
  controller.key('l', { ctrl: true });
  expect(redrawn).toBe(1);
});

test('/ filters as one types; Enter keeps it, Esc takes it back, a second Esc clears it', () => {
  show('training');
  press('/', 'c', 'r', 'a', 's', 'h');
  expect(view()).toMatchObject({ find: { experiments: 'crash' }, prompt: { kind: 'find', cursor: 5 } });
  press(enter);
  expect(view()).toMatchObject({ find: { experiments: 'crash' }, overlay: null, focus: 'experiments' });
  // Walking keeps to what matches.
  press('j');
  expect(view().selected).toBe(11);
  press('j', 'j');
  expect(view().selected).toBe(4);
  press(esc);
  expect(view()).toMatchObject({ selected: null, find: { experiments: 'crash' } });
  press('/', 'x', esc);
  expect(view()).toMatchObject({ find: { experiments: 'crash' }, overlay: null });
  press(esc);
  expect(view().find.experiments).toBe('');
});

test('letters in the filter are letters: nothing is held, skipped or stopped', () => {
  show('training');
  press('/', 'p', 's', 'Q', 'y');
  expect(view().find.experiments).toBe('psQy');
  expect(sent).toEqual([]);
  expect(view().confirm).toBeNull();
});

test('+ and _ resize the focused pane at this size of terminal only; = resets', () => {
  show('training');
  press('4', '+', '+', '_');
  expect(view().sizes).toEqual({ normal: { log: 1 } });
  press('=');
  expect(view().sizes).toEqual({});
  for (let i = 0; i < 60; i++) press('+');
  const most = view().sizes.normal!.log!;
  expect(most).toBeLessThan(60);
  expect(view().toast?.text).toBe('Log cannot get larger');
  press('_');
  expect(view().sizes.normal!.log).toBe(most - 1);
});

test('L, x and M change the chart, and say why they do not', () => {
  show('training');
  press('L', 'x');
  expect(view().chart).toEqual({ log: true, byTime: true, metric: null });
  press('M');
  expect(view().toast?.text).toBe('the trials print no other number');
  const { run } = store.current();
  run.experiments = run.experiments.with(0, { ...run.experiments[0]!, metric: -1 });
  press('L', 'L');
  expect(view().chart.log).toBe(false);
  expect(view().toast?.text).toContain('above zero');
});

test('a few keys in one read that only look are keys; an act among them, or a longer piece, is pasted text', () => {
  controller.key('4jjj', {});
  expect([view().focus, view().log.top]).toEqual(['log', null]);
  controller.key('1[[', {});
  expect([view().focus, view().selected]).toEqual(['experiments', 15]);
  controller.key('?', {});
  expect(view().overlay?.kind).toBe('help');
  press(esc);
  time += 1000;
  for (const piece of ['3s', 'sQ', 'rb', '3q', '2z', 'jjkkjj3', 'a1']) {
    controller.key(piece, {});
    expect(toast(), piece).toBe('pasted text does nothing here (i writes a note)');
  }
  expect([sent, detached, view().confirm, view().overlay]).toEqual([[], 0, null, null]);
});

test('what comes in one piece is never an answer to a question, nor a choice of a menu', () => {
  press('s');
  expect(view().confirm).not.toBeNull();
  controller.key('jy', {});
  controller.key('y1', {});
  expect(sent).toEqual([]);
  press('n', 'r');
  expect(view().overlay?.kind).toBe('revert');
  controller.key('jb', {});
  expect([sent, view().confirm]).toEqual([[], null]);
});

test('in approve mode y and n say that nothing waits yet, and open nothing', () => {
  show('approve, none waits');
  press('y');
  expect([view().overlay, toast()]).toEqual([
    null,
    'nothing waits for approval yet: #17 is still being written',
  ]);
  press('n');
  expect(toast()).toMatch(/^nothing waits for approval yet/);
  press('4');
  controller.key('n', {});
  expect(toast()).toMatch(/nothing was searched for yet/);
  show('training');
  press('y');
  expect(view().overlay?.kind).toBe('copy');
});

test('a key that a menu does not have is answered with those that it has', () => {
  press('r', 'k');
  expect([view().overlay?.kind, toast()]).toEqual(['revert', 'k is no choice here: l 0, or Esc']);
  press(esc);
  time += 1000;
  press('Q', 'y');
  expect([view().overlay?.kind, toast()]).toEqual(['stop', 'y is no choice here: f n, or Esc']);
  expect(sent).toEqual([]);
});

test('Esc ends a search, then a filter of the log, before it goes back', () => {
  press('4', '/', 'l', 'o', 's', 's', enter);
  expect(view().search.log).toBe('loss');
  press('&', 'l', 'r', enter);
  expect(view().log.filter).toBe('lr');
  press('f', esc);
  expect([view().search.log, view().log.filter, view().zoom]).toEqual(['', 'lr', true]);
  press(esc);
  expect([view().log.filter, view().zoom]).toEqual(['', true]);
  press(esc);
  expect(view().zoom).toBe(false);
});

test('Esc in the typing line takes back what was typed', () => {
  press('1', '/', 'k', 'e', 'p', 't', enter);
  expect([view().find.experiments, view().prompt]).toEqual(['kept', null]);
  press('/');
  controller.paste(' and more');
  expect(view().find.experiments).toBe('kept and more');
  press(esc);
  expect([view().find.experiments, view().prompt]).toEqual(['kept', null]);
});

import { expect, test } from 'vitest';
import { noticeCodes, noticeKind, throughTmux } from '../../../src/screen/notify/notice-codes.ts';
import { progressOf, titleOf } from '../../../src/screen/notify/window-title.ts';
import * as f from '../fixtures.ts';
import { states } from '../states.ts';

const news = { title: 'held: no model', text: 'Ollama; gone\x1b]0;evil\x07 now' };

test.each([
  [{ TERM: 'xterm-kitty' }, 'osc99'],
  [{ TERM: 'xterm-256color', KITTY_WINDOW_ID: '1' }, 'osc99'],
  [{ TERM: 'foot' }, 'osc99'],
  [{ TERM_PROGRAM: 'iTerm.app' }, 'osc9'],
  [{ TERM: 'tmux-256color', TERM_PROGRAM: 'tmux', LC_TERMINAL: 'iTerm2' }, 'osc9'],
  [{ TERM_PROGRAM: 'WezTerm' }, 'osc777'],
  [{ TERM_PROGRAM: 'ghostty' }, 'osc777'],
  [{ TERM: 'rxvt-unicode-256color' }, 'osc777'],
  [{ TERM: 'xterm-256color', VTE_VERSION: '7200' }, 'osc777'],
  [{ TERM: 'xterm-256color' }, 'bell'],
] as const)('%j notifies by %s', (env, kind) => {
  expect(noticeKind(env)).toBe(kind);
});

test('each way has its bytes, and foreign text cannot end them', () => {
  expect(noticeCodes(news, 'auto', { TERM_PROGRAM: 'iTerm.app' })).toBe(
    '\x1b]9;pawl: held: no model: Ollama; gone now\x07',
  );
  expect(noticeCodes(news, 'auto', { TERM_PROGRAM: 'ghostty' })).toBe(
    '\x1b]777;notify;pawl: held: no model;Ollama, gone now\x07',
  );
  expect(noticeCodes(news, 'auto', { TERM: 'xterm-kitty' })).toBe(
    '\x1b]99;i=pawl:d=0;pawl: held: no model\x1b\\\x1b]99;i=pawl:d=1:p=body;Ollama; gone now\x1b\\',
  );
  expect(noticeCodes(news, 'auto', { TERM: 'xterm' })).toBe('\x07');
  expect(noticeCodes(news, 'osc', { TERM: 'xterm' })).toMatch(/^\x1b\]9;pawl/);
  expect(noticeCodes(news, 'bell', { TERM: 'xterm-kitty' })).toBe('\x07');
  expect(noticeCodes(news, 'off', {})).toBe('');
  expect(noticeCodes(news, 'command', {})).toBe('');
});

test('inside tmux it goes through to the terminal around, and rings', () => {
  const env = { TMUX: '/tmp/tmux-1/default,1,0', TERM: 'tmux-256color', LC_TERMINAL: 'iTerm2' };
  expect(noticeCodes(news, 'auto', env)).toBe(
    '\x1bPtmux;\x1b\x1b]9;pawl: held: no model: Ollama; gone now\x07\x1b\\\x07',
  );
  expect(noticeCodes(news, 'auto', { ...env, LC_TERMINAL: 'kitty', KITTY_WINDOW_ID: '3' })).toBe(
    `${throughTmux('\x1b]99;i=pawl:d=0;pawl: held: no model\x1b\\\x1b]99;i=pawl:d=1:p=body;Ollama; gone now\x1b\\')}\x07`,
  );
  expect(noticeCodes(news, 'bell', env)).toBe('\x07');
});

test('the title says what matters, and stands still between its steps', () => {
  const training = states.training!();
  expect(titleOf(training)).toMatch(/^▸ #017 0:35\/1:00 best 1\.9731 - pawl nov20$/);
  expect(titleOf({ ...training, now: training.now + 1000 })).toBe(titleOf(training));
  expect(titleOf({ ...training, now: training.now + 5000 })).not.toBe(titleOf(training));
  expect(titleOf(f.snapshotOf([], [], { link: 'connecting' }))).toMatch(/connecting/);
  for (const state of Object.values(states)) expect(titleOf(state())).not.toMatch(/[\x00-\x1f\x7f]/);
});

test('progress follows the trial', () => {
  const training = states.training!();
  expect(progressOf(training)).toEqual({ state: 1, percent: 63 });
  expect(progressOf(states.proposing!()).state).toBe(0);
});

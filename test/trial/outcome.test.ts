import { describe, expect, it } from 'vitest';
import type { BoxEnd } from '../../src/trial/box.ts';
import { createErrorSearch } from '../../src/trial/last-error.ts';
import { type Evidence, judge } from '../../src/trial/outcome.ts';
import { parseStat } from '../../src/trial/process-table.ts';
import { parsePs } from '../../src/trial/ps-table.ts';

const end: BoxEnd = {
  cause: 'itself',
  why: null,
  exit: 0,
  signal: null,
  seconds: 1,
  peakRssMiB: 2048,
  swept: 0,
  load: { foreignCores: null, waited: null },
  left: [],
};
const evidence = (changes: Partial<Evidence>, ending: Partial<BoxEnd> = {}): Evidence => ({
  end: { ...end, ...ending },
  metric: 1,
  metricName: 'score',
  metricNote: null,
  printed: [],
  errorLine: null,
  nonFinite: { count: 0, step: null },
  fullDisk: null,
  timeoutMs: 600_000,
  maxLogBytes: 1,
  maxMemoryBytes: 2 ** 33,
  filledDisk: false,
  maxOutputBytes: 2 ** 30,
  maxProcesses: 9,
  ...changes,
});

describe('judge', () => {
  it('a full disk or a process that cannot die is the environment’s failure', () => {
    const full = judge(
      evidence({ fullDisk: '/runs', errorLine: 'OSError: [Errno 28] No space left' }, { exit: 1 }),
    );
    expect(full).toEqual({
      outcome: 'void',
      why: 'the disk of /runs is full (exit 1: OSError: [Errno 28] No space left)',
    });
    const row = { pid: 9, ppid: 1, pgid: 9, session: 9, state: 'D', threads: 1, startTicks: 1, rssBytes: 0 };
    expect(judge(evidence({}, { left: [row] }))).toMatchObject({ outcome: 'void' });
  });
  it('a full disk does not undo a measurement', () => {
    expect(judge(evidence({ fullDisk: '/runs' }))).toEqual({ outcome: 'ok', why: null });
  });
  it('the time limit is told in the user’s units', () => {
    expect(judge(evidence({}, { cause: 'timed-out' })).why).toBe('still running after 10 min');
  });
  it('an exit code above 128 names its signal', () => {
    expect(judge(evidence({}, { exit: 139 })).why).toBe('exit 139, ended by SIGSEGV');
    expect(judge(evidence({}, { exit: 137 })).why).toMatch(/out of memory, at 2\.0 GiB resident$/);
    expect(judge(evidence({}, { exit: 255 })).why).toBe('exit 255');
  });
});

describe('createErrorSearch', () => {
  const search = (...lines: string[]) => {
    const found = createErrorSearch();
    found.push(lines.map((text) => ({ text, end: '\n' as const })));
    return found.line();
  };
  it('prefers an exception to lines that mention one, and the cause to the launcher’s complaint', () => {
    expect(
      search(
        'ValueError: bad depth',
        'W1120 failed to clean up',
        'torch.distributed.elastic.multiprocessing.errors.ChildFailedError:',
      ),
    ).toBe('ValueError: bad depth');
    expect(search('KeyboardInterrupt', 'fine')).toBe('KeyboardInterrupt');
    expect(search('TypeError [ERR_INVALID_ARG]: x', 'Node.js v24')).toBe('TypeError [ERR_INVALID_ARG]: x');
  });
  it('takes what other languages and shells print', () => {
    expect(search('error[E0425]: cannot find value `x`', 'ok')).toBe('error[E0425]: cannot find value `x`');
    expect(search('Segmentation fault (core dumped)')).toBe('Segmentation fault (core dumped)');
    expect(search("thread 'main' panicked at src/main.rs:2")).toMatch(/panicked/);
  });
  it('finds nothing in a healthy log, and cuts long lines', () => {
    expect(search('step 1 loss 2', 'done')).toBeNull();
    expect(search(`RuntimeError: ${'x'.repeat(1000)}`)!.length).toBe(300);
    expect(search(`step 1 ${'x'.repeat(1000)} FAIL`)).toMatch(/^… .*FAIL$/);
  });
});

describe('process tables', () => {
  it('reads a name with spaces and parentheses', () => {
    const text = `42 (a) b (c)) S 1 42 42 0 -1 4194304 0 0 0 0 1 2 0 0 20 0 3 0 777 1000 25 18446744073709551615`;
    expect(parseStat(text, 4096)).toEqual({
      pid: 42,
      ppid: 1,
      pgid: 42,
      session: 42,
      state: 'S',
      threads: 3,
      startTicks: 777,
      rssBytes: 25 * 4096,
    });
    expect(parseStat('', 4096)).toBeNull();
    expect(parseStat('42 (x) S 1', 4096)).toBeNull();
  });
  it('reads ps where there is no /proc', () => {
    expect(parsePs('  501   1   501      0 Ss    2048\n\nrubbish\n')).toEqual([
      {
        pid: 501,
        ppid: 1,
        pgid: 501,
        session: 501,
        state: 'S',
        threads: 1,
        startTicks: null,
        rssBytes: 2048 * 1024,
      },
    ]);
  });
});

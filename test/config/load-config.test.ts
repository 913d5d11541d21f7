import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { formatDuration, parseDuration } from '../../src/config/durations.ts';
import { loadSettings, parseSettings } from '../../src/config/load-config.ts';

const minimal = 'command: node train.mjs\nsurface: [train.mjs]\nmetric: {name: val_bpb}\n';

describe('defaults', () => {
  test('three fields are enough', () => {
    const s = parseSettings(minimal);
    expect(s).toMatchObject({
      command: 'node train.mjs',
      surface: ['train.mjs'],
      budgetMs: 300_000,
      timeoutMs: 600_000,
      strictness: 'balanced',
      proposer: 'auto',
      sandbox: 'auto',
    });
    expect(s.metric).toMatchObject({ name: 'val_bpb', direction: 'minimize', scale: 'auto' });
  });

  test('short forms: one surface string, metric by name, model by name', () => {
    const s = parseSettings('command: x\nsurface: train.py\nmetric: loss\nmodel: qwen3:8b\n');
    expect(s.surface).toEqual(['train.py']);
    expect(s.metric.name).toBe('loss');
    expect(s.model.name).toBe('qwen3:8b');
    expect(s.model.others).toBeUndefined();
    const several = parseSettings('command: x\nsurface: train.py\nmetric: loss\nmodel: [a:1b, b:2b]\n');
    expect(several.model).toMatchObject({ name: 'a:1b', others: ['b:2b'] });
  });

  test('the example of the design document', () => {
    const s = parseSettings(`
goal: Lower validation bits per byte.
instructions: program.md
surface: [train.py]
link: [data, .venv]
command: uv run train.py
check: python -m py_compile train.py
budget: 5m
timeout: 10m
metric: {name: val_bpb, direction: minimize}
guards: [{name: peak_vram_mb, max: 24000}, {name: accuracy, worse_by: 1%}]
progress: auto
strictness: balanced
proposer: auto
model: {name: auto, host: auto, num_ctx: auto, think: auto, sharing: auto}
stop: {experiments: 700, after: 12h, target: 0.95, plateau: 60}
sandbox: auto
`);
    expect(s.guards[1]!.worseBy).toEqual({ by: 0.01, relative: true });
    expect(s).toMatchObject({ staticCheck: 'auto', smokeMs: null });
    expect(s.stop).toEqual({ experiments: 700, afterMs: 12 * 3_600_000, target: 0.95, plateau: 60 });
  });
});

test('contaminated_after: five seconds unless told', () => {
  expect(parseSettings(minimal).contaminatedAfterMs).toBeUndefined();
  expect(parseSettings(`${minimal}contaminated_after: 200ms\n`).contaminatedAfterMs).toBe(200);
  expect(() => parseSettings(`${minimal}contaminated_after: soon\n`)).toThrow(
    /pawl\.yaml:4: contaminated_after: 'soon' is not a duration/,
  );
});

test('static_check and smoke', () => {
  const of = (yaml: string) => parseSettings(`surface: a\ncommand: x\nmetric: m\n${yaml}`, 'pawl.yaml');
  expect(of('static_check: off\nsmoke: 10s\n')).toMatchObject({ staticCheck: 'off', smokeMs: 10_000 });
  expect(of('smoke: off\n').smokeMs).toBeNull();
  expect(() => of('smoke: soon\n')).toThrow(/pawl\.yaml:4: smoke: .*soon/);
  expect(() => of('static_check: maybe\n')).toThrow(/pawl\.yaml:4: static_check/);
});

/** Aliases of aliases: a hundred bytes that would be gigabytes. */
const aliasBomb = `[&b [${'*a, '.repeat(20)}*a], &c [${'*b, '.repeat(20)}*b], &d [${'*c, '.repeat(20)}*c]]`;

test('the file says nothing on the terminal by itself', () => {
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
  expect(() => parseSettings('? {\x1b[2J: 1}\n: x\n')).toThrow();
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});

describe('mistakes name line, field and the way out', () => {
  test.each([
    ['comand: x\nsurface: a\nmetric: m\n', /pawl\.yaml:1: comand: unknown key\. Did you mean 'command'\?/],
    ['surface: a\nmetric: m\n', /command: is missing/],
    ['command: x\nsurface: *a\nmetric: m\n', /pawl\.yaml:2:10: this is not valid YAML: Unresolved alias/],
    [
      `${minimal}goal: &a [x, x]\nlink: ${aliasBomb}\n`,
      /pawl\.yaml:1:1: this is not valid YAML: Excessive alias count/,
    ],
    [`${minimal}metrics: 3\n`, /pawl\.yaml:4: metrics: unknown key\. Did you mean 'metric'\?/],
    [
      'command: x\nsurface: a\nmetric:\n  name: m\n  directoin: maximize\n',
      /pawl\.yaml:5: metric\.directoin: unknown key\. Did you mean 'metric\.direction'\?/,
    ],
    [
      'command: x\nsurface: a\nmetric: {name: m, direction: up}\n',
      /pawl\.yaml:3: metric\.direction: 'up' is not known\. It takes minimize, maximize\./,
    ],
    [
      `${minimal}strictness: blanced\n`,
      /pawl\.yaml:4: strictness: 'blanced' is not known\. Did you mean 'balanced'\?/,
    ],
    [`${minimal}model: {name: [a:1b, b:2b, A:1b]}\n`, /pawl\.yaml:4: model\.name\.2: 'A:1b' is listed twice/],
    [`${minimal}model:\n  name: [auto, b:2b]\n`, /pawl\.yaml:5: model\.name\.0: 'auto' stands alone/],
    [`${minimal}panel: {rounds: 3}\nproposer: panel\n`, /pawl\.yaml:4: panel\.rounds: /],
    [
      `${minimal}panel: {round: 2}\n`,
      /pawl\.yaml:4: panel\.round: unknown key\. Did you mean 'panel\.rounds'\?/,
    ],
    [`${minimal}panel: {rounds: 2}\nproposer: tuner\n`, /pawl\.yaml:4: panel: nobody would ask it/],
    [`${minimal}proposer: hybird\n`, /proposer: 'hybird' is not known\. Did you mean 'hybrid'\?/],
    [`${minimal}model: {think: maybe}\n`, /model\.think: 'maybe' is not known/],
    [`${minimal}budget: soon\n`, /pawl\.yaml:4: budget: 'soon' is not a duration; write for example 30s/],
    [
      `${minimal}model:\n  host: http://192.0.2.2?x.localhost\n`,
      /pawl\.yaml:5: model\.host: "http:\/\/192\.0\.2\.2\?x\.localhost" is not the address of a server/,
    ],
    [`${minimal}budget: 3\n`, /pawl\.yaml:4: budget: '3' has no unit; write 3s, 3m or 3h/],
    [`${minimal}stop:\n  after: never\n`, /pawl\.yaml:5: stop\.after: 'never' is not a duration/],
    [`${minimal}budget: 10m\ntimeout: 5m\n`, /pawl\.yaml:5: timeout: is shorter than budget/],
    [`${minimal}progress: "(["\n`, /pawl\.yaml:4: progress: is not a regular expression/],
    [
      `${minimal}guards:\n  - {nam: x, max: 1}\n`,
      /pawl\.yaml:5: guards\.0\.nam: unknown key\. Did you mean 'guards\.0\.name'/,
    ],
    [`${minimal}zzzzzz: 1\n`, /zzzzzz: unknown key\. Known here: goal/],
    ['command: [\n', /pawl\.yaml:\d+:\d+: this is not valid YAML/],
    [`${minimal}verify: -1\n`, /pawl\.yaml:4: verify: takes 0 or more, not -1\.$/],
    [`${minimal}verify: 1\n`, /pawl\.yaml:4: verify: 1 pair of runs shows no spread.* 2 or more/],
    [`${minimal}stop: {experiments: 0}\n`, /stop\.experiments: takes 1 or more, not 0/],
    [`${minimal}check: 3\nlink:\n`, /^pawl\.yaml:4: check: [^\n]*\npawl\.yaml:5: link: has no value/],
    [`${minimal}panel: {rounds: 3}\nproposer: panel\n`, /pawl\.yaml:4: panel\.rounds: takes 2 or less/],
    [
      'command: x\nsurface: 7\nmetric: m\n',
      /pawl\.yaml:2: surface: takes a text or a list, not 7\. Write for example `surface: \[train\.py\]`/,
    ],
    ['command: ""\nsurface: a\nmetric: m\n', /pawl\.yaml:1: command: is empty/],
    [`${minimal}plateau: soon\n`, /plateau: takes a number or 'off', not "soon"/],
    [`${minimal}direction: up\n`, /pawl\.yaml:4: direction: unknown key\. It belongs under metric:/],
    [`${minimal}num_ctx: 4096\n`, /pawl\.yaml:4: num_ctx: unknown key\. It belongs under model:\.$/],
    [`${minimal}goal: lower: it\n`, /pawl\.yaml:4:\d+: this is not valid YAML: .* A second `key: `.*quotes/],
    // The order is that of the file, whichever kind of problem it is.
    [
      `zzz: 1\n${minimal}budget: no\nbudgit: 3s\n`,
      /^pawl\.yaml:1: zzz[^\n]*\npawl\.yaml:5: budget[^\n]*\npawl\.yaml:6: budgit/,
    ],
    ['', /at least command, surface and metric/],
    ['- a\n- b\n', /at least command, surface and metric/],
    [`${minimal}command: y\n`, /not valid YAML.*unique/i],
  ])('%j', (text, message) => {
    expect(() => parseSettings(text)).toThrow(message);
  });

  test.each(['accuracy', 'val_acc', 'f1', 'valAuc', 'tokens_per_sec', 'pass_rate', 'mAP', 'score', 'bleu'])(
    'a metric called %s is asked which way is better, never lowered without a word',
    (name) => {
      const text = (metric: string) => `command: x\nsurface: a\nmetric: ${metric}\n`;
      const question = new RegExp(
        `pawl\\.yaml:3: metric: which way is ${name} better\\? .*direction: maximize`,
      );
      expect(() => parseSettings(text(name))).toThrow(question);
      expect(() => parseSettings(text(`{name: ${name}, pattern: "x: (.*)"}`))).toThrow(question);
      for (const direction of ['minimize', 'maximize'] as const)
        expect(parseSettings(text(`{name: ${name}, direction: ${direction}}`)).metric.direction).toBe(
          direction,
        );
    },
  );

  test.each(['val_bpb', 'loss', 'accuracy_loss', 'error_rate', 'seconds', 'ms_per_step', 'roc_error'])(
    'a metric called %s is lowered unless told',
    (name) => {
      expect(parseSettings(`command: x\nsurface: a\nmetric: ${name}\n`).metric.direction).toBe('minimize');
    },
  );

  test('a guard on an accuracy may not fall, unless told', () => {
    const of = (guard: string) => parseSettings(`${minimal}guards: [${guard}]\n`).guards[0]!.direction;
    expect(of('{name: accuracy, worse_by: 1%}')).toBe('maximize');
    expect(of('{name: seconds, worse_by: 1%}')).toBe('minimize');
    expect(of('{name: accuracy, worse_by: 1%, direction: minimize}')).toBe('minimize');
  });

  test('instructions from outside the project, also through a link', () => {
    const root = mkdtempSync(join(tmpdir(), 'pawl-config-'));
    const project = join(root, 'project');
    mkdirSync(project);
    writeFileSync(join(root, 'secret.md'), 'mine');
    symlinkSync(join(root, 'secret.md'), join(project, 'program.md'));
    for (const path of ['../secret.md', 'program.md', join(root, 'secret.md')]) {
      writeFileSync(join(project, 'pawl.yaml'), `${minimal}instructions: ${path}\n`);
      expect(() => loadSettings(project)).toThrow(/pawl\.yaml:4: instructions: .* lies outside the project/);
    }
    rmSync(root, { recursive: true });
  });

  test.each([
    ['instructions: .ssh/id', 'instructions: .ssh/id is a place of secrets'],
    ['instructions: .env', 'instructions: .env is a place of secrets'],
    ['instructions: notes.md', 'instructions: notes.md is a place of secrets'],
    ['instructions: .PAWL/x.md', 'instructions: .PAWL/x.md is inside .git or .pawl'],
    ['instructions: .Git/x.md', 'instructions: .Git/x.md is inside .git or .pawl'],
    ['panel: {personas: .ssh}\nproposer: panel', 'panel.personas: .ssh is a place of secrets'],
    ['panel: {personas: .GIT}\nproposer: panel', 'panel.personas: .GIT is inside .git or .pawl'],
  ])('%s, where the home folder is the project', (line, says) => {
    const home = mkdtempSync(join(tmpdir(), 'pawl-'));
    vi.stubEnv('HOME', home);
    try {
      for (const folder of ['.ssh', '.PAWL', '.Git', '.GIT']) mkdirSync(join(home, folder));
      for (const file of ['.ssh/id', '.env', '.PAWL/x.md', '.Git/x.md']) writeFileSync(join(home, file), 'x');
      symlinkSync('.ssh/id', join(home, 'notes.md'));
      writeFileSync(join(home, 'pawl.yaml'), `${minimal}${line}\n`);
      expect(() => loadSettings(home)).toThrow(`pawl.yaml:4: ${says}`);
    } finally {
      vi.unstubAllEnvs();
      rmSync(home, { recursive: true, force: true });
    }
  });

  test('instructions and personas that are no plain files', () => {
    const project = mkdtempSync(join(tmpdir(), 'pawl-config-'));
    mkdirSync(join(project, 'voices'));
    for (const name of ['a.md', 'b.md']) writeFileSync(join(project, 'voices', name), 'text');
    symlinkSync('a.md', join(project, 'voices/c.md'));
    writeFileSync(join(project, 'pawl.yaml'), `${minimal}instructions: voices\n`);
    expect(() => loadSettings(project)).toThrow(/pawl\.yaml:4: instructions: voices is not a plain file/);
    writeFileSync(join(project, 'pawl.yaml'), `${minimal}proposer: panel\npanel:\n  personas: voices\n`);
    expect(() => loadSettings(project)).toThrow(/pawl\.yaml:6: panel\.personas: voices: c\.md is no plain/);
    rmSync(project, { recursive: true });
  });

  test('all problems at once', () => {
    try {
      parseSettings('comand: x\nsurface: a\nmetric: m\nbudgit: 3s\n');
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message.split('\n')).toHaveLength(2);
    }
  });
});

test.each([
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['90s', 90_000],
  ['500ms', 500],
  ['2.5s', 2500],
])('duration %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
  expect(parseDuration(formatDuration(ms))).toBe(ms);
});

test.each(['', 'x', '10', 10, 2.5, '-5s', '5 minutes', 0, -1, Number.NaN])('not a duration: %s', (text) => {
  expect(parseDuration(text)).toBeNull();
});

test.each([
  ['metric: {name: x, direction: min}', /pawl\.yaml:3: metric\.direction: 'min' .*Did you mean 'minimize'\?/],
  [
    'metric: x\nbudget: [5]',
    /pawl\.yaml:4: budget: takes a text or a number, not \[5\]\. Write for example `budget: 5m`/,
  ],
  ['metric: x\nbudget: true', /pawl\.yaml:4: budget: takes a text or a number, not true/],
  ['metric: x\nverify: five', /pawl\.yaml:4: verify: takes a number, not "five"/],
  ['metric: x\nstop: {experiments: 1.5}', /stop\.experiments: takes a whole number, not 1\.5/],
  [
    'metric: x\nguards: {name: y}',
    /guards: takes a list, not \{"name":"y"\}\. Write for example `guards: \[/,
  ],
])('a value of a wrong kind: %s', (yaml, text) => {
  expect(() => parseSettings(`command: a\nsurface: [b]\n${yaml}\n`)).toThrow(text);
});

import type { CommandSpec, OptionSpec } from './command.ts';

// The one list of commands: the parser, --help and the README's table are made from it.

const json: OptionSpec = { type: 'boolean', help: 'print JSON, one object a line' };
const dir: OptionSpec = {
  type: 'string',
  short: 'C',
  value: 'DIR',
  help: 'the project, instead of this folder',
};
const tag: OptionSpec = { type: 'string', value: 'TAG', help: 'the run, instead of the newest' };

const runOptions: Record<string, OptionSpec> = {
  experiments: {
    type: 'string',
    short: 'n',
    value: 'N',
    help: 'stop when N experiments of the run are decided',
  },
  after: { type: 'string', value: 'TIME', help: 'stop after this long, such as 8h' },
  seed: {
    type: 'string',
    value: 'S',
    help: 'seed of the run (trials get PAWL_SEED, the tuner and the model theirs)',
  },
  proposer: {
    type: 'string',
    value: 'WHO',
    help: 'auto, ollama, tuner, hybrid or panel, instead of pawl.yaml',
  },
  model: { type: 'string', value: 'NAME', help: 'the Ollama model, instead of pawl.yaml' },
  budget: { type: 'string', value: 'TIME', help: 'the time box of a trial, instead of pawl.yaml' },
  verify: {
    type: 'string',
    value: 'N',
    help: 'pairs of runs at the end that measure start and champion again (0 = none), instead of pawl.yaml',
  },
  'no-sandbox': {
    type: 'boolean',
    help: 'run trials as you, with nothing around them, also where bubblewrap works',
  },
  headless: { type: 'boolean', help: 'no screen: plain lines, also on a terminal' },
  json,
  theme: {
    type: 'string',
    value: 'NAME',
    help: 'auto, dark, light, high-contrast, cvd (colour-blind-safe), ansi16, mono, or one of your own',
  },
  ascii: { type: 'boolean', help: 'only ASCII signs: for fonts and terminals without box drawing' },
  'screen-reader': { type: 'boolean', help: 'sentences in lines instead of panes, with the same keys' },
};

/** Every command of pawl, in the order in which --help tells of them. */
export const commands: readonly CommandSpec[] = [
  {
    name: 'run',
    args: '',
    summary: 'start the loop on this project and watch it (or watch it again, when it runs already)',
    detail:
      'Goes on with the newest run when that was stopped or cut off; starts a new run when it was finished.\n' +
      'The loop is a process of its own: closing the screen with q, or losing the terminal, does not stop it.',
    options: {
      ...runOptions,
      dir,
      tag: { type: 'string', value: 'TAG', help: 'name of the run (default: the date, such as nov20)' },
      new: { type: 'boolean', help: 'start a new run from HEAD, also when an older one could go on' },
    },
    load: () => import('./run.ts'),
  },
  {
    name: 'attach',
    args: '',
    summary: 'come back to the screen of the run that is going on',
    options: {
      dir,
      json,
      theme: runOptions.theme!,
      ascii: runOptions.ascii!,
      'screen-reader': runOptions['screen-reader']!,
      headless: runOptions.headless!,
    },
    load: () => import('./attach.ts'),
  },
  {
    name: 'resume',
    args: '[tag]',
    summary: 'go on with a run that was stopped, finished or cut off',
    options: { ...runOptions, dir },
    load: () => import('./resume.ts'),
  },
  {
    name: 'verify',
    args: '[tag]',
    summary: 'measure start and champion of an ended run again, by turns on fresh seeds: its real gain',
    detail: 'A run that ends by itself does this at its end (verify: 5 in pawl.yaml).',
    options: {
      verify: runOptions.verify!,
      headless: runOptions.headless!,
      json,
      theme: runOptions.theme!,
      ascii: runOptions.ascii!,
      dir,
    },
    load: () => import('./verify.ts'),
  },
  {
    name: 'stop',
    args: '',
    summary: 'stop the run that is going on, after its trial',
    options: { dir, now: { type: 'boolean', help: 'stop its trial too; the experiment is lost' } },
    load: () => import('./stop.ts'),
  },
  {
    name: 'demo',
    args: '[sample]',
    summary: 'watch pawl improve a little language model: no GPU, no Ollama, no Python needed',
    detail: 'Copies a sample project to a folder, makes it a git repository and runs the real loop on it.',
    options: {
      ...runOptions,
      dir: {
        type: 'string',
        value: 'DIR',
        help: 'where to put the project (default: ./pawl-demo, or the next free name)',
      },
    },
    load: () => import('./demo.ts'),
  },
  {
    name: 'init',
    args: '',
    summary: 'write a commented pawl.yaml for the project in this folder',
    options: {
      dir,
      panel: { type: 'boolean', help: 'only write the personas of the panel, to edit them' },
    },
    load: () => import('./init.ts'),
  },
  {
    name: 'adopt',
    args: '[tag]',
    summary: 'bring what a run kept to a branch of yours; your checkout stays as it is',
    detail:
      'Without --branch it makes adopted/<tag>, on top of your last commit; a branch that is there already is added to only\n' +
      'when you name it. Each commit says in trailers where it comes from and what it brought. What was not kept is taken\n' +
      'only when you agree. What is adopted is never removed by `pawl clean`.',
    options: {
      dir,
      json,
      only: {
        type: 'string',
        value: 'N,M',
        help: 'only these experiments, instead of all that the champion stands on',
      },
      all: { type: 'boolean', help: 'all that the champion stands on (as without --only)' },
      branch: {
        type: 'string',
        short: 'b',
        value: 'NAME',
        help: 'the branch, new or yours (not one that is checked out)',
      },
      squash: { type: 'boolean', help: 'one commit for all of them' },
      yes: { type: 'boolean', short: 'y', help: 'take also experiments that were not kept, without asking' },
    },
    load: () => import('./adopt.ts'),
  },
  {
    name: 'clean',
    args: '[tag]',
    summary: 'free what runs that are over still hold: worktrees, caches, logs, whole runs',
    detail:
      'Says what would go and asks first. A run that is going on, and what was adopted or pinned, always stays; so do your\n' +
      'own branches.',
    options: {
      dir,
      json,
      'dry-run': { type: 'boolean', help: 'only say what would go' },
      logs: { type: 'boolean', help: 'logs and outputs of experiments too (baseline and champion stay)' },
      outputs: { type: 'boolean', help: 'what experiments wrote to PAWL_OUT_DIR, and not their logs' },
      runs: { type: 'boolean', help: 'whole runs that have ended, with their refs and branch' },
      'keep-last': {
        type: 'string',
        value: 'N',
        help: 'leave the newest N runs alone (with --runs: 1 unless told)',
      },
      yes: { type: 'boolean', short: 'y', help: 'do not ask' },
    },
    load: () => import('./clean.ts'),
  },
  {
    name: 'doctor',
    args: '',
    summary: 'look whether a run could start here: git, config, Ollama, GPU, sandbox, disk, a dry baseline',
    detail:
      'Exit code 3 when a run could not start. Changes nothing; the command runs once, in a worktree that is removed.',
    options: {
      dir,
      json,
      quick: { type: 'boolean', help: 'without the dry baseline: do not run the command' },
    },
    load: () => import('./doctor.ts'),
  },
  {
    name: 'list',
    args: '[tag]',
    summary: 'list the experiments of a run',
    detail:
      'With --by: what each proposer, model, persona or family of changes brought and cost. Gains are those of what is still\n' +
      "kept, shrunk by the luck in them (winner's curse); a run of the champion to compare with is charged to nobody.",
    options: {
      dir,
      json,
      runs: { type: 'boolean', help: 'list the runs of the project instead' },
      by: { type: 'string', value: 'WHAT', help: 'sum up by proposer, model, persona or family instead' },
    },
    load: () => import('./list.ts'),
  },
  {
    name: 'show',
    args: '<n>',
    summary: 'show one experiment: hypothesis, diff, metrics, verdict and why, log tail',
    options: {
      dir,
      tag,
      talk: {
        type: 'boolean',
        help: 'also what the model was asked and what it answered, attempt by attempt',
      },
      json,
    },
    load: () => import('./show.ts'),
  },
  {
    name: 'revert',
    args: '<n>',
    summary: 'make experiment n (0 = baseline) the champion of the run that is going on',
    options: { dir },
    load: () => import('./revert.ts'),
  },
  {
    name: 'replay',
    args: '[tag]',
    summary: 'play a run again in the screen, at any speed; nothing can be changed',
    detail:
      'Space pauses, < and > change the speed, the arrows go from experiment to experiment, Home and End to the ends.\n' +
      'Without a terminal it tells the run as lines.',
    options: {
      dir,
      speed: { type: 'string', value: 'X', help: 'seconds of the run in a second (default: 60)' },
      theme: runOptions.theme!,
      ascii: runOptions.ascii!,
      'screen-reader': runOptions['screen-reader']!,
      headless: runOptions.headless!,
    },
    load: () => import('./replay.ts'),
  },
  {
    name: 'shot',
    args: '[tag]',
    summary: 'write the screen of a run as a picture (.svg, .png) or as text (.txt)',
    detail: 'A run that goes on is drawn as it is now, one that is over as it was at its end.',
    options: {
      dir,
      out: {
        type: 'string',
        short: 'o',
        value: 'FILE',
        help: "where to (default: the run's own folder, .svg)",
      },
      size: { type: 'string', value: 'CxR', help: 'columns and rows (default: 120x40)' },
      theme: runOptions.theme!,
      ascii: runOptions.ascii!,
    },
    load: () => import('./shot.ts'),
  },
  {
    name: 'answer',
    args: 'keep|discard',
    summary: 'answer a run that is held over a result too good to be true',
    options: { dir },
    load: () => import('./answer.ts'),
  },
  {
    name: 'keys',
    args: '',
    summary: 'list the keys of the screen',
    options: { json, markdown: { type: 'boolean', help: 'as a Markdown table, as shipped' } },
    load: () => import('./keys.ts'),
  },
];

/** Started by pawl itself, never by a user. */
export const innerCommands: Record<string, () => Promise<{ run(args: string[]): Promise<number> }>> = {
  __engine: () => import('./inner-engine.ts'),
  '__gpu-inventory': () => import('./inner-gpu-inventory.ts'),
};

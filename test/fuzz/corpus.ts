import { trainPy } from '../propose/surface-sample.ts';

export const surface: ReadonlyMap<string, string> = new Map([
  ['train.py', trainPy],
  ['lib/model.py', 'DEPTH = 4\nWIDTH: int = 64\nRATE = 3e-4\n\ndef build():\n    return [DEPTH] * WIDTH\n'],
  ['conf/run.yaml', 'lr: 0.01\nsteps: 100\nnested:\n  - {a: 1, b: 0x1F}\n'],
  ['win.py', 'A = 1\r\nB = 2\r\n'],
  ['empty.py', ''],
]);

export const surfaceGlobs = ['train.py', 'lib/**', 'conf/*.yaml', 'win.py', 'empty.py', 'new/*.py'];

/** Paths that lead somewhere else, or look as if they did. */
export const paths = [
  ...[
    'train.py',
    'lib/model.py',
    'model.py',
    './train.py',
    'lib//model.py',
    'new/a.py',
    'new/deep/b.py',
    'conf/x.yaml',
  ],
  ...[
    '../outside.py',
    '/etc/passwd',
    'lib/../../x',
    'lib/..',
    '..',
    '.',
    '',
    '~/.ssh/config',
    'C:\\x.py',
    '..\\x.py',
  ],
  ...[
    '.git/config',
    '.GIT/hooks/pre-commit',
    'lib/.git/config',
    '.gitattributes',
    'lib/.gitattributes',
    '.pawl/runs/x',
  ],
  ...[
    'pawl.yaml',
    'PAWL.YML',
    'lib/link/x.py',
    'lib/link',
    'new/\u202exyp.py',
    'new/a\nb.py',
    'new/a\x1b[2J.py',
    'new/',
  ],
  ...[
    'lib/.',
    'lib/./model.py',
    '`train.py`',
    '"train.py"',
    'train.py ',
    'TRAIN.PY',
    `new/${'a'.repeat(300)}.py`,
    'new/%2e%2e/x.py',
  ],
  ...[
    'file:train.py',
    'a/train.py',
    'b/lib/model.py',
    '\u2025/x.py',
    'lib/\uff0e\uff0e/x.py',
    'new/..py',
    'new/...',
  ],
];

const edit = (path: string, search: string, replace: string) =>
  `${path}\n<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`;

/** Replies as models give them, the good and the bad. */
export const replies = [
  `HYPOTHESIS: a higher rate\nEXPECT: -1%\nFAMILY: rate\n\n${edit('train.py', 'LEARNING_RATE = 0.01', 'LEARNING_RATE = 0.02')}`,
  `<think>\nlet me see\n</think>\nHYPOTHESIS: two\n${edit('lib/model.py', 'DEPTH = 4', 'DEPTH = 6')}${edit('train.py', 'BATCH = 32', 'BATCH = 64')}`,
  'HYPOTHESIS: constants\nSET LEARNING_RATE = 0.03\nSET WARMUP = 5\nSET DEPTH = 2 IN lib/model.py\n',
  'HYPOTHESIS: whole\nFILE: new/a.py\n```python\nprint("hi")\n```\n',
  'Sure! Here is the change:\n```diff\n--- a/train.py\n+++ b/train.py\n@@ -3,1 +3,1 @@\n-LEARNING_RATE = 0.01\n+LEARNING_RATE = 0.1\n```\n',
  '{"hypothesis": "json", "edits": [{"path": "train.py", "search": "WARMUP = 0", "replace": "WARMUP = 1"}]}',
  edit('../outside.py', '', 'owned'),
  edit('.git/hooks/post-checkout', '', '#!/bin/sh\nrm -rf ~'),
  'FILE: /etc/cron.d/x\n```\n* * * * * root sh\n```\n',
];

export const replyPieces = [
  ...[
    'HYPOTHESIS: ',
    'EXPECT: ',
    'FAMILY: ',
    'SET ',
    'FILE: ',
    'DELETE ',
    ' IN ',
    ' = ',
    'LEARNING_RATE',
    'DEPTH',
    '0.5',
    '1e999',
  ],
  ...[
    '<<<<<<< SEARCH\n',
    '=======\n',
    '>>>>>>> REPLACE\n',
    '<<<<<<<',
    '=======',
    '>>>>>>>',
    '```',
    '```python\n',
    '```diff\n',
    '~~~\n',
  ],
  ...[
    '<think>',
    '</think>',
    '<|im_end|>',
    '<edit>',
    '</edit>',
    '<file path="train.py">',
    '{"edits":[',
    ']}',
    '\n',
    '\n\n',
    ' ',
    '    ',
  ],
  ...[
    '--- a/train.py\n',
    '+++ b/train.py\n',
    '@@ -1,3 +1,3 @@\n',
    '+x = 1\n',
    '-import math\n',
    ' import math\n',
    'import math\n',
  ],
  ...paths,
];

export const logs = [
  'step 00001 | loss: 2.01 | lr: 0.1\rstep 00002 | loss: 1.99 | lr: 0.1\nMETRIC val_bpb=0.97\nval_bpb: 0.971\npeak_vram_mb: 45060.2\n',
  'Epoch 1/10: 100%|##########| 10/10 [00:01<00:00, 9.9it/s, loss=0.5]\nTraceback (most recent call last):\n  File "x.py", line 1\nRuntimeError: CUDA out of memory\n',
  '{"step": 1, "loss": 2.0}\n{"step": 2, "loss": NaN}\nMETRIC a=1 METRIC b=2\n__proto__: 3\nconstructor: 4\n',
  'METRIC val_bpb=-inf\nMETRIC val_bpb = 1_000.5e-3\nMETRIC \x1b]0;x\x07=3\n',
];

export const logPieces = [
  ...[
    'METRIC ',
    'val_bpb',
    '=',
    ': ',
    '0.97',
    'nan',
    '-inf',
    '1e400',
    '9'.repeat(400),
    'loss',
    'step ',
    'Epoch ',
    '1/10',
    '%',
    '|',
  ],
  ...[
    '\n',
    '\r',
    '\r\n',
    ' ',
    '\t',
    'RuntimeError: ',
    'Traceback',
    'FAIL',
    '{"step":',
    '}',
    '_',
    '.',
    '-',
    'e',
    '=',
    'a'.repeat(3000),
  ],
];

export const configs = [
  'command: python train.py\nsurface: [train.py]\nmetric: {name: val_bpb, direction: minimize}\n',
  'goal: x\ninstructions: program.md\nsurface: "*.py"\ncommand: "true"\ncheck: "true"\nbudget: 5m\ntimeout: 10m\nmetric: val_bpb\nguards: [{name: a, max: 1}, {name: b, worse_by: 1%}]\nprogress: auto\nstrictness: careful\nproposer: tuner\nmodel: {name: auto, num_ctx: auto}\nstop: {experiments: 3, after: 1h}\nsandbox: off\nlink: [data]\n',
  'command: &a x\nsurface: *a\nmetric: *a\n',
  'command: !!binary aGk=\nsurface: {a: b}\nmetric: [1, 2]\n',
];

export const configPieces = [
  ...[
    'command',
    'surface',
    'metric',
    'budget',
    'guards',
    'model',
    'stop',
    'name',
    'pattern',
    'experiments',
    'comand',
    '__proto__',
  ],
  ...[
    ': ',
    ':\n',
    '\n',
    '  ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '"',
    "'",
    '|\n',
    '>\n',
    '&a ',
    '*a',
    '<<: ',
    '# ',
    '---\n',
    '...\n',
    '? ',
  ],
  ...[
    '5m',
    '1h30m',
    '-1',
    '1e9',
    '0x1f',
    'true',
    'null',
    '~',
    '(a+)+$',
    '[',
    '%',
    '1%',
    '.inf',
    '!!str ',
    '!!js/function ',
    'x',
  ],
];

export const diffs = [
  'diff --git a/train.py b/train.py\nindex 1..2 100644\n--- a/train.py\n+++ b/train.py\n@@ -1,3 +1,3 @@ def x():\n import math\n-A = 1\n+A = 2\n B\n',
  'diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+hi\n\\ No newline at end of file\n',
  'diff --git "a/\\303\\274.py" "b/\\303\\274.py"\nBinary files differ\n',
];

export const diffPieces = [
  ...[
    'diff --git a/x b/x\n',
    '--- a/x\n',
    '+++ b/x\n',
    '+++ /dev/null\n',
    '@@ -1 +1 @@\n',
    '@@ -1,9999999999 +0,0 @@\n',
    '@@ -',
    ' @@',
  ],
  ...['+', '-', ' ', '\n', '\\ No newline at end of file\n', '+a b c\n', '-a b d\n', ' c\n', '+\n', '-\n'],
];

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findConstants, setConstant } from '../../src/propose/constants.ts';

const found = (text: string, path?: string) => findConstants(text, path).map((c) => [c.name, c.value]);

describe('findConstants', () => {
  const one: [string, string, string, [string, number][]][] = [
    ['Python', 'a.py', 'LR = 3e-4  # not 5', [['LR', 3e-4]]],
    [
      'Python types',
      'a.py',
      'LR: float = .5\nN: Final[int] = 1_000_000',
      [
        ['LR', 0.5],
        ['N', 1_000_000],
      ],
    ],
    [
      'Python power',
      'a.py',
      'TOTAL = 2**19 # ~524K tokens\nB = 40 * 524288\nC = 2 * 3 ** 2',
      [
        ['TOTAL', 524288],
        ['B', 40 * 524288],
        ['C', 18],
      ],
    ],
    [
      'JS',
      'a.mjs',
      'export const LR = 0.01; // x\nlet x = 4, y = 5\n',
      [
        ['LR', 0.01],
        ['x', 4],
        ['y', 5],
      ],
    ],
    [
      'TS',
      'a.ts',
      'export const LR: number = 0.01;\nconst N = 1 << 16;\nconst M = 7 as const;',
      [
        ['LR', 0.01],
        ['N', 65536],
        ['M', 7],
      ],
    ],
    [
      'C',
      'a.c',
      '#define N 3\n#define LR (0.5f)\nstatic const float A = 1.5f;\nunsigned long B = 7UL;\n',
      [
        ['N', 3],
        ['LR', 0.5],
        ['A', 1.5],
        ['B', 7],
      ],
    ],
    [
      'C++',
      'a.cpp',
      'namespace x {\n  constexpr int TILE = 32;\n}\nconst std::size_t n = 4;',
      [
        ['TILE', 32],
        ['n', 4],
      ],
    ],
    [
      'Rust',
      'a.rs',
      "pub const LR: f32 = 3e-4_f32;\nstatic N: usize = 1_000;\nfn f<'a>() { let x = 3; }",
      [
        ['LR', 3e-4],
        ['N', 1000],
      ],
    ],
    [
      'Go',
      'a.go',
      'package main\nconst LR = 0.1\nvar n int = 3\nconst (\n\tA = 1\n\tB float64 = 2.5\n)\nfunc f() {\n\tx := 3\n}',
      [
        ['LR', 0.1],
        ['n', 3],
        ['A', 1],
        ['B', 2.5],
      ],
    ],
    [
      'Julia',
      'a.jl',
      'const LR = 2^3\nN::Int = 4\n#= K = 9 =#\nfor i = 1:10\nend',
      [
        ['LR', 8],
        ['N', 4],
      ],
    ],
    [
      'Lua',
      'a.lua',
      'local LR = 0.1 -- K = 3\nN = 2^4\nfor i = 1, 10 do end\n--[[ Q = 3\nR = 4 ]]',
      [
        ['LR', 0.1],
        ['N', 16],
      ],
    ],
    [
      'R',
      'a.R',
      'lr <- 0.1\nn = 5L',
      [
        ['lr', 0.1],
        ['n', 5],
      ],
    ],
    [
      'shell',
      'a.sh',
      'LR=0.1\nexport N=3 # x\nURL=http://x#3',
      [
        ['LR', 0.1],
        ['N', 3],
      ],
    ],
    [
      'Java',
      'A.java',
      'class A {\n  public static final int DEPTH = 3;\n  void f() { int x = 3; }\n}',
      [['DEPTH', 3]],
    ],
    [
      'YAML',
      'a.yaml',
      'lr: 0.1 # x\nmodel:\n  depth: 4\nname: x3\nat: 12:30',
      [
        ['lr', 0.1],
        ['depth', 4],
      ],
    ],
    [
      'TOML',
      'a.toml',
      '[opt]\nlr = 1e-3\nname = "3"\nn-layers = 4',
      [
        ['lr', 1e-3],
        ['n-layers', 4],
      ],
    ],
    [
      'JSON',
      'a.json',
      '{"lr": 0.1, "net": {"depth": 4},\n "note": "lr: 3"}',
      [
        ['lr', 0.1],
        ['depth', 4],
      ],
    ],
  ];
  for (const [language, path, text, expected] of one) {
    it(language, () => {
      expect(found(text, path)).toEqual(expected);
      expect(found(text.replaceAll('\n', '\r\n'), path)).toEqual(expected);
    });
  }

  const none: [string, string, string][] = [
    ['a string over lines', 'a.py', '"""\nLR = 3\n"""'],
    ['a comment over lines', 'a.js', '/*\nconst LR = 3;\n*/'],
    ['a template', 'a.js', 'const t = `\nconst LR = 3;\n`;'],
    ['hex and octal', 'a.c', 'int a = 0x10;\nint b = 007;\nint c = 0b1;'],
    ['a comparison', 'a.py', 'LR == 3\nif x == 3: y = 4\nassert x, 3'],
    ['an expression of names', 'a.py', 'A = 3 * B\nC = 3 + 4\nD = f(3)\nE = 3 if x else 4\nF = 1, 2'],
    ['an indented one', 'a.py', 'def f():\n    LR = 3\nif x:\n    N = 4'],
    ['a keyword argument', 'a.py', 'f(\nlr=3,\nn=4\n)'],
    ['a function local', 'a.js', 'function f() {\n  const lr = 3;\n}'],
    ['a loop index', 'a.js', 'for (let i = 0; i < 3; i++) {}\nfor (\n  let j = 0;\n  j < 3;\n) {}'],
    ['a counter', 'a.js', 'let step = 0;\nfunction f() { step += 1; }\nlet k = 1;\nk++;'],
    ['a Python counter', 'a.py', 'total = 0\nwhile True:\n    total = total + 1'],
    ['an arrow', 'a.js', 'const f = (x = 3) => x;\nx => 3'],
    ['a range', 'a.rs', 'const R: Range = 0..10;'],
    ['a version or date', 'a.yaml', 'version: 1.2.3\ndate: 2024-01-02'],
  ];
  for (const [what, path, text] of none)
    it(`leaves out ${what}`, () => expect(found(text, path)).toEqual([]));

  it('guesses the language without a path', () => {
    expect(found('# LR = 3\nimport os\nLR = 4 # x')).toEqual([['LR', 4]]);
    expect(found('// const LR = 3;\nconst LR = 4; // x')).toEqual([['LR', 4]]);
    expect(found('#include <x.h>\n#define LR 4\nint n = 3;')).toEqual([
      ['LR', 4],
      ['n', 3],
    ]);
    expect(found('-- LR = 3\nlocal LR = 4 -- x')).toEqual([['LR', 4]]);
    expect(found('LR = 4')).toEqual([['LR', 4]]);
  });

  it('is not led astray by quotes', () => {
    const text =
      "const a = /[`'\"]/;\nconst LR = 3;\nconst b = 'don\\'t';\nconst N = 4; // don't\nconst M = 5;";
    expect(found(text, 'a.js')).toEqual([
      ['LR', 3],
      ['N', 4],
      ['M', 5],
    ]);
    expect(found("fn f<'a>(x: &'a str) {}\nconst C: char = '\"';\nconst N: u32 = 3;", 'a.rs')).toEqual([
      ['N', 3],
    ]);
  });

  it('says where, and whether it is whole', () => {
    const text = 'A = 1.5\nB = 64';
    expect(findConstants(text, 'a.py')).toEqual([
      { name: 'A', value: 1.5, raw: '1.5', line: 1, start: 4, end: 7, integer: false },
      { name: 'B', value: 64, raw: '64', line: 2, start: 12, end: 14, integer: true },
    ]);
    expect(findConstants('float x = 3;', 'a.c')[0]!.integer).toBe(false);
    expect(findConstants('X = 2.0**3', 'a.py')[0]!.integer).toBe(false);
  });

  it('takes any text without harm, in time', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.constantFrom('a.py', 'a.js', 'a.rs', 'a.json', undefined),
        (text, path) => {
          for (const c of findConstants(text, path)) expect(text.slice(c.start, c.end)).toBe(c.raw);
        },
      ),
      { numRuns: 500 },
    );
    const began = process.cpuUsage();
    for (const line of [
      'a '.repeat(50_000),
      '((((('.repeat(20_000),
      '** '.repeat(30_000),
      'a::b<c, '.repeat(15_000),
      `"${'\\'.repeat(99_999)}`,
      `${'x = 3; '.repeat(12_000)}`,
    ])
      for (const path of ['a.js', 'a.py', 'a.go', 'a.json', undefined]) findConstants(line, path);
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(3000);
  });
});

describe('setConstant', () => {
  const set = (text: string, name: string, value: string, path?: string) => {
    const result = setConstant(text, name, value, path);
    return result.ok ? result.text : `refused: ${result.why}`;
  };
  const cases: [string, string, string, string, string][] = [
    ['a.py', 'LR   =  3e-4   # was 1e-3', 'LR', '0.01', 'LR   =  0.01   # was 1e-3'],
    ['a.c', 'const float A = 0.5f; // f', 'A', '0.75', 'const float A = 0.75f; // f'],
    ['a.c', 'const float A = 0.5f;', 'A', '1', 'const float A = 1.0f;'],
    ['a.c', 'const float A = 0.5f;', 'A', '0.25f', 'const float A = 0.25f;'],
    ['a.c', '#define N (64L)  /* x */', 'N', '128', '#define N (128L)  /* x */'],
    ['a.rs', 'const LR: f32 = 3e-4_f32;', 'LR', '1e-3', 'const LR: f32 = 1e-3_f32;'],
    ['a.rs', 'const LR: f32 = 0.5;', 'LR', '1', 'const LR: f32 = 1.0;'],
    ['a.py', 'N = 2**16\r\nM = 3\r\n', 'N', '2**17', 'N = 2**17\r\nM = 3\r\n'],
    ['a.js', 'let a = 1, b = 2; // a = 1', 'b', '-3.5', 'let a = 1, b = -3.5; // a = 1'],
    ['a.py', 'step = 0\nstep += 1', 'step', '5', 'step = 5\nstep += 1'],
    ['a.py', 'PATTERN = "SSSL"', 'PATTERN', '"L"', 'PATTERN = "L"'],
    ['a.py', 'USE = True', 'USE', 'false', 'USE = False'],
    ['a.py', 'BETAS = (0.8, 0.95)', 'BETAS', '(0.9, 0.99)', 'BETAS = (0.9, 0.99)'],
    ['a.py', 'CLIP = None', 'CLIP', '1.0', 'CLIP = 1.0'],
    ['a.yaml', 'a:\n  lr: 0.1 # x', 'lr', '0.2', 'a:\n  lr: 0.2 # x'],
    ['a.json', '{"lr": 0.1}', 'lr', '0.2', '{"lr": 0.2}'],
    ['a.py', 'N = 3', 'N', '1e-3 / 2', 'N = 1e-3 / 2'],
  ];
  for (const [path, text, name, value, expected] of cases)
    it(`${text.replace(/\r?\n/g, ' | ')}  <-  ${value}`, () =>
      expect(set(text, name, value, path)).toBe(expected));

  it('refuses what would break or change more', () => {
    expect(set('int n = 3;', 'n', '2.5', 'a.c')).toMatch(/refused: n is 3: its type takes whole numbers/);
    expect(set('N = 3', 'N', '"x"', 'a.py')).toMatch(/refused/);
    for (const evil of [
      '3\nimport os',
      '3; x = 4',
      '3 # x',
      '__import__("os")',
      '3 // 4',
      '1e',
      '(3',
      '',
      '--3',
      '3 /* x',
    ])
      expect(set('N = 3', 'N', evil, 'a.py')).toMatch(/refused/);
    expect(set('N = 3\nN = 4', 'N', '5', 'a.py')).toBe('refused: N is there 2 times (lines 1, 2)');
  });

  it('offers near names', () => {
    const text = 'LEARNING_RATE = 3\nBATCH_SIZE = 4\nDEPTH = 5';
    expect(setConstant(text, 'learning_rate', '1')).toMatchObject({
      ok: false,
      candidates: ['LEARNING_RATE'],
    });
    expect(setConstant(text, 'BATCH', '1')).toMatchObject({ candidates: ['BATCH_SIZE'] });
    expect(setConstant(text, 'DEPHT', '1')).toMatchObject({ candidates: ['DEPTH'] });
    expect(setConstant(text, 'd_model', '1')).toMatchObject({ candidates: [] });
  });

  it('round-trips any number, and changes nothing else', () => {
    const name = fc.constantFrom('A', 'B', 'C');
    fc.assert(
      fc.property(name, fc.double({ noNaN: true, noDefaultInfinity: true }), (which, x) => {
        const text =
          '# head\nA   = 1.5   # A = 9\nB: float = -2e-3\n  # C\nC = 40 * 3 ; D = 4\n"""\nA = 4\n"""\n';
        const value = Object.is(x, -0) ? '0' : String(x);
        const result = setConstant(text, which, value, 'a.py');
        if (!result.ok) throw new Error(result.why);
        const back = findConstants(result.text, 'a.py').find((c) => c.name === which)!;
        expect(back.value).toBe(Number(value));
        const undone = setConstant(result.text, which, result.from, 'a.py');
        expect(undone.ok && undone.text).toBe(text);
      }),
    );
  });
});

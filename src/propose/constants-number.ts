// Numbers as source code writes them: underscores, exponents, products and powers, suffixes of the type.

export interface NumberText {
  value: number;
  /** As written, without suffix. */
  raw: string;
  suffix: string;
  integer: boolean;
}

// Not hex, octal or binary, and no leading zero: those are masks and modes, not quantities.
const literal = String.raw`(?:(?!0[xXbBoO\d_])\d+(?:_\d+)*(?:\.(?!\.)(?:\d+(?:_\d+)*)?)?|\.\d+)(?:[eE][-+]?\d+)?`;
const suffixes = '(?:_?(?:f(?:16|32|64)|[iu](?:8|16|32|64|128|size))|[uU]?[lL]{1,2}[uU]?|[fFuUn])?';
const one = new RegExp(`([-+]?${literal})(${suffixes})(?![\\w.])`, 'y');
const operator = /[ \t]*(\*\*|\*|<<|\^)[ \t]*/y;
const term = new RegExp(`(${literal})(?![\\w.])`, 'y');

/** The number, or the product, power or shift of numbers, that starts at `at`. `caret`: `^` is a power here. */
export function numberAt(code: string, at: number, caret: boolean): (NumberText & { end: number }) | null {
  one.lastIndex = at;
  const first = one.exec(code);
  if (!first) return null;
  const raw = first[1]!;
  const alone = {
    value: literalValue(raw),
    raw,
    suffix: first[2]!,
    integer: isWhole(raw),
    end: at + first[0].length,
  };
  if (!Number.isFinite(alone.value)) return null;
  const terms = [alone.value];
  const operators: string[] = [];
  let end = at + first[0].length;
  let integer = alone.integer;
  for (;;) {
    operator.lastIndex = end;
    const op = operator.exec(code);
    if (!op || (op[1] === '^' && !caret)) break;
    term.lastIndex = end + op[0].length;
    const next = term.exec(code);
    if (!next) break;
    operators.push(op[1] === '^' ? '**' : op[1]!);
    terms.push(literalValue(next[1]!));
    integer &&= isWhole(next[1]!);
    end = term.lastIndex;
  }
  if (operators.length === 0) return alone;
  // `-2 ** 2` is 4, -4 or an error, depending on the language.
  if (/^[-+]/.test(raw) || first[2] !== '') return null;
  const value = evaluate(terms, operators);
  return Number.isFinite(value) ? { value, raw: code.slice(at, end), suffix: '', integer, end } : null;
}

/** The value of a number or simple expression standing alone; null for anything else. */
export function numberOf(text: string): NumberText | null {
  const trimmed = text.trim();
  const found = numberAt(trimmed, 0, false);
  return found && found.end === trimmed.length ? found : null;
}

function literalValue(raw: string): number {
  return Number(raw.replaceAll('_', ''));
}

function isWhole(raw: string): boolean {
  return /^[-+]?[\d_]+$/.test(raw);
}

// Powers bind first and from the right, then products, then shifts.
function evaluate(terms: readonly number[], operators: readonly string[]): number {
  const values = [...terms];
  const ops = [...operators];
  for (let i = ops.length - 1; i >= 0; i--)
    if (ops[i] === '**') {
      values.splice(i, 2, values[i]! ** values[i + 1]!);
      ops.splice(i, 1);
    }
  for (let i = 0; i < ops.length; )
    if (ops[i] === '*') {
      values.splice(i, 2, values[i]! * values[i + 1]!);
      ops.splice(i, 1);
    } else i++;
  return values.reduce((sum, v) => sum * 2 ** v);
}

import { clean, cleanLines } from '../protocol/clean.ts';
import type { Finding, Level } from '../protocol/findings.ts';

export interface FindingLook {
  /** Columns of a line. */
  width: number;
  colour: boolean;
  /** Signs beyond ASCII. */
  unicode: boolean;
}

const signs: Record<Level, { unicode: string; ascii: string; sgr: string }> = {
  ok: { unicode: '✓', ascii: '+', sgr: '32' },
  warn: { unicode: '!', ascii: '!', sgr: '33' },
  fail: { unicode: '✗', ascii: 'x', sgr: '1;31' },
};
const areaWidth = 9;
const indent = 2 + 1 + 1 + areaWidth + 1;

/** Findings as aligned lines: a sign, the area (once), the sentence, and what to do under it. */
export function findingLines(findings: readonly Finding[], look: FindingLook): string[] {
  return findings.flatMap((finding, i) => {
    const sign = signs[finding.level];
    const first = findings[i - 1]?.area !== finding.area;
    const paint = (sgr: string, text: string) => (look.colour ? `\x1b[${sgr}m${text}\x1b[0m` : text);
    const mark = paint(sign.sgr, look.unicode ? sign.unicode : sign.ascii);
    const area = paint('2', (first ? finding.area : '').padEnd(areaWidth));
    const [head = '', ...rest] = wrapped(clean(finding.what), look.width - indent);
    const blank = ' '.repeat(indent);
    const arrow = look.unicode ? '→ ' : '> ';
    const fixes = cleanLines(finding.fix ?? '').filter((line) => line !== '');
    return [
      `  ${mark} ${area} ${head}`,
      ...rest.map((line) => blank + line),
      ...fixes.flatMap((fix, at) =>
        wrapped(fix, look.width - indent - 2).map(
          (line, k) => blank + paint('36', `${at === 0 && k === 0 ? arrow : '  '}${line}`),
        ),
      ),
    ];
  });
}

/** `9 fine, 1 warning, 1 failure: a run could not start` */
export function findingSummary(findings: readonly Finding[]): string {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const [fine, warnings, failures] = [count('ok'), count('warn'), count('fail')];
  const parts = [
    `${fine} fine`,
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
    ...(failures > 0 ? [`${failures} ${failures === 1 ? 'failure' : 'failures'}`] : []),
  ];
  const verdict = failures > 0 ? 'a run could not start' : 'ready to run';
  return `${parts.join(', ')}: ${verdict}`;
}

/** Breaks at blanks; a word longer than a line stays whole, so that a path or a command can be copied. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = /^ */.exec(text)![0];
  let empty = true;
  for (const word of text.trim().split(/ +/)) {
    if (!empty && line.length + 1 + word.length > Math.max(20, width)) {
      lines.push(line);
      line = word;
    } else line = empty ? line + word : `${line} ${word}`;
    empty = false;
  }
  return [...lines, line];
}

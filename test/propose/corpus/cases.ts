import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// Replies as small local models write them, with what must come of each. The files beside this one hold them:
//   @@@@ style NAME
//   @@@@ case NAME FILE...   the surface, from surfaces/FILE.txt; `crlf`: with \r\n
//   @@@@ done REASON         done_reason, when it is not `stop` (`unknown`: null)
//   @@@@ escaped             \u{..} in the texts stands for that character
//   @@@@ want applied | refused CODE
//   hunks of whole lines that are in the file exactly once: ` ` as it is, `-` out, `+` in; `~` starts another hunk
//   @@@@ why REMARK
//   @@@@ reply               and then the reply

export interface ReplyCase {
  style: string;
  name: string;
  surface: Map<string, string>;
  reply: string;
  doneReason: string | null;
  /** The changed files, whole text each, or the refusal's code. */
  want: { files: Map<string, string> } | { code: string };
}

const folder = import.meta.dirname;

/** All cases, file by file. @throws Error when a case is not written well */
export function replyCases(): ReplyCase[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .flatMap((name) => casesOf(readFileSync(join(folder, name), 'utf8')));
}

function casesOf(text: string): ReplyCase[] {
  const cases: ReplyCase[] = [];
  let style = '';
  for (const part of text.split(/^@@@@ (?=style|case)/m).slice(1)) {
    const [first, ...lines] = part.replace(/\n$/, '').split('\n');
    if (first!.startsWith('style ')) style = first!.slice(6);
    else cases.push(caseOf(style, first!.slice(5), lines));
  }
  return cases;
}

function caseOf(style: string, title: string, lines: string[]): ReplyCase {
  const words = title.split(' ');
  let at = words.length;
  while (at > 0 && /\.(py|mjs|go)$/.test(words[at - 1]!)) at--;
  const name = words.slice(0, at).join(' ');
  const replyAt = lines.indexOf('@@@@ reply');
  const heads = lines.slice(0, replyAt);
  const has = (word: string) =>
    heads
      .find((l) => l.startsWith(`@@@@ ${word}`))
      ?.slice(5 + word.length)
      .trim();
  const plain = has('escaped') === undefined ? (t: string) => t : decoded;
  const base = new Map(
    words.slice(at).map((f) => [f, readFileSync(join(folder, 'surfaces', `${f}.txt`), 'utf8')] as const),
  );
  const wanted = has('want') ?? '';
  const hunks = heads.filter((l) => !l.startsWith('@@@@ ')).map(plain);
  const eol = (t: string) => (has('crlf') === undefined ? t : t.replaceAll('\n', '\r\n'));
  const ended = (files: Map<string, string>) => new Map([...files].map(([f, t]) => [f, eol(t)]));
  const done = has('done') ?? 'stop';
  if (!wanted || replyAt < 0 || base.size === 0) throw new Error(`case "${name}" lacks a part`);
  return {
    style,
    name,
    surface: ended(base),
    reply: plain(lines.slice(replyAt + 1).join('\n')),
    doneReason: done === 'unknown' ? null : done,
    want: wanted.startsWith('refused ')
      ? { code: wanted.slice(8) }
      : { files: ended(changed(name, base, hunks)) },
  };
}

/** The files that the hunks change. */
function changed(name: string, base: Map<string, string>, lines: string[]): Map<string, string> {
  const files = new Map<string, string>();
  let file = [...base.keys()][0]!;
  let hunk: string[] = [];
  const close = () => {
    if (hunk.length === 0) return;
    const side = (mark: string) =>
      hunk
        .filter((l) => l.startsWith(' ') || l.startsWith(mark))
        .map((l) => `${l.slice(1)}\n`)
        .join('');
    const text = files.get(file) ?? base.get(file)!;
    const pieces = `\n${text}`.split(`\n${side('-')}`);
    if (pieces.length !== 2)
      throw new Error(`case "${name}": a hunk is in ${file} ${pieces.length - 1} times`);
    files.set(file, pieces.join(`\n${side('+')}`).slice(1));
    hunk = [];
  };
  for (const line of lines) {
    if (line === '~' || line.startsWith('file ')) {
      close();
      if (line !== '~') file = line.slice(5);
    } else hunk.push(line);
  }
  close();
  if (files.size === 0) throw new Error(`case "${name}" applies nothing`);
  return files;
}

function decoded(text: string): string {
  return text.replace(/\\u\{([\da-f]+)\}/g, (_m, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}

import { type Document, isAlias, LineCounter, parseDocument, visit } from 'yaml';

/** A YAML file as parsed: its places, and its plain values. */
export interface ReadYaml {
  doc: Document;
  lines: LineCounter;
  plain: unknown;
}

/**
 * Reads YAML. Never throws.
 * @returns what it says, or the first thing that is wrong with it as `name:line:column: what`.
 */
export function readYaml(text: string, name: string): ReadYaml | { problem: string } {
  const lines = new LineCounter();
  // Its warnings go straight to the terminal, with the text of the file in them.
  const doc = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'error',
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const bad = doc.errors[0];
  if (bad) {
    const hint = inPlainWords(bad.code, bad.message);
    return {
      problem: `${at(bad.pos[0])}: this is not valid YAML: ${bad.message}${hint === null ? '' : `. ${hint}`}`,
    };
  }
  try {
    return { doc, lines, plain: doc.toJS() as unknown };
  } catch (error) {
    // Parsing is not all: an alias without its anchor, or aliases of aliases that would fill the memory.
    return { problem: `${at(unresolved(doc))}: this is not valid YAML: ${(error as Error).message}` };
  }
}

/** What a user does about it, for the mistakes that people make; null for the others. */
function inPlainWords(code: string, message: string): string | null {
  if (/nested mapping/i.test(message))
    return 'A second `key: ` stands on the same line: put it on a line of its own, or the text in quotes ("a: b")';
  if (/tabs/i.test(message)) return 'Indent with spaces';
  if (/closing .*quote/i.test(message)) return 'A quote was opened and not closed';
  if (/cannot start with/i.test(message)) return 'Put the text in quotes';
  if (/must be unique/i.test(message)) return 'This key is there twice: remove one of them';
  if (/must be sufficiently indented and end with/i.test(message))
    return 'A bracket was opened and not closed';
  if (/single line|followed by map values/i.test(message) || code === 'BLOCK_AS_IMPLICIT_KEY')
    return 'Each line is `key: value`, and what belongs to a key stands below it, indented';
  return null;
}

/** Where the first alias stands that names nothing; the start when there is none. */
function unresolved(doc: Document): number {
  let offset = 0;
  visit(doc, (_key, node) => {
    if (!isAlias(node) || node.resolve(doc)) return undefined;
    offset = node.range?.[0] ?? 0;
    return visit.BREAK;
  });
  return offset;
}

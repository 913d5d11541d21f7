import { parseDocument } from 'yaml';
import type { ChangedText, StaticFault } from './changed-text.ts';

/** Larger ones are not parsed in this process. Characters. */
const longestJson = 1_000_000;
/**
 * All YAML of one check, before and after together: the engine can do nothing else meanwhile. Of some forty kinds of odd
 * text, the slowest of 16,000 characters (nothing but commas) took 170 ms of a cold parser; plain keys and values 110 ms.
 */
const mostYaml = 32_000;

/** JSON and YAML files that could be parsed before a change and cannot after it. Others are not looked at. */
export function dataFaults(changes: readonly ChangedText[]): StaticFault[] {
  let yamlLeft = mostYaml;
  return changes.flatMap(({ path, before, after }) => {
    const json = /\.json$/i.test(path);
    const parse = json ? jsonFault : /\.ya?ml$/i.test(path) ? yamlFault : null;
    const longest = json ? longestJson : mostYaml / 2;
    if (parse === null || after.length > longest) return [];
    if (!json) {
      const size = (before?.length ?? 0) + after.length;
      if (size > yamlLeft) return [];
      yamlLeft -= size;
    }
    // Comments in JSON, templates in YAML: what was no plain data before is not judged.
    if (before !== null && (before.length > longest || parse(before) !== null)) return [];
    const fault = parse(after);
    return fault === null ? [] : [{ path, ...fault }];
  });
}

type Fault = Pick<StaticFault, 'line' | 'what'>;

function jsonFault(text: string): Fault | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const { message } = error as Error;
    const at = /position (\d+)/.exec(message)?.[1];
    const line = at === undefined ? null : text.slice(0, Number(at)).split('\n').length;
    return { line, what: `not JSON: ${message.slice(0, 160)}` };
  }
}

function yamlFault(text: string): Fault | null {
  // Pretty errors quote the text for each of thousands, and unique keys are looked for in quadratic time.
  const [error] = parseDocument(text, { prettyErrors: false, uniqueKeys: false }).errors;
  if (!error) return null;
  return {
    line: text.slice(0, error.pos[0]).split('\n').length,
    what: `not YAML: ${error.message.split('\n')[0]!.slice(0, 160)}`,
  };
}

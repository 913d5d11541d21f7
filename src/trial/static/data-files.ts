import { parseDocument } from 'yaml';
import type { ChangedText, StaticFault } from './changed-text.ts';

/**
 * Larger ones are not parsed in this process. Characters. JSON is quick; some YAML of a hundred thousand characters takes
 * seconds, and the engine can do nothing else meanwhile.
 */
const longestJson = 1_000_000;
const longestYaml = 40_000;

/** JSON and YAML files that could be parsed before a change and cannot after it. Others are not looked at. */
export function dataFaults(changes: readonly ChangedText[]): StaticFault[] {
  return changes.flatMap(({ path, before, after }) => {
    const json = /\.json$/i.test(path);
    const parse = json ? jsonFault : /\.ya?ml$/i.test(path) ? yamlFault : null;
    const longest = json ? longestJson : longestYaml;
    if (parse === null || after.length > longest) return [];
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
  const [error] = parseDocument(text, { prettyErrors: true, uniqueKeys: false }).errors;
  if (!error) return null;
  return {
    line: error.linePos?.[0].line ?? null,
    what: `not YAML: ${error.message.split('\n')[0]!.slice(0, 160)}`,
  };
}

import { deflateSync } from 'node:zlib';
import type { Walls } from '../box.ts';
import { runCheck } from '../check.ts';
import { type ChangedText, onlyNumbersDiffer, type StaticFault } from './changed-text.ts';
import { dataFaults } from './data-files.ts';
import { nodeScript } from './node-script.ts';
import { pythonScript } from './python-script.ts';

/** A look takes a tenth of a second; a text that takes longer is not judged. ms. */
const patienceMs = 10_000;
/** One argument of a command may have 128 KiB, the script among it. */
const longestArgument = 100_000;

export interface StaticPlace {
  cwd: string;
  walls: Walls;
  env: Record<string, string>;
  signal: AbortSignal;
}

/**
 * The classic crashes that a change brings in, found without running it: what cannot be parsed any more, and Python
 * names that nothing defines. Only what was in order before is judged, by the tools that the machine has; a missing,
 * slow or confused tool finds nothing.
 * @param command the project's own: says which Python
 */
export async function staticFaults(
  changes: readonly ChangedText[],
  command: string,
  place: StaticPlace,
): Promise<StaticFault[]> {
  const doubtful = changes.filter((change) => change.before !== change.after && !onlyNumbersDiffer(change));
  const faults = dataFaults(doubtful);
  const python = doubtful.filter(({ path }) => /\.(?:py|toml)$/i.test(path));
  const script = doubtful.filter(({ path }) => /\.(?:[cm]?[jt]s|[jt]sx)$/i.test(path));
  if (python.length > 0)
    faults.push(...(await look(`${pythonOf(command)} -I -S -c '${pythonScript}'`, python, place)));
  if (script.length > 0) {
    const node = `'${process.execPath.replaceAll("'", "'\\''")}' --no-warnings --experimental-vm-modules -e`;
    faults.push(...(await look(`${node} '${nodeScript}'`, script, place, ranByNode(command, script))));
  }
  return faults;
}

/** The TypeScript file that the command hands to Node as it is; empty when it is none of these, or something helps Node. */
function ranByNode(command: string, files: readonly { path: string }[]): string {
  const named = /(?:^|[\s;&|(/])node\s+(?:--no-warnings\s+)?([\w./-]+\.[cm]?ts)(?=\s|$)/.exec(command)?.[1];
  return named === undefined
    ? ''
    : (files.find(({ path }) => path === named.replace(/^(?:\.\/)+/, ''))?.path ?? '');
}

/** The Python that runs the project, as far as the command tells; else the environment that uv and others make. */
export function pythonOf(command: string): string {
  const named = /(?:^|[\s;&|(])((?:[\w.~-]*\/)*python[\d.]*)(?=\s|$)/.exec(command)?.[1];
  if (named) return named;
  return '$(for p in .venv/bin/python venv/bin/python python3; do if command -v "$p" >/dev/null; then echo "$p"; break; fi; done)';
}

async function look(
  tool: string,
  changes: readonly ChangedText[],
  { cwd, walls, env, signal }: StaticPlace,
  more = '',
): Promise<StaticFault[]> {
  const texts = deflateSync(JSON.stringify(changes)).toString('base64');
  if (texts.length + tool.length > longestArgument) return [];
  const { ok, tail } = await runCheck(`${tool} ${texts} '${more}'`, cwd, patienceMs, env, signal, walls);
  if (!ok || tail.at(-1)?.trim() !== 'LOOKED') return [];
  return tail.flatMap((line) => {
    if (!line.startsWith('FAULT ')) return [];
    try {
      return [JSON.parse(line.slice('FAULT '.length)) as StaticFault];
    } catch {
      return [];
    }
  });
}

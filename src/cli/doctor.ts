import { resolve } from 'node:path';
import { baselineOf, examine } from '../doctor/doctor.ts';
import { fail } from '../doctor/finding.ts';
import { type FindingLook, findingLines, findingSummary } from '../plain/finding-lines.ts';
import { UserError } from '../protocol/failure.ts';
import type { Finding } from '../protocol/findings.ts';
import { maskSecrets } from '../protocol/secrets.ts';
import { colorDepth } from '../screen/theme/depth.ts';
import type { CommandInput } from './command.ts';
import { launcherPath } from './launch-engine.ts';
import { printable, sayJson } from './print.ts';
import { projectDir } from './project-dir.ts';

const colourWords = {
  none: 'no colours',
  '16': '16 colours',
  '256': '256 colours',
  true: '16 million colours',
} as const;
/** The environment is not ready. */
const notReady = 3;

/** `pawl doctor`: 0 when a run can start, 3 when it could not. */
export async function run(input: CommandInput): Promise<number> {
  const json = input.options.json === true;
  const look = lookOf(process.stdout, process.env);
  const all: Finding[] = [];
  const show = (findings: readonly Finding[]) => {
    const known = all.at(-1);
    all.push(...findings);
    if (json) for (const finding of findings) sayJson(finding);
    else {
      const lines = findingLines(known ? [known, ...findings] : findings, look);
      const before = known ? findingLines([known], look).length : 0;
      for (const line of lines.slice(before)) process.stdout.write(`${maskSecrets(line)}\n`);
    }
  };
  const { dir, missing } = whichProject(input);
  if (!json) process.stdout.write('\n');
  const { findings, project } = await examine({
    projectDir: dir,
    env: process.env,
    isTTY: process.stdout.isTTY === true,
    // As askConsent does.
    mayAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
    colours: colourWords[colorDepth(process.env)],
    childArgs: [launcherPath(), '__gpu-inventory'],
  });
  // Without a pawl.yaml anywhere the first thing to say is how to get one.
  show(missing ? [missing, ...findings.filter(({ area }) => area !== 'config')] : findings);
  if (input.options.quick !== true) {
    const live = process.stderr.isTTY === true && !json;
    const progress = (what: string) => {
      const text = `  … ${'baseline'.padEnd(9)} ${printable(what).split('\n')[0]}`;
      if (live) process.stderr.write(`\r\x1b[K${[...text].slice(0, look.width - 1).join('')}`);
    };
    const tried = await withInterrupts((signal) => baselineOf(dir, project, signal, progress));
    if (live) process.stderr.write('\r\x1b[K');
    show(tried);
  }
  if (!json) process.stdout.write(`\n${findingSummary(all)}\n`);
  return all.some(({ level }) => level === 'fail') ? notReady : 0;
}

function whichProject(input: CommandInput): { dir: string; missing: Finding | null } {
  try {
    return { dir: projectDir(input), missing: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [what = '', fix = null] = error.message.split('\n');
    return { dir: resolve(String(input.options.dir ?? '.')), missing: fail('config', what, fix) };
  }
}

async function withInterrupts<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await work(abort.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** What this output can show. */
export function lookOf(out: { isTTY?: boolean; columns?: number }, env: NodeJS.ProcessEnv): FindingLook {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return {
    width: Math.min(out.columns ?? 100, 110),
    colour: out.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
    unicode: out.isTTY !== true || /utf-?8/i.test(locale),
  };
}

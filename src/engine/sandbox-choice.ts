import { homedir } from 'node:os';
import { hasConsent } from '../config/consent.ts';
import { loadUserConfig } from '../config/user-config.ts';
import type { SandboxInfo } from '../protocol/events.ts';
import { UserError } from '../protocol/failure.ts';
import type { Settings } from '../protocol/settings.ts';
import { explainProbe, namespaceRules } from '../trial/sandbox/explain.ts';
import { ownWritable } from '../trial/sandbox/own-writable.ts';
import { probeSandbox } from '../trial/sandbox/probe.ts';
import { findSetpriv } from '../trial/sandbox/setpriv.ts';
import type { Shelter } from '../trial/walls.ts';
import { ConsentNeeded } from './consent-needed.ts';

// With which walls a run's code runs. Without a sandbox only when its user has said so: on the command line, or once for
// the project in their own settings. pawl.yaml can ask for it, but it comes with the repository.

export interface SandboxChoice {
  info: SandboxInfo;
  shelter: Omit<Shelter, 'emptyFolder'>;
  /** Only numbers in the demo's own code may change: nobody has agreed to run a model's code as it comes. */
  tunerOnly: boolean;
}

export interface SandboxWish {
  sandbox: Settings['sandbox'];
  projectDir: string;
  /** `sandbox` comes from the command line. */
  byOption: boolean;
  /** See EngineOptions. */
  ownCode: boolean;
  env?: NodeJS.ProcessEnv;
}

const reach = 'Trials would run as you, with your files and your network within reach.';

/**
 * Probes this machine and chooses. @throws ConsentNeeded; UserError when `sandbox: bubblewrap` cannot be.
 */
export async function chooseSandbox(wish: SandboxWish): Promise<SandboxChoice> {
  const env = wish.env ?? process.env;
  if (wish.sandbox === 'off') {
    if (wish.byOption) return bare('turned off by --no-sandbox', env);
    if (hasConsent('no-sandbox', wish.projectDir, env))
      return bare('turned off in pawl.yaml; you agreed to it', env);
    throw new ConsentNeeded(
      `pawl.yaml asks for sandbox: off, and that is yours to say: it came with the repository.\n${reach}\n` +
        'Keep the sandbox: sandbox: auto in pawl.yaml. Go without it: pawl run --no-sandbox (this run)',
      'no-sandbox',
    );
  }
  const probe = await probeSandbox(env);
  if (probe.bwrap !== null) {
    const { version, flags } = probe.bwrap;
    const lesser = flags.closedUserNamespace
      ? ''
      : ' (an older version: further namespaces are not forbidden)';
    return {
      info: { level: 'bubblewrap', why: `bubblewrap ${version}${lesser}` },
      shelter: { bwrap: probe.bwrap, setpriv: null, opened: openedBy(env) },
      tunerOnly: false,
    };
  }
  const { why, fix } = explainProbe(probe, namespaceRules());
  if (wish.sandbox === 'bubblewrap')
    throw new UserError(`pawl.yaml asks for sandbox: bubblewrap, but ${why}.\n${fix.join('\n')}`, 3);
  if (hasConsent('no-sandbox', wish.projectDir, env)) return bare(`${why}; you agreed to go without`, env);
  if (wish.ownCode)
    return { ...bare(`${why}; the demo changes only numbers of its own code`, env), tunerOnly: true };
  throw new ConsentNeeded(
    `no sandbox: ${why}.\n${reach}\n${fix.join('\n')}\n` +
      'To go without it: pawl run --no-sandbox (this run)',
    'no-sandbox',
  );
}

/** What the user's own settings open. @throws UserError when that would undo the sandbox. */
function openedBy(env: NodeJS.ProcessEnv): string[] {
  const { settings, where } = loadUserConfig(env);
  return ownWritable(settings.sandbox.writable, env.HOME || homedir(), where(['sandbox', 'writable']));
}

/** No sandbox, with the next best. */
function bare(why: string, env: NodeJS.ProcessEnv = process.env): SandboxChoice {
  const setpriv = findSetpriv(env);
  const instead = setpriv ? 'process group, cookie, death signal' : 'process group, cookie';
  return {
    info: { level: 'off', why: `${why} (instead: ${instead})` },
    shelter: { bwrap: null, setpriv },
    tunerOnly: false,
  };
}

import { loadUserConfig } from '../config/user-config.ts';
import type { SandboxInfo } from '../protocol/events.ts';
import { UserError } from '../protocol/failure.ts';
import type { Settings } from '../protocol/settings.ts';
import { explainProbe, namespaceRules } from '../trial/sandbox/explain.ts';
import { probeSandbox } from '../trial/sandbox/probe.ts';
import { findSetpriv } from '../trial/sandbox/setpriv.ts';
import type { Shelter } from '../trial/walls.ts';

// With which walls a run's code runs. Without a sandbox only when its user has said so: in pawl.yaml, on the command
// line, or once for the project in their own settings.

export interface SandboxChoice {
  info: SandboxInfo;
  shelter: Omit<Shelter, 'emptyFolder'>;
  /** Only numbers in the demo's own code may change: nobody has agreed to run a model's code as it comes. */
  tunerOnly: boolean;
}

/** The sandbox does not work here, and the user has not said yet that this is fine. Exit code 3. */
export class ConsentNeeded extends UserError {
  override name = 'ConsentNeeded';

  constructor(message: string) {
    super(message, 3);
  }
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

/**
 * Probes this machine and chooses. @throws ConsentNeeded; UserError when `sandbox: bubblewrap` cannot be.
 */
export async function chooseSandbox(wish: SandboxWish): Promise<SandboxChoice> {
  const env = wish.env ?? process.env;
  if (wish.sandbox === 'off')
    return bare(wish.byOption ? 'turned off by --no-sandbox' : 'turned off in pawl.yaml', env);
  const probe = await probeSandbox(env);
  if (probe.bwrap !== null) {
    const { version, flags } = probe.bwrap;
    const lesser = flags.closedUserNamespace
      ? ''
      : ' (an older version: further namespaces are not forbidden)';
    return {
      info: { level: 'bubblewrap', why: `bubblewrap ${version}${lesser}` },
      shelter: { bwrap: probe.bwrap, setpriv: null },
      tunerOnly: false,
    };
  }
  const { why, fix } = explainProbe(probe, namespaceRules());
  if (wish.sandbox === 'bubblewrap')
    throw new UserError(`pawl.yaml asks for sandbox: bubblewrap, but ${why}.\n${fix.join('\n')}`, 3);
  const { noSandbox } = loadUserConfig(env).settings.consent;
  if (noSandbox === true || (Array.isArray(noSandbox) && noSandbox.includes(wish.projectDir)))
    return bare(`${why}; you agreed to go without`, env);
  if (wish.ownCode)
    return { ...bare(`${why}; the demo changes only numbers of its own code`, env), tunerOnly: true };
  throw new ConsentNeeded(
    `no sandbox: ${why}.\nTrials would run as you, with your files and your network within reach.\n${fix.join('\n')}\n` +
      'To go without it: pawl run --no-sandbox (this run), or sandbox: off in pawl.yaml (this project)',
  );
}

/** No sandbox, with the next best. */
export function bare(why: string, env: NodeJS.ProcessEnv = process.env): SandboxChoice {
  const setpriv = findSetpriv(env);
  const instead = setpriv ? 'process group, cookie, death signal' : 'process group, cookie';
  return {
    info: { level: 'off', why: `${why} (instead: ${instead})` },
    shelter: { bwrap: null, setpriv },
    tunerOnly: false,
  };
}

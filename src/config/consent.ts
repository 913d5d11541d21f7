import type { RemoteConsent } from '../protocol/user-settings.ts';
import { loadUserConfig, saveUserSetting } from './user-config.ts';

// What a pawl.yaml may not settle by itself: it comes with the repository, and a stranger may have written it.

/**
 * `no-sandbox`: trials run as the user. `remote`: the model server is this other machine, which sees the code. It is named
 * because the address stands in pawl.yaml: a pull must not turn a yes to one server into a yes to another.
 */
export type Consent = 'no-sandbox' | { remote: string };

/** Whether the user's own settings allow it to a project (an absolute folder), or to all. */
export function hasConsent(
  consent: Consent,
  projectDir: string,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  const { noSandbox, remote } = loadUserConfig(env).settings.consent;
  if (consent === 'no-sandbox')
    return noSandbox === true || (Array.isArray(noSandbox) && noSandbox.includes(projectDir));
  return (
    remote === true ||
    (Array.isArray(remote) &&
      remote.some((given: RemoteConsent) => given.folder === projectDir && given.server === consent.remote))
  );
}

/** Remembers the user's yes for this project. @throws UserError when their settings cannot be changed. */
export function saveConsent(
  consent: Consent,
  projectDir: string,
  env: NodeJS.ProcessEnv = process.env,
): void {
  if (hasConsent(consent, projectDir, env)) return;
  const { noSandbox, remote } = loadUserConfig(env).settings.consent;
  const before = consent === 'no-sandbox' ? noSandbox : remote;
  const given = consent === 'no-sandbox' ? projectDir : { folder: projectDir, server: consent.remote };
  const field = consent === 'no-sandbox' ? 'no_sandbox' : 'remote';
  saveUserSetting(['consent', field], [...(typeof before === 'boolean' ? [] : before), given], env);
}

import { loadUserConfig, saveUserSetting } from './user-config.ts';

// What a pawl.yaml may not settle by itself: it comes with the repository, and a stranger may have written it.

/** `no-sandbox`: trials run as the user. `remote`: the model server is another machine, which sees the code. */
export type Consent = 'no-sandbox' | 'remote';

const field = { 'no-sandbox': 'no_sandbox', remote: 'remote' } as const;

/** Whether the user's own settings allow it to a project (an absolute folder), or to all. */
export function hasConsent(
  consent: Consent,
  projectDir: string,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  const given = givenBy(consent, env);
  return given === true || (Array.isArray(given) && given.includes(projectDir));
}

/** Remembers the user's yes for this project. @throws UserError when their settings cannot be changed. */
export function saveConsent(
  consent: Consent,
  projectDir: string,
  env: NodeJS.ProcessEnv = process.env,
): void {
  const given = givenBy(consent, env);
  if (given === true) return;
  saveUserSetting(
    ['consent', field[consent]],
    [...(typeof given === 'boolean' ? [] : given), projectDir],
    env,
  );
}

function givenBy(consent: Consent, env: NodeJS.ProcessEnv): boolean | readonly string[] {
  const { noSandbox, remote } = loadUserConfig(env).settings.consent;
  return consent === 'remote' ? remote : noSandbox;
}

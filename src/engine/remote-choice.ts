import { hasConsent } from '../config/consent.ts';
import { remoteHost } from '../propose/ollama/host.ts';
import { letThrough } from '../propose/ollama/let-through.ts';
import type { Settings } from '../protocol/settings.ts';
import { ConsentNeeded } from './consent-needed.ts';

/**
 * A model server on another machine sees the code: pawl.yaml may ask for it, its user allows it. Without their yes no
 * connection to it can be made.
 * @throws ConsentNeeded
 */
export function checkRemote(
  { model, proposer }: Pick<Settings, 'model' | 'proposer'>,
  projectDir: string,
  env: NodeJS.ProcessEnv = process.env,
): void {
  if (!model.allowRemote || proposer === 'tuner') return;
  const remote = remoteHost(model.host, env);
  if (remote === null) return;
  if (hasConsent({ remote: remote.url }, projectDir, env)) {
    letThrough(remote.url);
    return;
  }
  throw new ConsentNeeded(
    `pawl.yaml asks for model.allow_remote, and the model server (from ${remote.from}) is ${remote.url}.\n` +
      'Your code, your notes and the ends of your logs would be sent there.',
    { remote: remote.url },
  );
}

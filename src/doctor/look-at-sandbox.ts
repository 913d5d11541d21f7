import { hasConsent } from '../config/consent.ts';
import type { Finding } from '../protocol/findings.ts';
import type { Settings } from '../protocol/settings.ts';
import { explainProbe, namespaceRules } from '../trial/sandbox/explain.ts';
import { probeSandbox } from '../trial/sandbox/probe.ts';
import { fail, ok, warn } from './finding.ts';

/**
 * Whether trials can run in the sandbox here: tried with the flags that they get.
 * @param mayAsk a run from here could ask its user whether to go without; else it would not start
 */
export async function lookAtSandbox(
  settings: Pick<Settings, 'sandbox'> | null,
  projectDir: string,
  env: NodeJS.ProcessEnv,
  mayAsk = true,
): Promise<Finding> {
  const wanted = settings?.sandbox ?? 'auto';
  const agreed = hasConsent('no-sandbox', projectDir, env);
  const unasked = agreed || mayAsk ? warn : fail;
  if (wanted === 'off')
    return agreed
      ? warn('sandbox', 'off, as pawl.yaml says: trials can do what you can', 'sandbox: auto')
      : unasked(
          'sandbox',
          `pawl.yaml asks for sandbox: off, and you have not agreed to it: pawl run asks you${mayAsk ? '' : ', and cannot without a terminal'}`,
          'sandbox: auto, or pawl run --no-sandbox',
        );
  const probe = await probeSandbox(env);
  if (probe.bwrap !== null) return ok('sandbox', `bubblewrap ${probe.bwrap.version} works`);
  const { why, fix } = explainProbe(probe, namespaceRules());
  return (wanted === 'bubblewrap' ? fail : unasked)('sandbox', why, fix.join('\n'));
}

import { createInterface } from 'node:readline/promises';
import { type Consent, saveConsent } from '../config/consent.ts';
import { tell } from './print.ts';

function question(to: Consent, project: string): string {
  if (to === 'no-sandbox') return `Run ${project} without a sandbox, now and later?`;
  return `Send the code of ${project} to ${to.remote}, now and later?`;
}

/**
 * Asks on the terminal whether this project may do something, and keeps a yes in the user's own settings.
 * @param reason what the engine said: what would happen, and how to go without
 * @returns `nobody` when there is nobody to ask: then the reason was not shown
 */
export async function askConsent(
  projectDir: string,
  to: Consent,
  reason: string,
): Promise<'yes' | 'no' | 'nobody'> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return 'nobody';
  tell(`${reason}\n`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    const asked = terminal.question(`${question(to, projectDir)} [y/N] `).catch(() => '');
    const answer = await Promise.race([asked, closed]);
    if (!/^y(es)?$/i.test(answer.trim())) return 'no';
  } finally {
    terminal.close();
  }
  saveConsent(to, projectDir);
  return 'yes';
}

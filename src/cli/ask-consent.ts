import { createInterface } from 'node:readline/promises';
import { loadUserConfig, saveUserSetting } from '../config/user-config.ts';
import { tell } from './print.ts';

/**
 * Asks on the terminal whether this project may run without a sandbox, and keeps a yes in the user's own settings.
 * @param reason what the engine said: why there is none, and how to get one
 * @returns false when the answer is no, or there is nobody to ask.
 */
export async function askConsent(projectDir: string, reason: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  tell(`${reason}\n`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    const asked = terminal
      .question(`Run ${projectDir} without a sandbox, now and later? [y/N] `)
      .catch(() => '');
    const answer = await Promise.race([asked, closed]);
    if (!/^y(es)?$/i.test(answer.trim())) return false;
  } finally {
    terminal.close();
  }
  const { noSandbox } = loadUserConfig().settings.consent;
  const projects = Array.isArray(noSandbox) ? noSandbox : [];
  saveUserSetting(['consent', 'no_sandbox'], [...projects, projectDir]);
  return true;
}

import { spawn } from 'node:child_process';
import type { RunState } from '../journal/state.ts';
import type { News } from './news.ts';

/** What a user's command gets on its standard input: one JSON object. */
export interface NewsMessage {
  event: News['kind'];
  title: string;
  text: string;
  run: string;
  project: string;
  at: string;
}

/** What the user's command is given of one piece of news. */
export function messageOf(news: News, run: RunState, at = new Date()): NewsMessage {
  return {
    event: news.kind,
    title: news.title,
    text: news.text,
    run: run.tag,
    project: run.project,
    at: at.toISOString(),
  };
}

/**
 * Splits a command into its arguments, with quotes and backslashes as one writes them, and nothing else: no variables,
 * no globs, no pipes. null = a quote is not closed.
 */
export function argumentsOf(command: string): string[] | null {
  const out: string[] = [];
  let current: string | null = null;
  let quote = '';
  for (let i = 0; i < command.length; i++) {
    const c = command[i]!;
    if (quote === "'" ? c !== "'" : c === '\\') {
      current = (current ?? '') + (quote === "'" ? c : (command[++i] ?? ''));
    } else if (quote) {
      if (c === quote) quote = '';
      else current += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      current ??= '';
    } else if (/\s/.test(c)) {
      if (current !== null) out.push(current);
      current = null;
    } else current = (current ?? '') + c;
  }
  if (quote) return null;
  if (current !== null) out.push(current);
  return out;
}

/**
 * Runs the user's command without a shell, with the message on its standard input.
 * @returns null when it went well, else what went wrong, in one line. Never rejects.
 */
export function runUserCommand(
  command: string | readonly string[],
  message: NewsMessage,
  timeoutMs = 10_000,
): Promise<string | null> {
  const args = typeof command === 'string' ? argumentsOf(command) : [...command];
  const [file, ...rest] = args ?? [];
  if (file === undefined)
    return Promise.resolve(`notifications.command: ${args ? 'is empty' : 'a quote is not closed'}`);
  return new Promise((resolve) => {
    let complaint = '';
    const child = spawn(file, rest, { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
    const kill = () => {
      try {
        // Its whole group: what it started in turn must not stay behind.
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // Gone already.
      }
    };
    let late = false;
    const deadline = setTimeout(() => {
      late = true;
      kill();
    }, timeoutMs);
    const end = (what: string | null) => {
      clearTimeout(deadline);
      resolve(what === null ? null : `notifications.command: ${file} ${what}`);
    };
    child.on('error', (error) => end(`could not be started: ${error.message}`));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2000);
    });
    // Who does not read its input is no failure.
    child.stdin.on('error', () => {});
    child.stdin.end(`${JSON.stringify(message)}\n`);
    child.on('close', (code, signal) => {
      const last = complaint.trim().split('\n').at(-1) ?? '';
      if (late) return end(`was stopped after ${timeoutMs / 1000} s`);
      if (code === 0) return end(null);
      end(`ended with ${signal ?? `code ${code}`}${last ? `: ${last}` : ''}`);
    });
  });
}

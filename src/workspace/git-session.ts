import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Git } from './git.ts';
import { GitExit } from './git-failure.ts';
import { OneAtATime } from './one-at-a-time.ts';

/**
 * Then git is ended and started anew: it keeps what it has read, and open what a `git gc` has replaced since.
 */
const mostQuestions = 200;
/** ms until an answer is given up. A lock is waited for 0.3 s by git itself. */
const answerMs = 20_000;
/** ms for a git that was told to end. */
const farewellMs = 1000;

/**
 * One git process that stays and answers many questions. Starting git from the engine takes longer than what it does
 * (fork copies the page table of a large process), and simple-git cannot keep one open.
 * It may die at any time: whoever asks must be able to do without. It ends with the engine, however that ends, because
 * its standard input does; and it does not keep the engine alive.
 */
export class GitSession {
  readonly #git: Git;
  readonly #args: readonly string[];
  readonly #queue = new OneAtATime();
  #talk: Talk | null = null;
  #asked = 0;

  constructor(git: Git, args: readonly string[]) {
    this.#git = git;
    this.#args = args;
  }

  /**
   * Writes a question and resolves to what came before `end`, which ends the answer.
   * @throws GitExit when git ended instead; what it said then is in it.
   */
  ask(question: string, end: string): Promise<Buffer> {
    return this.#queue.run(async () => {
      if (!this.#talk?.alive) {
        this.#talk = new Talk(this.#git.start(this.#args), this.#args);
        this.#asked = 0;
      }
      this.#asked += 1;
      return this.#talk.ask(question, end);
    });
  }

  /** Between two pieces of work: a process that has answered often enough is let go. */
  async rest(): Promise<void> {
    if (this.#asked >= mostQuestions) await this.close();
  }

  async close(): Promise<void> {
    const talk = this.#talk;
    this.#talk = null;
    await talk?.close();
  }
}

/** The life of one process. */
class Talk {
  alive: boolean;
  failure: GitExit;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #out: Buffer[] = [];
  #err = '';
  #heard: () => void = () => {};

  constructor(child: ChildProcess, args: readonly string[]) {
    this.#child = child;
    this.failure = new GitExit(args, -1, 'fatal: it ended');
    this.#ended = new Promise((resolve) => {
      const over = (code: number | null, why: string) => {
        this.alive = false;
        this.failure = new GitExit(args, code ?? -1, this.#err || `fatal: ${why}`);
        resolve();
        this.#heard();
      };
      child.once('error', (error) => over(null, error.message));
      child.once('close', (code, signal) => over(code, `it ended (${signal ?? `exit ${code}`})`));
    });
    // Without a free file descriptor there is a child, but no pipes.
    this.alive = child.stdin !== null && child.stdin !== undefined;
    if (!this.alive) return;
    child.stdout!.on('data', (chunk: Buffer) => {
      this.#out.push(chunk);
      this.#heard();
    });
    child.stderr!.on('data', (chunk: Buffer) => {
      this.#err += chunk.toString('utf8');
    });
    // It is gone: `close` says so.
    child.stdin!.on('error', () => {});
    this.#hold(false);
  }

  async ask(question: string, end: string): Promise<Buffer> {
    if (!this.alive) throw this.failure;
    this.#out = [];
    const mark = Buffer.from(end);
    this.#hold(true);
    const late = setTimeout(() => this.#end('SIGTERM'), answerMs);
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        this.#heard = () => {
          const answer = this.#endingIn(mark);
          if (answer) resolve(answer);
          else if (!this.alive) reject(this.failure);
        };
        this.#child.stdin!.write(question);
      });
    } finally {
      clearTimeout(late);
      this.#heard = () => {};
      this.#hold(false);
    }
  }

  #endingIn(mark: Buffer): Buffer | null {
    if ((this.#out.at(-1)?.length ?? 0) < mark.length) this.#out = [Buffer.concat(this.#out)];
    if (!this.#out.at(-1)!.subarray(-mark.length).equals(mark)) return null;
    const all = Buffer.concat(this.#out);
    return all.subarray(0, all.length - mark.length);
  }

  /** SIGTERM first: git takes its locks away at that. */
  #end(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal);
    if (signal === 'SIGTERM') setTimeout(() => this.#child.kill('SIGKILL'), farewellMs).unref();
  }

  async close(): Promise<void> {
    if (!this.alive) return;
    this.#hold(true);
    this.#child.stdin!.end();
    const slow = setTimeout(() => this.#end('SIGTERM'), farewellMs);
    await this.#ended;
    clearTimeout(slow);
  }

  /** Whether Node has to stay for this process. */
  #hold(yes: boolean): void {
    const { stdin, stdout, stderr } = this.#child;
    // Node's types call the pipes streams; they are sockets.
    const pipes = [stdin, stdout, stderr] as unknown as Socket[];
    for (const part of [this.#child, ...pipes])
      if (yes) part.ref();
      else part.unref();
  }
}

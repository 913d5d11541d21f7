import type { WriteStream } from 'node:tty';
import type { RunState } from '../journal/state.ts';
import { defaultUserSettings, type UserSettings } from '../protocol/user-settings.ts';
import { tellOfAbsence } from './away.ts';
import { type CompareCommits, watchComparisons } from './diff/compare.ts';
import { holdStill } from './glyphs.ts';
import { putInForce } from './keys/bindings.ts';
import { createController } from './keys/controller.ts';
import type { Extents } from './keys/moves.ts';
import { rebind } from './keys/rebind.ts';
import { openLastSeen } from './last-seen.ts';
import { sizeClass } from './layout.ts';
import { createLogReader } from './log-reader.ts';
import { startOutward } from './notify/outward.ts';
import { watchPast } from './past.ts';
import { openReader } from './reader/open-reader.ts';
import { recall, remember, rememberedPath } from './remembered.ts';
import { renderScreen } from './render.tsx';
import type { Screen } from './screen-context.ts';
import { shotPath } from './shot/shot-path.ts';
import { engineSource, type ScreenSource } from './source.ts';
import { createScreenStore } from './store.ts';
import { copyCodes } from './terminal/clipboard.ts';
import { createOutside } from './terminal/outside.ts';
import { openTerminalInput, type TerminalInput } from './terminal/terminal-input.ts';
import { guardOutput } from './terminal-output.ts';
import type { Background } from './theme/background.ts';
import { chooseLook, type LookWish, nextThemeWish, wantsBackground } from './theme/choose-look.ts';
import { createLook, unfit } from './theme/look.ts';

export interface AttachOptions {
  /** The engine's socket, or another source of the story. */
  socketPath?: string;
  source?: ScreenSource;
  /** The run's folder: diffs and logs of past experiments are read from it. */
  runDir: string;
  /** Compares two commits of the project; the screen itself knows no git. */
  compare?: CompareCommits;
  /** Instead of the user's own. */
  theme?: string | undefined;
  /** Only ASCII signs. */
  ascii?: boolean | undefined;
  /** Lines for a screen reader instead of panes. */
  reader?: boolean | undefined;
  /** The folder of the user's own themes. */
  themesDir?: string;
  /** Opened before, where the terminal was asked early for its background. */
  input?: TerminalInput;
  /** What it was asked; this screen waits for the answer at most as long as the question does. */
  background?: Promise<Background | null>;
  /** The user's own settings; as shipped unless told. */
  user?: UserSettings;
  /** What is wrong with them: said once, the screen goes on without. */
  userProblems?: readonly string[];
  /** Close by itself when the run has ended; otherwise the finished screen stays until `q`. */
  closeOnEnd?: boolean;
  stdin?: NodeJS.ReadStream;
  stdout?: WriteStream;
  stderr?: NodeJS.WriteStream;
  env?: NodeJS.ProcessEnv;
}

export interface Attached {
  /** `ended`: the run is over. `engine-gone`: it is not, but nobody works on it. */
  outcome: 'detached' | 'ended' | 'engine-gone';
  state: RunState;
  exitCode: number;
}

/** Keys closer together than this were not typed, ms. */
const burstMs = 20;

/**
 * Shows a run until the user leaves. The terminal is as before when this resolves, also after an error or a signal.
 */
export async function attachScreen(options: AttachOptions): Promise<Attached> {
  const stdout = options.stdout ?? process.stdout;
  const stdin = options.stdin ?? process.stdin;
  const env = options.env ?? process.env;
  const user = options.user ?? defaultUserSettings();
  const problems = [...(options.userProblems ?? [])];
  const reader = options.reader || user.screen.reader || env.INK_SCREEN_READER === 'true';
  if (user.screen.motion === 'reduced') holdStill();
  let wish: LookWish = { ...options, user, env };
  const input = options.input ?? openTerminalInput(stdin, (codes) => stdout.write(codes));
  const asked = options.background ?? (!reader && wantsBackground(wish) ? input.askBackground() : null);

  putInForce(rebind(user.keys).bindings);

  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = () => resolve();
  });
  const output = guardOutput(stdout, () => leave());
  const source = options.source ?? engineSource(options.socketPath ?? '');
  const store = createScreenStore({
    size: sizeOf(stdout),
    blocked: output.blocked,
    ...(source.now ? { storyTime: source.now } : {}),
  });
  const own = recall(rememberedPath(env), sizeClass(sizeOf(stdout).columns, sizeOf(stdout).rows));
  if (own.problem) problems.push(own.problem);
  store.look(own.view);
  const memory = remember(store, rememberedPath(env), own.keep);
  const extents: Extents = {};
  const suspend: NonNullable<Screen['suspend']> = { terminal: null };
  // A journal that is played is nobody's night: there is no absence to tell of.
  const seen = options.source ? null : openLastSeen(options.runDir, env);
  const unwatchComparisons = watchComparisons(store, options.compare);
  const unwatchPast = watchPast(store, options.runDir);
  const logs = createLogReader(store, options.runDir);
  const connection = source.open(store);
  const controller = createController({
    store,
    extents,
    find: logs.find,
    send: (command) => connection.send(command),
    detach: leave,
    redraw: () => redraw(),
    nextTheme: () => nextTheme(),
    shoot: () => void shoot(),
    burstMs,
    runDir: options.runDir,
    outside: createOutside({
      lend: (work) => lend(work),
      write: (codes) => stdout.write(codes),
      copyCodes: (text) => copyCodes(text, env),
      env,
    }),
    touched: () => seen?.touch(),
    markRead: () => store.look({ away: null, seen: null }),
  });

  let background: Background | null = null;
  const nextTheme = () => {
    const next = nextThemeWish(wish, look.getState(), background);
    wish = next.wish;
    look.setState(next.look);
    store.say(next.problem ?? next.text, next.problem ? 'warn' : 'info');
  };
  const shoot = async () => {
    const path = shotPath(options.runDir);
    try {
      const { writeShot } = await import('./shot/write-shot.ts');
      const title = `pawl ${store.current().run.tag}`;
      await writeShot({ store, look, extents }, path, {
        title,
        window: look.getState().light ? 'light' : 'dark',
      });
      store.say(`shot: ${path}`);
    } catch (error) {
      store.say(`no shot: ${(error as Error).message}`, 'error');
    }
  };
  background = await asked;
  const look = createLook(chooseLook(wish, background, problems));
  // An answer that took its time, over a slow line: the screen changes under the user's eyes, better than not.
  const outward = startOutward({
    store,
    look,
    input,
    settings: user.notifications,
    env,
    write: (codes) => stdout.write(codes),
    blocked: output.blocked,
    fd: (stdout as { fd?: number }).fd,
  });
  const tellOfUnfit = () => {
    const bad = unfit(look.getState(), background);
    if (bad) store.say(bad, 'warn', 10_000);
  };
  input.listen({
    background(told) {
      background = told;
      look.setState(chooseLook(wish, told));
      tellOfUnfit();
    },
    focus: outward.focus,
  });
  // Asked only to warn: nothing waits for the answer.
  if (
    background === null &&
    !wantsBackground(wish) &&
    !reader &&
    look.getState().madeFor !== null &&
    env.TERM !== 'linux'
  )
    void input.askBackground().then((told) => {
      background ??= told;
      tellOfUnfit();
    });
  // Registered before Ink's own: the new size is known when Ink draws for it.
  const onResize = () => store.set({ size: sizeOf(stdout) });
  stdout.on('resize', onResize);
  const screen: Screen = { store, look, extents, suspend };
  const keys = connection.keys?.(controller) ?? controller;
  const ink = reader
    ? openReader(screen, keys, { keys: input.keys, stdout })
    : renderScreen(screen, keys, {
        stdin: input.keys,
        stdout,
        stderr: options.stderr ?? process.stderr,
      });
  const lend = async (work: () => Promise<void>) => {
    // Another program gets a terminal that behaves as it knows it.
    output.lend(true);
    try {
      await suspend.terminal?.(work);
    } finally {
      output.lend(false);
      onResize();
    }
  };
  const redraw = () => {
    if (!reader) stdout.write('\x1b[2J\x1b[H');
    ink.clear();
    store.set({ size: { ...sizeOf(stdout) } });
  };
  if (problems.length > 0) store.say(firstOf(problems), 'error');
  const unwatchNews = store.published.subscribe(tellOfAbsence(store, seen?.at ?? null));
  const unwatch = options.closeOnEnd
    ? store.published.subscribe((snapshot) => {
        if (snapshot.run.ended && snapshot.link !== 'connecting') leave();
      })
    : () => {};
  // SIGHUP: the terminal was closed. The engine does not notice, this process just goes.
  const signals = ['SIGHUP', 'SIGTERM', 'SIGINT'] as const;
  for (const signal of signals) process.on(signal, leave);

  try {
    await Promise.race([left, ink.waitUntilExit()]);
  } finally {
    for (const signal of signals) process.off(signal, leave);
    unwatch();
    unwatchNews();
    seen?.close();
    stdout.off('resize', onResize);
    connection.close();
    logs.close();
    unwatchComparisons();
    unwatchPast();
    memory.close();
    store.stop();
    outward.end();
    ink.unmount();
    input.close();
    await output.release();
  }
  return outcomeOf(store.current());
}

function firstOf(problems: readonly string[]): string {
  const more = problems.length - 1;
  return `${problems[0]}${more > 0 ? `  (and ${more} more: pawl keys lists them)` : ''}`;
}

function outcomeOf({ run, link }: { run: RunState; link: string }): Attached {
  if (run.ended) return { outcome: 'ended', state: run, exitCode: run.ended.exitCode };
  if (link === 'gone') return { outcome: 'engine-gone', state: run, exitCode: 1 };
  return { outcome: 'detached', state: run, exitCode: 0 };
}

function sizeOf(stdout: WriteStream): { columns: number; rows: number } {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}

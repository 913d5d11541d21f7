// glibc's malloc gives each thread an arena of its own, and keeps what is freed in one for that thread. Node has eight
// threads that compile, collect and read files, each seldom: over a night their arenas grow by several MiB, for nothing.
// One arena for all is chosen by the environment that a program is started with, and by nothing else. Trials and git must
// not inherit it: a trainer with many threads needs its arenas. (mallopt(3), M_ARENA_MAX)

const wish = 'MALLOC_ARENA_MAX';
/** Says that the wish is pawl's own, not the user's. */
const mark = 'PAWL_ONE_ARENA';

/** The environment to start an engine with; what the user has chosen stays. */
export function withOneArena(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env[wish] === undefined ? { ...env, [wish]: '1', [mark]: '1' } : env;
}

/** Takes it out of the own environment again, before anything is started from here. */
export function keepOneArenaToMyself(env: NodeJS.ProcessEnv = process.env): void {
  if (env[mark] === undefined) return;
  delete env[wish];
  delete env[mark];
}

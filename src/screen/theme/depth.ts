/** How many colours the terminal shows: none, 16, 256 or 24 bit. */
export type Depth = 'none' | '16' | '256' | 'true';

/** Judged from the environment alone; FORCE_COLOR speaks last, as other tools read it. */
export function colorDepth(env: NodeJS.ProcessEnv = process.env): Depth {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return 'none';
  switch (env.FORCE_COLOR) {
    case '0':
    case 'false':
      return 'none';
    case '1':
      return '16';
    case '2':
      return '256';
    case '3':
      return 'true';
  }
  const term = env.TERM ?? '';
  if (term === 'dumb') return 'none';
  if (/^(truecolor|24bit)$/i.test(env.COLORTERM ?? '') || /-direct$|kitty|ghostty|alacritty|foot/.test(term))
    return 'true';
  if (/256/.test(term) || env.TERM_PROGRAM === 'Apple_Terminal') return '256';
  return '16';
}

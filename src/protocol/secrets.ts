// Secrets that end up in a log or in a model's words by accident (a printed environment, a traceback with a URL) must not
// be shown, stored in the journal or given to a model. This is no wall against a program that hides what it prints
// (encoded, letter by letter): that is what the sandbox without a network is for.

/** Stands where a secret stood. */
export const masked = '[secret]';

export interface Mask {
  /** A whole text, of one or many lines. */
  (text: string): string;
  /**
   * How many characters at the end of a text may be the beginning of a secret that goes on: a stream must wait with
   * them. At most 4096.
   */
  undecided(text: string): number;
}

const secretName =
  /(?:^|_)(?:TOKEN|KEY|APIKEY|SECRET|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|PAT|CREDENTIALS?|AUTH)S?(?:_|$)|SECRET|PASSWORD|^AWS_/i;
/** Names that speak of a place or a setting, not of the secret itself. */
const harmlessName =
  /(?:FILE|PATH|DIR|HOME|SOCK|HOST|URL|URI|ENDPOINT|REGION|PROFILE|PAGER|OUTPUT|RETRY_MODE|MAX_ATTEMPTS|EC2_METADATA_DISABLED)$|^(?:OLD)?PWD$/i;
/** Paths, flags and numbers are no secrets, whatever their names say; and a number could be somebody's metric. */
const harmlessValue =
  /^(?:[\d.,:_-]+|true|false|enabled|disabled|(?:\/(?:home|etc|usr|var|run|tmp|root|opt|mnt|Users)\/|[A-Z]:\\).*)$/i;
const shortest = 8;
const longest = 8192;
const mostValues = 200;

/** Values of an environment that look like secrets by their variable's name, longest first. */
export function secretsOf(env: Record<string, string | undefined>): string[] {
  const values = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value.length > longest) continue;
    if (!secretName.test(name) || harmlessName.test(name)) continue;
    // A key of many lines is printed line by line; JSON prints it with escapes.
    const pieces = value.includes('\n') ? value.split(/\r?\n/) : [value, JSON.stringify(value).slice(1, -1)];
    for (const piece of pieces) {
      const text = piece.trim();
      if (text.length >= shortest && !harmlessValue.test(text) && !/^-----/.test(text)) values.add(text);
    }
  }
  return [...values].sort((a, b) => b.length - a.length).slice(0, mostValues);
}

/** A colour before a secret ends in a letter that is none of its word's. */
const notInWord = '(?:(?<![A-Za-z0-9])|(?<=\\x1b\\[[0-9;:]{0,32}m))';
/** Shapes that their givers have published: GitHub, GitLab, Hugging Face, OpenAI and kin, AWS, Google, Slack, npm, PyPI, JWT. */
const shapes = [
  'gh[pousr]_[A-Za-z0-9]{16,}',
  'github_pat_\\w{20,}',
  'glpat-[\\w-]{16,}',
  'hf_[A-Za-z0-9]{16,}',
  'sk-(?=[\\w-]*\\d)[\\w-]{16,}',
  '(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])',
  'AIza[\\w-]{35}',
  'ya29\\.[\\w-]{20,}',
  'xox[abeprs]-[\\w-]{10,}',
  'npm_[A-Za-z0-9]{30,}',
  'pypi-[\\w-]{50,}',
  'eyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]{10,}',
].join('|');
const bearer = '(?<=\\bBearer\\s)[\\w.~+/-]{20,}=*';
/** `https://user:password@host`. */
const userInfo = '(?<=\\b[a-z][a-z0-9+.-]{1,20}://[^\\s/:@]{0,64}:)[^\\s/@]{3,256}(?=@)';
const begin = '-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----';
const end = '-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----';
const privateKey = new RegExp(`${begin}[\\s\\S]*?(?:${end}|$(?![\\s\\S]))`, 'g');
export const keyBegins = new RegExp(begin);
export const keyEnds = new RegExp(end);
const secretShapes = new RegExp(`${notInWord}(?:${shapes})|${bearer}|${userInfo}`, 'g');
/** Without one of these no shape can match: most lines are known to be clean after one look. */
const hint =
  /gh[pousr]_|github_pat_|glpat-|hf_|sk-|AKIA|ASIA|AIza|ya29|xox|npm_|pypi-|eyJ|Bearer|:\/\/|PRIVATE KEY/;
const mostUndecided = 4096;
const longestWord = 512;

/** A mask for the secrets of an environment and for well-known shapes. */
export function createMask(env: Record<string, string | undefined>): Mask {
  const values = secretsOf(env);
  const known = values.length === 0 ? null : new RegExp(values.map(quote).join('|'), 'g');
  const mask = (text: string): string => {
    let out = text;
    if (known?.test(out)) {
      known.lastIndex = 0;
      out = out.replace(known, masked);
    }
    if (known) known.lastIndex = 0;
    if (!hint.test(out)) return out;
    if (out.includes('PRIVATE KEY')) out = out.replace(privateKey, masked);
    return out.replace(secretShapes, masked);
  };
  const matches = (text: string) =>
    [known, secretShapes].flatMap((pattern) =>
      pattern === null
        ? []
        : [...text.matchAll(pattern)].map((m) => [m.index, m.index + m[0].length] as const),
    );
  return Object.assign(mask, {
    undecided(text: string): number {
      let safe = text.length - unfinished(text, values);
      // A secret that is whole already must not be cut in two either.
      for (const [from, to] of matches(text).sort((a, b) => b[0] - a[0]))
        if (from < safe && safe < to) safe = from;
      return text.length - safe;
    },
  });
}

/** Length of the end of `text` that may be the beginning of a secret. */
function unfinished(text: string, values: readonly string[]): number {
  let most = /\S*$/.exec(text.slice(-longestWord))![0].length;
  for (const value of values) {
    for (let length = Math.min(value.length - 1, text.length, mostUndecided); length > most; length--) {
      if (value.startsWith(text.slice(-length))) most = length;
    }
  }
  // Whether a key begins is known at the end of that line; and `Bearer` waits for its word.
  const head = text.lastIndexOf('-----BEGIN ');
  if (head >= 0 && text.length - head < 64 && !text.includes('\n', head))
    most = Math.max(most, text.length - head);
  const late = /\bBearer\s\S{0,512}$/.exec(text.slice(-(longestWord + 8)));
  return Math.max(most, late?.[0].length ?? 0);
}

function quote(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

let ours: Mask | null = null;

/** The mask for this process's own environment. */
export function ownMask(): Mask {
  ours ??= createMask(process.env);
  return ours;
}

/** The text without the secrets of this process's environment, and without well-known shapes. */
export function maskSecrets(text: string): string {
  return ownMask()(text);
}

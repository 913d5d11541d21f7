import { clean } from '../../protocol/clean.ts';
import { UserError } from '../../protocol/failure.ts';
import { isLoopback } from './loopback.ts';

/** Where Ollama listens, as a base URL without trailing slash. */
export interface OllamaHost {
  url: string;
  /** Where the address was taken from, for messages. */
  from: 'OLLAMA_HOST' | 'pawl.yaml' | 'the default';
}

/**
 * The server's address from `model.host`, else OLLAMA_HOST, else the default; read as Ollama reads OLLAMA_HOST
 * (envconfig.Host): no scheme means http and port 11434, http:// port 80, https:// port 443, a bad port the default;
 * wildcard addresses become loopback. ollama-js does not read the variable itself.
 * @throws UserError when it is no address, or when the host is not this machine and that was not allowed.
 */
export function ollamaHost(
  setting: string,
  env: Readonly<Record<string, string | undefined>>,
  allowRemote: boolean,
): OllamaHost {
  const variable = (env.OLLAMA_HOST ?? '').trim();
  const fromSetting = setting !== '' && setting !== 'auto';
  const from = fromSetting ? 'pawl.yaml' : variable !== '' ? 'OLLAMA_HOST' : 'the default';
  const url = parseHost(fromSetting ? setting : variable, from);
  if (!allowRemote && !isLoopback(new URL(url).hostname)) {
    throw new UserError(
      `Ollama at ${url} (from ${from}) is not on this machine. pawl sends your code nowhere else: use a local Ollama, or set model.allow_remote: true in pawl.yaml if you mean it.`,
    );
  }
  return { url, from };
}

/**
 * The server that settings with `allowRemote` lead to, when it is another machine; null when it is this one.
 * @throws UserError when it is no address
 */
export function remoteHost(
  setting: string,
  env: Readonly<Record<string, string | undefined>>,
): OllamaHost | null {
  const found = ollamaHost(setting, env, true);
  return isLoopback(new URL(found.url).hostname) ? null : found;
}

/**
 * Scheme, host and port as Ollama understands them, spelled as `new URL` spells them: what is judged and shown is what is
 * connected to.
 * @throws UserError when it is no address, or has a sign with which a reader of addresses could see another host in it
 */
export function parseHost(raw: string, from: OllamaHost['from'] = 'pawl.yaml'): string {
  const text = raw
    .trim()
    .replace(/^["']+|["']+$/g, '')
    .trim();
  const odd = /[?#\\@%\s\p{Cc}]/u.exec(text);
  if (odd) throw notAnAddress(text, from, `${JSON.stringify(odd[0])} cannot be in it`);
  const cut = text.indexOf('://');
  const scheme = cut >= 0 && text.slice(0, cut).toLowerCase() === 'https' ? 'https' : 'http';
  const usual = cut < 0 || !/^https?:/i.test(text) ? '11434' : scheme === 'https' ? '443' : '80';
  const rest = cut < 0 ? text : text.slice(cut + 3);
  const slash = rest.indexOf('/');
  const hostPort = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? '' : rest.slice(slash).replace(/\/+$/, '');
  const split = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(hostPort);
  const host = split ? (split[1] ?? split[2]!) : hostPort.replace(/^\[|\]$/g, '');
  let port = split ? split[3]! : usual;
  if (!/^\d+$/.test(port) || Number(port) > 65535) port = usual;
  const written = `${scheme}://${host.includes(':') ? `[${host}]` : host || '127.0.0.1'}:${port}`;
  if (!URL.canParse(written)) throw notAnAddress(text, from, `'${host}' is not a host`);
  return `${scheme}://${reached(new URL(written).hostname)}:${Number(port)}${path}`;
}

/** A server that listens everywhere is reached here; a final dot only says that the name is whole. */
function reached(hostname: string): string {
  if (hostname === '0.0.0.0') return '127.0.0.1';
  if (hostname === '[::]') return '[::1]';
  return hostname === 'localhost.' ? 'localhost' : hostname;
}

function notAnAddress(text: string, from: OllamaHost['from'], why: string): UserError {
  const name = from === 'pawl.yaml' ? 'model.host in pawl.yaml' : 'OLLAMA_HOST';
  return new UserError(
    `${name} is not the address of a server: '${clean(text)}': ${why}. Write it as host:port or http://host:port.`,
  );
}

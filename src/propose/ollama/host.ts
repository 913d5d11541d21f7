import { isIP } from 'node:net';
import { UserError } from '../../protocol/failure.ts';

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
 * @throws UserError when the host is not this machine and that was not allowed.
 */
export function ollamaHost(
  setting: string,
  env: Readonly<Record<string, string | undefined>>,
  allowRemote: boolean,
): OllamaHost {
  const variable = (env.OLLAMA_HOST ?? '').trim();
  const fromSetting = setting !== '' && setting !== 'auto';
  const from = fromSetting ? 'pawl.yaml' : variable !== '' ? 'OLLAMA_HOST' : 'the default';
  const raw = fromSetting ? setting : variable;
  const { url, host } = parseHost(raw);
  if (!allowRemote && !isLoopback(host)) {
    throw new UserError(
      `Ollama at ${url} (from ${from}) is not on this machine. pawl sends your code nowhere else: use a local Ollama, or set model.allow_remote: true in pawl.yaml if you mean it.`,
    );
  }
  return { url, from };
}

/** The server that settings with `allowRemote` lead to, when it is another machine; null when it is this one. */
export function remoteHost(
  setting: string,
  env: Readonly<Record<string, string | undefined>>,
): OllamaHost | null {
  const found = ollamaHost(setting, env, true);
  return isLoopback(parseHost(found.url).host) ? null : found;
}

/** Scheme, host and port as Ollama understands them. */
export function parseHost(raw: string): { url: string; host: string } {
  const text = raw
    .trim()
    .replace(/^["']+|["']+$/g, '')
    .trim();
  const cut = text.indexOf('://');
  const scheme = cut < 0 ? 'http' : text.slice(0, cut).toLowerCase();
  const rest = cut < 0 ? text : text.slice(cut + 3);
  const usual = cut < 0 ? '11434' : scheme === 'https' ? '443' : scheme === 'http' ? '80' : '11434';
  const slash = rest.indexOf('/');
  const hostPort = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? '' : rest.slice(slash).replace(/\/+$/, '');
  const split = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(hostPort);
  let host = split ? (split[1] ?? split[2]!) : hostPort.replace(/^\[|\]$/g, '');
  let port = split ? split[3]! : usual;
  if (!/^\d+$/.test(port) || Number(port) > 65535) port = usual;
  if (host === '') host = '127.0.0.1';
  // A server that listens everywhere is reached here.
  if (host === '0.0.0.0') host = '127.0.0.1';
  if (isIP(host) === 6 && /^[0:]+$/.test(host)) host = '::1';
  const shown = isIP(host) === 6 ? `[${host}]` : host;
  return { url: `${scheme === 'https' ? 'https' : 'http'}://${shown}:${port}${path}`, host };
}

/** True for 127.0.0.0/8, ::1 and localhost; a name that merely resolves to loopback today is not trusted. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  if (isIP(name) === 4) return name.startsWith('127.');
  if (isIP(name) === 6) return /^(?:0*:)*:?0*1$/.test(name) || /^::ffff:127\./.test(name);
  return false;
}

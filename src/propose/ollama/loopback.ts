import type { LookupFunction } from 'node:net';

/**
 * Whether a host name, spelled as `new URL` spells it (IPv4 in decimals, IPv6 short and in brackets), is this machine:
 * 127.0.0.0/8, also mapped into IPv6, ::1 and localhost. A name that merely resolves to loopback today is not trusted,
 * `x.localhost` neither: not every resolver keeps it at home.
 */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname) ||
    /^\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\]$/.test(hostname)
  );
}

const here = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** Where localhost is (RFC 6761), whatever a resolver says. */
export const lookUpLocalhost: LookupFunction = (_name, { all, family }, callback) => {
  const wanted = family === 6 || family === 'IPv6' ? here.slice(1) : here;
  if (all) callback(null, wanted);
  else callback(null, wanted[0]!.address, wanted[0]!.family);
};

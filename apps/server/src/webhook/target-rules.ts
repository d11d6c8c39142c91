import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { createTrustedPeers } from '../gateway/trusted-peers.ts';

/** An address that may be connected to, as it was checked. */
export interface Target {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Every address of a name, as the system resolves it. */
export type Resolve = (hostname: string) => Promise<readonly Target[]>;

/** The address is not one that webhooks are sent to. The message says why, and is shown to administrators. */
export class TargetRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TargetRefused';
  }
}

export interface TargetRules {
  /**
   * The addresses behind a URL, all of them checked: whoever connects must connect to these and ask nobody again, because a second
   * look-up may answer something else.
   *
   * @throws TargetRefused for an address inside, credentials, another scheme; whatever `resolve` throws for a name that is not known.
   */
  resolve(url: URL): Promise<readonly Target[]>;
}

/** What `ipaddr.js` calls everything that is not set aside: loopback, private, link-local, CGNAT, ULA, multicast and the rest have names. */
const OUTSIDE = 'unicast';
/** All of IPv6 that was ever given out for the internet (RFC 4291 §2.4). The old forms that hold an IPv4 address lie elsewhere. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/**
 * @param allowed CIDRs inside that may be sent to all the same, also without TLS.
 */
export function createTargetRules(allowed: readonly string[], resolve: Resolve = resolveName): TargetRules {
  const exceptions = createTrustedPeers(allowed);

  function check({ address }: Target, url: URL): void {
    if (exceptions.has(canonical(address))) return;
    if (url.protocol !== 'https:') throw new TargetRefused('Use https://. Only targets in LATCHKEY_WEBHOOK_ALLOW_PRIVATE may do without.');
    if (isOutside(address)) return;
    const message = `${url.hostname} is at ${address}, which is not on the public internet. LATCHKEY_WEBHOOK_ALLOW_PRIVATE can allow it.`;
    throw new TargetRefused(message);
  }

  return {
    async resolve(url) {
      if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TargetRefused('Use https://.');
      if (url.username || url.password) throw new TargetRefused('Leave user name and password out of the address.');
      const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
      const family = isIP(hostname);
      const targets = family === 4 || family === 6 ? [{ address: hostname, family } as const] : await resolve(hostname);
      if (targets.length === 0) throw new TargetRefused(`${hostname} has no address.`);
      // One that is inside spoils them all: which of them is connected to is not ours to say.
      for (const target of targets) check(target, url);
      return targets;
    },
  };
}

function isOutside(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.range() === OUTSIDE && (parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6));
}

/** `::ffff:127.0.0.1` is 127.0.0.1. */
function canonical(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

async function resolveName(hostname: string): Promise<readonly Target[]> {
  const found = await lookup(hostname, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

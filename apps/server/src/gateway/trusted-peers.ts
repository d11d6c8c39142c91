import { canonicalAddress } from '@latchkey/bearer-auth';
import ipaddr from 'ipaddr.js';

/** Whose forwarding headers are believed. */
export interface TrustedPeers {
  has(address: string | null): boolean;
}

/** @param cidrs CIDRs or single addresses, checked by the configuration. */
export function createTrustedPeers(cidrs: readonly string[]): TrustedPeers {
  const ranges = cidrs.map(parseRange);
  return {
    has(address) {
      if (ranges.length === 0 || address === null) return false;
      const parsed = ipaddr.process(address);
      return ranges.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
    },
  };
}

function parseRange(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(canonicalAddress(text) ?? text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

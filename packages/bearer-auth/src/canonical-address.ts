import { isIP, SocketAddress } from 'node:net';

/** An IP address as it is logged and compared: IPv4 as such also where it came mapped into IPv6, no zone; `null` for anything else. */
export function canonicalAddress(address: string | undefined): string | null {
  if (address === undefined) return null;
  const plain = address.split('%', 1)[0] ?? '';
  const mapped = plain.toLowerCase().startsWith('::ffff:') ? plain.slice(7) : plain;
  if (isIP(mapped) === 4) return mapped;
  return isIP(plain) === 6 ? new SocketAddress({ address: plain, family: 'ipv6' }).address : null;
}

import { listTokenPrefixes, type TokenPolicy, tokenPattern } from '@latchkey/core';

/** What scanners need to find tokens of this deployment in text, and where to say so. Names as on the wire. */
export function describeTokenFormat(policy: TokenPolicy) {
  const prefixes = [...new Set(listTokenPrefixes(policy).map(({ prefix }) => prefix))];
  return {
    name: 'Latchkey API token',
    type: 'latchkey_api_token',
    prefixes,
    pattern: tokenPattern(prefixes),
    checksum: {
      algorithm: 'crc32',
      description:
        'Behind the prefix are 36 characters of base62 and 6 of checksum: CRC-32 (IEEE 802.3) over those 36 as ASCII, ' +
        'as a base62 number with leading zeros, most significant digit first.',
      alphabet: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
    },
    report_path: '/leaks',
    revoke_path: '/leaks/revoke',
  };
}

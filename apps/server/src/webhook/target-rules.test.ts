import { describe, expect, it } from 'vitest';
import { createTargetRules, type Target } from './target-rules.ts';

const PUBLIC: Target = { address: '93.184.216.34', family: 4 };
const answering = (...addresses: string[]) =>
  createTargetRules([], async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

describe('refused', () => {
  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback, IPv6', '::1'],
    ['this host', '0.0.0.0'],
    ['private 10/8', '10.1.2.3'],
    ['private 172.16/12', '172.31.255.255'],
    ['private 192.168/16', '192.168.1.1'],
    ['link-local and metadata services', '169.254.169.254'],
    ['link-local, IPv6', 'fe80::1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['unique local', 'fd00:ec2::254'],
    ['site-local', 'fec0::1'],
    ['multicast', '224.0.0.1'],
    ['multicast, IPv6', 'ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['benchmarking', '198.18.0.1'],
    ['documentation', '2001:db8::1'],
    ['mapped', '::ffff:127.0.0.1'],
    ['mapped, in hex', '::ffff:7f00:1'],
    ['the old compatible form', '::7f00:1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:7f00:1::'],
  ])('%s, as an address and as what a name resolves to', async (_name, address) => {
    const literal = address.includes(':') ? `[${address}]` : address;
    await expect(answering().resolve(new URL(`https://${literal}/`))).rejects.toThrow(/not on the public internet/);
    await expect(answering(address).resolve(new URL('https://example.com/'))).rejects.toThrow(/not on the public internet/);
  });

  it('a name of which a single address is inside', async () => {
    await expect(answering('93.184.216.34', '10.0.0.1').resolve(new URL('https://example.com/'))).rejects.toThrow(/10\.0\.0\.1/);
  });

  it.each(['http://2130706433/', 'http://0x7f.1/', 'http://127.1/', 'http://0177.0.0.1/'])('an address in disguise: %s', async (url) => {
    await expect(answering().resolve(new URL(url.replace('http:', 'https:')))).rejects.toThrow(/127\.0\.0\.1/);
  });

  it('plain http, credentials and other schemes', async () => {
    await expect(answering('93.184.216.34').resolve(new URL('http://example.com/'))).rejects.toThrow('Use https://');
    await expect(answering('93.184.216.34').resolve(new URL('https://a:b@example.com/'))).rejects.toThrow('user name');
    await expect(answering('93.184.216.34').resolve(new URL('ftp://example.com/'))).rejects.toThrow('Use https://');
  });
});

describe('allowed', () => {
  it('every address of a public name, in the order of the resolver', async () => {
    const targets = await answering('93.184.216.34', '2606:2800:220:1::1').resolve(new URL('https://example.com/'));
    expect(targets.map(({ address }) => address)).toEqual(['93.184.216.34', '2606:2800:220:1::1']);
  });

  it('what LATCHKEY_WEBHOOK_ALLOW_PRIVATE names, also without TLS, and nothing beside it', async () => {
    const rules = createTargetRules(['10.20.0.0/16'], async () => [{ address: '10.20.3.4', family: 4 }]);
    await expect(rules.resolve(new URL('http://hooks.internal/'))).resolves.toHaveLength(1);
    await expect(rules.resolve(new URL('http://[::ffff:10.20.3.4]/'))).resolves.toHaveLength(1);
    await expect(rules.resolve(new URL('http://10.21.0.1/'))).rejects.toThrow();
  });

  it('a name is looked up once: what it answers the second time reaches nobody', async () => {
    let asked = 0;
    const rules = createTargetRules([], async () => [asked++ === 0 ? PUBLIC : { address: '127.0.0.1', family: 4 }]);
    await expect(rules.resolve(new URL('https://rebind.example/'))).resolves.toEqual([PUBLIC]);
    expect(asked).toBe(1);
  });
});

import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { compileAddressList, parseAddressRange } from './address-list.ts';

describe('a range is stored', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7/32', '203.0.113.7'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::FFFF:0102:0304', '1.2.3.4'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:0:0:0:1/128', '2001:db8:0:1::1'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['::', '::'],
    ['::/0', '::/0'],
    ['1::', '1::'],
    ['::13.1.68.3', '::d01:4403'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ])('%s as %s', (text, canonical) => {
    expect(parseAddressRange(text)).toEqual({ ok: true, text: canonical });
  });
});

describe('a range is refused, and the message says what to change:', () => {
  it.each([
    ['10.1.2.3/8', 'Write 10.0.0.0/8 for the network, or 10.1.2.3.'],
    ['2001:db8::1/32', 'Write 2001:db8::/32 for the network, or 2001:db8::1.'],
    ['::ffff:10.1.2.3/104', 'Write 10.0.0.0/8 for the network, or 10.1.2.3.'],
    ['10.0.0.0/33', 'from 0 to 32'],
    ['10.0.0.0/', 'from 0 to 32'],
    ['10.0.0.0/08', 'from 0 to 32'],
    ['10.0.0.0/-1', 'from 0 to 32'],
    ['10.0.0.0/8/8', 'from 0 to 32'],
    ['::/129', 'from 0 to 128'],
    ['::ffff:1.2.3.4/24', 'from 96 to 128'],
    ['fe80::1%eth0', 'Leave out the zone'],
    ['010.0.0.1', 'such as'],
    ['10.0.0', 'such as'],
    ['10.0.0.0.0', 'such as'],
    ['10.0.0.256', 'such as'],
    ['0x0a.0.0.1', 'such as'],
    ['', 'such as'],
    [' 10.0.0.1', 'such as'],
    ['example.com', 'such as'],
    ['1::2::3', 'such as'],
    [':::', 'such as'],
    [':1:2:3:4:5:6:7', 'such as'],
    ['1:2:3:4:5:6:7:8:9', 'such as'],
    ['1:2:3:4:5:6:7::8', 'such as'],
    ['1.2.3.4::', 'such as'],
    ['12345::', 'such as'],
    ['٣.0.0.1', 'such as'],
  ])('%s', (text, message) => {
    expect(parseAddressRange(text)).toEqual({ ok: false, message: expect.stringContaining(message) });
  });
});

describe('a list allows', () => {
  it('every address where it is empty, known or not', () => {
    for (const list of [null, []]) {
      expect(compileAddressList(list).allows('192.0.2.1')).toBe(true);
      expect(compileAddressList(list).allows(null)).toBe(true);
    }
  });

  it('no unknown address, no text that is none, and nothing by an entry that can not be read', () => {
    const everything = compileAddressList(['0.0.0.0/0', '::/0']);
    expect([null, '', 'unknown', '1.2.3', 'fe80::g'].map((address) => everything.allows(address))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(compileAddressList(['nonsense']).allows('192.0.2.1')).toBe(false);
  });

  it('an address in each of its forms', () => {
    const list = compileAddressList(['1.2.3.4', 'fe80::1']);
    for (const form of ['1.2.3.4', '::ffff:1.2.3.4', '::FFFF:102:304', '0:0:0:0:0:ffff:1.2.3.4', 'fe80::1%eth0', 'FE80:0::0001']) {
      expect(list.allows(form)).toBe(true);
    }
    expect(list.allows('::1.2.3.4')).toBe(false);
  });

  it('IPv4 by no range of IPv6', () => {
    expect(compileAddressList(['::/0']).allows('1.2.3.4')).toBe(false);
  });
});

describe('compared with ipaddr.js', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
  const word = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xff_ff }));
  const words = fc.array(word, { minLength: 8, maxLength: 8 });
  const ipv6 = fc
    .tuple(words, fc.boolean())
    .map(([all, short]) =>
      short ? new ipaddr.IPv6(all).toString() : all.map((value) => value.toString(16).toUpperCase().padStart(4, '0')).join(':'),
    );
  const mapped = fc.tuple(ipv4, fc.boolean()).map(([address, dotted]) => {
    const bytes = ipaddr.IPv4.parse(address).toIPv4MappedAddress();
    return dotted ? `::ffff:${address}` : bytes.toNormalizedString();
  });
  const anyAddress = fc.oneof(ipv4, ipv6, mapped);
  const bits = (address: string) => (ipaddr.process(address).kind() === 'ipv4' ? 32 : 128);
  const networkOf = (address: string, prefix: number) => {
    const known = ipaddr.process(address);
    return known.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(`${known}/${prefix}`)
      : ipaddr.IPv6.networkAddressFromCIDR(`${known}/${prefix}`);
  };

  it('the same texts are addresses, with the same canonical form', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        const known = ipaddr.process(address);
        expect(parseAddressRange(address)).toEqual({
          ok: true,
          text: known instanceof ipaddr.IPv6 ? known.toRFC5952String() : String(known),
        });
      }),
      { numRuns: 1_000 },
    );
  });

  it('the same addresses are in a range, and a range with host bits is answered with the right network', () => {
    const scenes = fc.tuple(anyAddress, anyAddress, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 127 }));
    fc.assert(
      fc.property(scenes, ([base, other, share, flip]) => {
        const prefix = Math.round(share * bits(base));
        const network = networkOf(base, prefix).toString();
        const range = `${network}/${prefix}`;
        expect(parseAddressRange(range)).toMatchObject({ ok: true });
        const list = compileAddressList([range]);
        // The other address, and a neighbour that differs in one bit: most random pairs differ in all of them.
        for (const address of [other, flipBit(base, flip)]) {
          const known = ipaddr.process(address);
          const expected = known.kind() === ipaddr.process(base).kind() && known.match(ipaddr.parseCIDR(range) as never);
          expect(list.allows(address)).toBe(expected);
        }
        const own = parseAddressRange(`${ipaddr.process(base)}/${prefix}`);
        if (!own.ok) expect(own.message).toContain(`Write ${parsedText(range)} `);
      }),
      { numRuns: 1_000 },
    );
  });

  function flipBit(address: string, bit: number): string {
    const bytes = ipaddr.process(address).toByteArray();
    const index = bit % (bytes.length * 8);
    bytes[index >> 3] = (bytes[index >> 3] ?? 0) ^ (0x80 >> (index & 7));
    return ipaddr.fromByteArray(bytes).toString();
  }

  function parsedText(range: string): string {
    const parsed = parseAddressRange(range);
    return parsed.ok ? parsed.text : '';
  }
});

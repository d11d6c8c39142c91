import { createServer } from 'node:http';
import { listen, send } from '@latchkey/bearer-auth/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClientAddressReader } from './client-address.ts';
import { createClientFactsReader } from './client-facts-reader.ts';
import { createTrustedPeers } from './trusted-peers.ts';

const trusted = createTrustedPeers(['127.0.0.0/8', '10.0.0.0/8', '2001:db8:aaaa::/48']);
const readers = {
  trusting: createClientAddressReader(trusted),
  cautious: createClientAddressReader(createTrustedPeers(['192.0.2.1'])),
  facts: createClientFactsReader(trusted, null),
  cautiousFacts: createClientFactsReader(createTrustedPeers([]), null),
};

let door: { url: string; close(): Promise<void> };
beforeAll(async () => {
  door = await listen(
    createServer((req, res) => {
      const answers = {
        trusting: readers.trusting(req),
        cautious: readers.cautious(req),
        origin: readers.facts(req).origin,
        cautiousOrigin: readers.cautiousFacts(req).origin,
      };
      res.setHeader('Content-Type', 'application/json');
      res.end(JSON.stringify(answers));
    }),
  );
});
afterAll(() => door.close());

async function read(...headers: string[]): Promise<Record<string, unknown>> {
  return (await send(door.url, { headers })).body ?? {};
}

describe('the client’s address', () => {
  test('is that of the connection where nobody is trusted, whatever the fields say', async () => {
    const { cautious } = await read('X-Forwarded-For', '203.0.113.9', 'Forwarded', 'for=203.0.113.9');
    expect(cautious).toBe('127.0.0.1');
  });

  test.each([
    ['one hop', ['X-Forwarded-For', '203.0.113.9'], '203.0.113.9'],
    ['the right-most that is not trusted', ['X-Forwarded-For', '6.6.6.6, 203.0.113.9, 10.1.2.3'], '203.0.113.9'],
    ['over several lines', ['X-Forwarded-For', '203.0.113.9', 'X-Forwarded-For', '10.0.0.1'], '203.0.113.9'],
    ['the left-most where all are trusted', ['X-Forwarded-For', '10.0.0.9,10.0.0.1'], '10.0.0.9'],
    ['garbage ends the search', ['X-Forwarded-For', '203.0.113.9, nonsense, 10.0.0.1'], '10.0.0.1'],
    ['garbage alone', ['X-Forwarded-For', 'unknown'], '127.0.0.1'],
    ['nothing', ['X-Forwarded-For', ''], '127.0.0.1'],
    ['IPv4 mapped into IPv6', ['X-Forwarded-For', '203.0.113.9, ::ffff:10.0.0.1'], '203.0.113.9'],
    ['IPv6 in its shortest form', ['X-Forwarded-For', '2001:0DB8:0:0::0001'], '2001:db8::1'],
    ['a trusted IPv6 hop', ['X-Forwarded-For', '203.0.113.9, 2001:db8:aaaa::7'], '203.0.113.9'],
    ['with ports', ['X-Forwarded-For', '203.0.113.9:4711, [2001:db8:aaaa::7]:80'], '203.0.113.9'],
    ['Forwarded', ['Forwarded', 'for=203.0.113.9;proto=https, For="[2001:db8:aaaa::7]:80"'], '203.0.113.9'],
    ['Forwarded with quoted separators', ['Forwarded', 'for=203.0.113.9;host="a,b;for=6.6.6.6"'], '203.0.113.9'],
    ['Forwarded without an address', ['Forwarded', 'for=203.0.113.9, for=_hidden'], '127.0.0.1'],
    ['X-Forwarded-For before Forwarded', ['Forwarded', 'for=6.6.6.6', 'X-Forwarded-For', '203.0.113.9'], '203.0.113.9'],
  ])('behind a trusted proxy: %s', async (_what, headers, expected) => {
    expect((await read(...headers)).trusting).toBe(expected);
  });

  test('any field gives an address or none, and never an error', { timeout: 60_000 }, async () => {
    const field = fc.string({ unit: fc.constantFrom(...'0123456789abcdef.:,;="[]%\\ for_') });
    await fc.assert(
      fc.asyncProperty(field, field, async (listed, forwarded) => {
        const { trusting } = await read('X-Forwarded-For', listed, 'Forwarded', forwarded);
        expect(trusting).toMatch(/^[0-9a-f.:]+$/);
      }),
    );
  });
});

describe('the client’s origin', () => {
  test('is what the request says where nobody is trusted', async () => {
    const { cautiousOrigin } = await read('X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'evil.test');
    expect(cautiousOrigin).toBe(door.url);
  });

  test.each([
    [['X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'Tokens.Example.com'], 'https://tokens.example.com'],
    [['Forwarded', 'for=1.2.3.4;proto=https;host="tokens.example.com:8443"'], 'https://tokens.example.com:8443'],
    [['X-Forwarded-Proto', 'gopher', 'X-Forwarded-Host', 'a.test'], 'http://a.test'],
  ])('is what a trusted proxy says: %j', async (headers, origin) => {
    expect((await read(...headers)).origin).toBe(origin);
  });
});

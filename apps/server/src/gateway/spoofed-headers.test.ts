import { createServer, type IncomingMessage } from 'node:http';
import { createNodeGuard } from '@latchkey/bearer-auth/node';
import { aGuardScene, bearer, listen, send } from '@latchkey/bearer-auth/testing';
import type { TokenRecord } from '@latchkey/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createStrictServer } from '../http/create-strict-server.ts';
import { createClientAddressReader } from './client-address.ts';
import { createSecureReader } from './client-facts-reader.ts';
import { createReverseProxy } from './reverse-proxy.ts';
import { DOORS, type DoorKind, listenAt } from './testing/doors.ts';
import { CLAIMED_ADDRESS, isClaimed, SPOOFED_HEADERS } from './testing/spoofed-headers.ts';
import { createTrustedPeers } from './trusted-peers.ts';

/** The gateway as the server makes it, with nobody to be trusted, before an upstream that notes what it is given. */
async function openGateway(kind: DoorKind, requireHttps = false) {
  const received: IncomingMessage[] = [];
  const upstream = await listen(
    createServer((req, res) => {
      received.push(req);
      res.end('served');
    }),
  );
  const scene = aGuardScene({ requireHttps });
  const trusted = createTrustedPeers([]);
  const clientAddress = createClientAddressReader(trusted);
  const node = createNodeGuard(scene.guard, { clientAddress, isSecure: createSecureReader(trusted) });
  const proxy = createReverseProxy({ upstream: new URL(upstream.url), trusted, deny: node.deny });
  const listener = node.protect(proxy.handle);
  const door = await listenAt(kind, createStrictServer({ listener, continueListener: listener }), {
    guard: scene.guard,
    proxy,
    clientAddress,
    isSecure: createSecureReader(trusted),
  });
  onTestFinished(async () => {
    await door.close();
    proxy.close();
    await upstream.close();
    await scene.guard.close();
  });
  const issue = (changes: Partial<TokenRecord> = {}) =>
    scene.tokens.issue({ rateLimit: null, ownerType: 'user', ownerId: '7', ...changes });
  return { ...scene, url: door.url, received, issue };
}

describe.each(DOORS)('through %s', (kind) => {
  describe(`${SPOOFED_HEADERS.length} ways to claim to be somebody else`, () => {
    it('are more than 60', () => {
      expect(SPOOFED_HEADERS.length).toBeGreaterThan(60);
    });

    it('reach neither the upstream nor the record', async () => {
      const { url, received, issue, usage } = await openGateway(kind);
      const headers = bearer(issue());
      for (const spoofed of SPOOFED_HEADERS) {
        const answer = await send(url, { headers: [...headers, ...spoofed.headers] });
        const request = received.pop();
        expect({ name: spoofed.name, status: answer.status, isClaimed: isClaimed(request?.rawHeaders ?? []) }).toEqual({
          name: spoofed.name,
          status: 200,
          isClaimed: false,
        });
        expect(request).toMatchObject({ method: 'GET', url: '/products' });
        expect(request?.headersDistinct).toMatchObject({
          'x-latchkey-token-id': ['1'],
          'x-latchkey-owner': ['user:7'],
          'x-forwarded-for': ['127.0.0.1'],
          'x-forwarded-proto': ['http'],
          'x-forwarded-host': [new URL(url).host],
        });
        expect(usage.records.at(-1)).toMatchObject({ ip: '127.0.0.1', status: 200 });
      }
      expect(usage.records).toHaveLength(SPOOFED_HEADERS.length);
    });

    it('do not bring a token to an address that it may not be used from', async () => {
      const { url, received, issue } = await openGateway(kind);
      const headers = bearer(issue({ allowedIps: [`${CLAIMED_ADDRESS}/32`] }));
      for (const spoofed of SPOOFED_HEADERS) {
        const { status, body } = await send(url, { headers: [...headers, ...spoofed.headers] });
        expect({ name: spoofed.name, status, code: body?.code }).toEqual({ name: spoofed.name, status: 403, code: 'IP_NOT_ALLOWED' });
      }
      expect(received).toEqual([]);
    });

    it('do not make HTTPS of plain HTTP', async () => {
      const { url, received, issue } = await openGateway(kind, true);
      const headers = bearer(issue());
      for (const spoofed of SPOOFED_HEADERS) {
        const { status, body } = await send(url, { headers: [...headers, ...spoofed.headers] });
        expect({ name: spoofed.name, status, code: body?.code }).toEqual({ name: spoofed.name, status: 403, code: 'HTTPS_REQUIRED' });
      }
      expect(received).toEqual([]);
    });
  });

  it('plain HTTP is refused byte for byte alike, whatever token it brings', async () => {
    const { url, tokens, issue } = await openGateway(kind, true);
    const revoked = issue({ revokedAt: 1 });
    const good = issue();
    const wrong = `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`;
    const answers: string[] = [];
    for (const headers of [bearer(good), bearer(revoked), bearer(wrong), bearer('nonsense'), [], [...bearer(good), ...bearer(good)]]) {
      const { status, rawHeaders, text } = await send(url, { headers });
      answers.push(
        [status, ...rawHeaders, text]
          .join('\n')
          .replaceAll(/[a-z0-9]{18}/g, 'ID')
          .replace(/\w{3}, .* GMT/, 'DATE'),
      );
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^403\n.*HTTPS_REQUIRED/s);
    expect(tokens.lookups).toBe(0);
  });
});

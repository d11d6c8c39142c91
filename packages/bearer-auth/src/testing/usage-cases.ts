import { once } from 'node:events';
import { connect } from 'node:net';
import { createTokenText } from '@latchkey/core';
import { describe, expect, it } from 'vitest';
import { expectDenial, NOON, type OpenScene } from './case-scene.ts';
import { bearer, sendBytes } from './send.ts';

/** What is on record of a request, and what happens while something the guard stands on fails or changes. */
export function describeUsageCases(open: OpenScene): void {
  describeUsage(open);
  describeFailures(open);
}

function describeUsage(open: OpenScene): void {
  describe('usage', () => {
    it('has every field of an admitted request', async () => {
      const scene = await open();
      const headers = [...bearer(scene.tokens.issue()), 'User-Agent', 'cases/1.0'];
      const answer = await scene.send({ method: 'POST', path: '/api/stores/17/upload?dry=1', headers, body: 'x'.repeat(1_000) });
      expect(scene.usage.records).toEqual([
        {
          kind: 'request',
          tokenId: 1,
          at: NOON,
          method: 'POST',
          endpoint: '/stores/:id/upload',
          path: '/stores/17/upload',
          status: 200,
          durationUs: expect.any(Number),
          requestBytes: 1_000,
          responseBytes: 4,
          ip: '127.0.0.1',
          userAgent: 'cases/1.0',
          outcome: 'VALID',
          requestId: answer.headers['x-request-id'],
          secretId: 101,
          cost: 1,
          trial: null,
        },
      ]);
      expect(scene.usage.records[0]?.durationUs).toBeGreaterThan(0);
    });

    it('keeps of a token that a client has put into the path or its user agent the ends', async () => {
      const scene = await open();
      const token = scene.tokens.issue();
      const other = createTokenText('');
      const headers = [...bearer(token), 'User-Agent', `cases/1.0 (${token})`];
      await scene.send({ path: `/api/files/${token}.${other}/parts`, headers });
      const masked = (text: string) => `${text.slice(0, -42)}...${text.slice(-3)}`;
      const path = `/files/${masked(token)}.${masked(other)}/parts`;
      expect(scene.usage.records).toEqual([expect.objectContaining({ path, endpoint: path, userAgent: `cases/1.0 (${masked(token)})` })]);
    });

    it('has denials of identified tokens, with their code', async () => {
      const scene = await open();
      const rateLimit = { max: 1, windowMs: 60_000, algorithm: 'fixed' } as const;
      const headers = bearer(scene.tokens.issue({ rateLimit }));
      await scene.send({ headers });
      const refused = await scene.send({ headers });
      scene.tokens.change(1, { active: false });
      await scene.send({ method: 'HEAD', headers });
      expect(scene.usage.records).toMatchObject([
        { status: 200, outcome: 'VALID' },
        { status: 429, outcome: 'RATE_LIMITED', responseBytes: Buffer.byteLength(refused.text) },
        { status: 401, outcome: 'KEY_DISABLED', responseBytes: 0 },
      ]);
    });

    it('counts attempts with unknown tokens apart, summed by fingerprint, never by text', async () => {
      const scene = await open();
      const text = scene.mint.generate('lk_live_');
      for (let attempt = 0; attempt < 3; attempt++) await scene.send({ headers: bearer(text) });
      await scene.send({ headers: bearer('nonsense') });
      await scene.guard.close();
      expect(scene.usage.records).toHaveLength(0);
      expect(scene.usage.unknown).toMatchObject([
        { reason: 'unknown', count: 3, ip: '127.0.0.1', fingerprint: scene.digester.fingerprint(text), firstAt: NOON, lastAt: NOON },
        { reason: 'malformed', count: 1, fingerprint: scene.digester.fingerprint('nonsense') },
      ]);
      expect(JSON.stringify(scene.usage.unknown)).not.toContain(text);
    });

    it.each(['products', 'chunks', 'sized', 'empty', 'missing'])('/%s is on record before its last byte is out', async (name) => {
      const scene = await open();
      scene.usage.isHolding = true;
      let isAnswered = false;
      const answering = scene.send({ path: `/api/${name}`, headers: bearer(scene.tokens.issue()) }).then((answer) => {
        isAnswered = true;
        return answer;
      });
      await scene.usage.waitFor(1);
      // A round trip through the same server: an answer that was not held would have arrived by now.
      await scene.send();
      expect(isAnswered).toBe(false);
      scene.usage.confirm();
      expect((await answering).status).toBe(scene.usage.records[0]?.status);
    });

    it('an answer that can not be recorded is never whole', async () => {
      const scene = await open();
      scene.usage.failure = new Error('disk gone');
      const headers = bearer(scene.tokens.issue());
      await expect(scene.send({ headers })).rejects.toThrow();
      await expect(scene.send({ path: '/api/chunks', headers })).rejects.toThrow();
      scene.tokens.change(1, { active: false });
      await expect(scene.send({ headers })).rejects.toThrow();
    });

    it('a client that goes away is recorded once, as 499', async () => {
      const scene = await open();
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(scene.url).port) });
      socket.write(`GET /api/stuck HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${scene.tokens.issue()}\r\n\r\n`);
      await once(socket, 'data');
      socket.destroy();
      await scene.usage.waitFor(1);
      await scene.send();
      expect(scene.usage.records).toMatchObject([{ status: 499, outcome: 'CLIENT_CLOSED', responseBytes: 10 }]);
    });

    it('answers pipelined requests in order, each on record', async () => {
      const scene = await open();
      const request = (name: string, extra = '') => `GET /api/${name} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: ${text}\r\n${extra}\r\n`;
      const text = scene.tokens.issue();
      const answers = await sendBytes(scene.url, request('sized') + request('chunks') + request('missing', 'Connection: close\r\n'));
      expect(answers.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404']);
      expect(scene.usage.records.map((record) => record.path).toSorted()).toEqual(['/chunks', '/missing', '/sized']);
    });
  });
}

function describeFailures(open: OpenScene): void {
  describe('503', () => {
    it('an uncached token while the source is down is never 401; a cached one goes on', async () => {
      const scene = await open();
      const cached = bearer(scene.tokens.issue());
      const cold = bearer(scene.tokens.issue());
      await scene.send({ headers: cached });
      scene.tokens.failure = new Error('connection refused');
      expect((await scene.send({ headers: cached })).status).toBe(200);
      const answer = await scene.send({ headers: cold });
      expectDenial(answer, 'temporarily_unavailable');
      expect(answer.headers['retry-after']).toBe('5');
      expect(answer.headers).not.toHaveProperty('www-authenticate');
    });

    it('says so while usage can not be recorded, and consumes nothing', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue());
      scene.usage.accepting = false;
      const answer = await scene.send({ headers });
      expectDenial(answer, 'spool_full');
      expect(answer.headers['retry-after']).toBe('5');
      expect(scene.usage.records).toHaveLength(0);
      scene.usage.accepting = true;
      expect((await scene.send({ headers })).headers['x-ratelimit-remaining']).toBe('99');
    });
  });

  describe('changes', () => {
    it('a revoked token is refused with the next request', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue());
      expect((await scene.send({ headers })).status).toBe(200);
      scene.tokens.change(1, { revokedAt: NOON });
      expectDenial(await scene.send({ headers }), 'revoked');
    });

    it('the process that made the change needs no news of it', async () => {
      const scene = await open();
      const headers = bearer(scene.tokens.issue());
      await scene.send({ headers });
      scene.tokens.changeSilently(1, { active: false });
      expect((await scene.send({ headers })).status).toBe(200);
      scene.guard.invalidate([1]);
      expectDenial(await scene.send({ headers }), 'disabled');
    });
  });
}

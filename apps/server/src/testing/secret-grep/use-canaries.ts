import { type Answer, bearer, send } from '@latchkey/bearer-auth/testing';
import { createTokenText, parseTokenText } from '@latchkey/core';
import type { AdminClient } from '../admin-client.ts';

/** Texts that were shown to a server, and how it answered. */
export interface Canaries {
  /** The random parts of every text, issued or not. */
  readonly secrets: readonly string[];
  /** What was stored in plain text beside them: it must be found, or the search is worth nothing. */
  readonly names: readonly string[];
  readonly statuses: Readonly<Record<string, number>>;
}

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];
const ORIGINAL = ['X-Forwarded-Method', 'GET', 'X-Forwarded-Uri', '/api/products', 'X-Forwarded-For', '192.0.2.1'];

/** Creates tokens and shows their texts to every door, as good ones and as all kinds of bad ones. */
export async function useCanaries(url: string, admin: AdminClient, count: number): Promise<Canaries> {
  const secrets: string[] = [];
  const names: string[] = [];
  const statuses: Record<string, number> = {};

  async function ask(what: string, answer: Promise<Answer>): Promise<void> {
    const key = `${what} ${(await answer).status}`;
    statuses[key] = (statuses[key] ?? 0) + 1;
  }

  async function show(kind: string, text: string): Promise<void> {
    secrets.push(text.slice(text.lastIndexOf('_') + 1));
    const form = new URLSearchParams({ token: text }).toString();
    await ask(`${kind}: bearer`, send(url, { headers: bearer(text) }));
    await ask(`${kind}: X-API-Key`, send(url, { headers: ['X-API-Key', text] }));
    await ask(`${kind}: two lines`, send(url, { headers: [...bearer(text), ...bearer(text)] }));
    await ask(`${kind}: Basic`, send(url, { headers: ['Authorization', `Basic ${text}`] }));
    await ask(`${kind}: query`, send(url, { path: `/api/products?api_key=${text}&access_token=${text}` }));
    await ask(`${kind}: wrong path`, send(url, { path: '/api/../x', headers: bearer(text) }));
    await ask(`${kind}: broken`, send(url, { path: 'http://x/api/products', headers: bearer(text) }));
    await ask(`${kind}: management`, send(url, { path: '/api/api-tokens', headers: bearer(text) }));
    await ask(`${kind}: procedures`, send(url, { path: '/trpc/admin.me', headers: bearer(text) }));
    await ask(`${kind}: about itself`, send(url, { path: '/api/_token', headers: bearer(text) }));
    await ask(`${kind}: forward-auth`, send(url, { path: '/auth/verify', headers: [...ORIGINAL, ...bearer(text)] }));
    await ask(
      `${kind}: introspection`,
      send(url, { method: 'POST', path: '/introspect', headers: [...bearer(admin.jwt), ...FORM], body: form }),
    );
  }

  async function showOne(index: number): Promise<void> {
    const name = `Name${crypto.randomUUID().replaceAll('-', '')}`;
    names.push(name);
    const { id, token } = await admin.createToken({ name, description: 'A canary', rate_limit: 1_000_000 });
    await show('good', token);
    await show('wrong end', `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`);
    await show('unknown', createTokenText('lk_live_'));
    if (index % 4 === 0) {
      const rotated = (await admin.call('POST', `/api/api-tokens/${id}/rotate`, {})) as { token: { token: string } };
      await show('rotated', rotated.token.token);
    }
    if (index % 4 === 1) {
      await admin.call('POST', `/api/api-tokens/${id}/revoke`, {});
      await show('revoked', token);
    }
    if (index % 4 === 2) {
      const body = new URLSearchParams({ token }).toString();
      await ask('revocation by text', send(url, { method: 'POST', path: '/revoke', headers: [...bearer(admin.jwt), ...FORM], body }));
      await show('revoked', token);
    }
    if (index % 4 === 3) {
      await admin.call('PUT', `/api/api-tokens/${id}`, { active: false });
      await show('disabled', token);
    }
  }

  for (let index = 0; index < count; index += 4) {
    await Promise.all([0, 1, 2, 3].filter((offset) => index + offset < count).map((offset) => showOne(index + offset)));
  }
  return { secrets: [...new Set(secrets)].filter((text) => parseTokenText(text) !== null || text.length === 42), names, statuses };
}

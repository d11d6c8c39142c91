import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import { appRouter, REST_ROUTES } from '@latchkey/api';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Management, openManagement } from './testing/open-management.ts';
import { type SignedIn, signIn, signInAs } from './testing/sign-in.ts';

/** Who may call what. A procedure without a row here fails the suite. */
const PROCEDURES: Record<string, 'anybody' | 'viewer' | 'admin'> = {
  'token.list': 'viewer',
  'token.findBySecret': 'viewer',
  'token.get': 'viewer',
  'token.create': 'admin',
  'token.update': 'admin',
  'token.setActive': 'admin',
  'token.revoke': 'admin',
  'token.introspect': 'viewer',
  'token.revokePresented': 'admin',
  'token.import': 'admin',
  'token.rotate': 'admin',
  'token.secrets': 'viewer',
  'token.revokeSecret': 'admin',
  'token.delete': 'admin',
  'token.impact': 'viewer',
  'token.explain': 'viewer',
  'token.setTrial': 'admin',
  'token.enforceTrial': 'admin',
  'token.clearTrial': 'admin',
  'usage.trial': 'viewer',
  'usage.whatIf': 'viewer',
  'token.evidence': 'viewer',
  'limit.status': 'viewer',
  'limit.throttled': 'viewer',
  'token.deleteExpired': 'admin',
  'token.readViewable': 'viewer',
  'owner.list': 'viewer',
  'owner.get': 'viewer',
  'owner.end': 'admin',
  'policy.read': 'viewer',
  'usage.report': 'viewer',
  'usage.overview': 'viewer',
  'usage.series': 'viewer',
  'usage.summary': 'viewer',
  'usage.endpoints': 'viewer',
  'usage.topTokens': 'viewer',
  'usage.requests': 'viewer',
  'usage.attention': 'viewer',
  'usage.unknownAttempts': 'viewer',
  'admin.me': 'viewer',
  'admin.server': 'viewer',
  'admin.tokenSecrets': 'viewer',
  'admin.setupState': 'anybody',
  'admin.completeSetup': 'anybody',
  'admin.members': 'viewer',
  'admin.addMember': 'admin',
  'admin.setRole': 'admin',
  'admin.removeMember': 'admin',
  'admin.audit': 'admin',
  'portalSession.create': 'admin',
  'portalSession.list': 'viewer',
  'portalSession.revoke': 'admin',
  'webhook.list': 'viewer',
  'webhook.get': 'viewer',
  'webhook.create': 'admin',
  'webhook.update': 'admin',
  'webhook.delete': 'admin',
  'webhook.rotateSecret': 'admin',
  'webhook.test': 'admin',
  'webhook.deliveries': 'viewer',
  'webhook.delivery': 'viewer',
  'webhook.replay': 'admin',
  'operations.gateways': 'viewer',
  'operations.records': 'viewer',
};

/** Every documented call of the REST, with a token that does not exist where it wants an id. */
const ROUTES: Record<string, 'viewer' | 'admin'> = {
  'GET /api/api-tokens': 'viewer',
  'POST /api/api-tokens': 'admin',
  'POST /api/api-tokens/delete-expired': 'admin',
  'GET /api/api-tokens/owners': 'viewer',
  'GET /api/api-tokens/owners/one': 'viewer',
  'POST /api/api-tokens/owners/end': 'admin',
  'GET /api/api-tokens/:id/viewable-token': 'viewer',
  'GET /api/api-tokens/gateways': 'viewer',
  'GET /api/api-tokens/records': 'viewer',
  'GET /api/api-tokens/policy': 'viewer',
  'POST /api/api-tokens/import': 'admin',
  'GET /api/api-tokens/stats/overview': 'viewer',
  'POST /api/api-tokens/explain': 'viewer',
  'GET /api/api-tokens/webhooks': 'viewer',
  'POST /api/api-tokens/webhooks': 'admin',
  'GET /api/api-tokens/webhooks/:id': 'viewer',
  'PUT /api/api-tokens/webhooks/:id': 'admin',
  'DELETE /api/api-tokens/webhooks/:id': 'admin',
  'POST /api/api-tokens/webhooks/:id/rotate-secret': 'admin',
  'POST /api/api-tokens/webhooks/:id/test': 'admin',
  'GET /api/api-tokens/webhooks/:id/deliveries': 'viewer',
  'GET /api/api-tokens/webhook-deliveries/:id': 'viewer',
  'POST /api/api-tokens/webhook-deliveries/:id/replay': 'admin',
  'GET /api/api-tokens/:id': 'viewer',
  'PUT /api/api-tokens/:id': 'admin',
  'DELETE /api/api-tokens/:id': 'admin',
  'POST /api/api-tokens/:id/revoke': 'admin',
  'POST /api/api-tokens/:id/what-if': 'viewer',
  'GET /api/api-tokens/:id/evidence': 'viewer',
  'GET /api/api-tokens/:id/trial': 'viewer',
  'PUT /api/api-tokens/:id/trial': 'admin',
  'DELETE /api/api-tokens/:id/trial': 'admin',
  'POST /api/api-tokens/:id/trial/enforce': 'admin',
  'POST /api/api-tokens/:id/rotate': 'admin',
  'GET /api/api-tokens/:id/secrets': 'viewer',
  'POST /api/api-tokens/:id/secrets/revoke': 'admin',
  'GET /api/api-tokens/:id/limits': 'viewer',
  'GET /api/api-tokens/:id/usage': 'viewer',
  'GET /api/portal-sessions': 'viewer',
  'POST /api/portal-sessions': 'admin',
  'POST /api/portal-sessions/:id/revoke': 'admin',
};

const API_TOKEN = 'lk_live_0123456789abcdefghijklmnopqrstuvwxyz012345';

type Role = 'nobody' | 'viewer' | 'admin';

let management: Management;
let admin: SignedIn;
let viewer: SignedIn;
let removed: SignedIn;
let signedOut: SignedIn;
const strangersKey = generateKeyPairSync('ed25519').privateKey;
/** A genuine key of this server whose private half is known here: what is refused under it is refused for its claims alone. */
const ownKey = generateKeyPairSync('ed25519');
const OWN_KEY_ID = 'own-key-of-the-tests';

beforeAll(async () => {
  management = await openManagement();
  admin = await signInAs(management, 'admin');
  await addOwnKey();
  viewer = await signInAs(management, 'viewer');
  removed = await signInAsRemoved();
  signedOut = await signIn(management);
  await management.send('/api/auth/sign-out', { method: 'POST', headers: { cookie: signedOut.cookie, origin: management.url } });
});
afterAll(() => management.close());

async function addOwnKey(): Promise<void> {
  const client = new Client({ connectionString: management.databaseUrl });
  await client.connect();
  await client.query(
    `insert into auth.jwks (id, "publicKey", "privateKey", "createdAt", alg, crv) values ($1, $2, 'none', 'epoch', 'EdDSA', 'Ed25519')`,
    [OWN_KEY_ID, JSON.stringify(ownKey.publicKey.export({ format: 'jwk' }))],
  );
  await client.end();
}

async function signInAsRemoved(): Promise<SignedIn> {
  const credentials = { email: 'gone@example.com', password: 'gone with the account' };
  const actor = { id: null, name: 'test', ipAddress: null, userAgent: null };
  const { id } = await management.auth.accounts.add({ ...credentials, name: 'Gone', role: 'admin' }, actor);
  const signedIn = await signIn(management, credentials);
  await management.auth.accounts.remove(id, actor);
  return signedIn;
}

const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const partsOf = (jwt: string) => jwt.split('.') as [string, string, string];
const decode = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString());
const headerOf = (jwt: string) => decode(partsOf(jwt)[0]);
const claimsOf = (jwt: string) => decode(partsOf(jwt)[1]);

function makeJwt(header: unknown, claims: unknown, key: KeyObject): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${signBytes(null, Buffer.from(signed), key).toString('base64url')}`;
}

const withClaims = (change: Record<string, unknown>) =>
  makeJwt({ alg: 'EdDSA', kid: OWN_KEY_ID }, { ...claimsOf(admin.jwt), ...change }, ownKey.privateKey);

function alteredJwt(): string {
  const [header, , signature] = partsOf(viewer.jwt);
  return `${header}.${encode(claimsOf(admin.jwt))}.${signature}`;
}

function hmacJwt(): string {
  const signed = `${encode({ ...headerOf(admin.jwt), alg: 'HS256' })}.${partsOf(admin.jwt)[1]}`;
  return `${signed}.${createHmac('sha256', JSON.stringify(ownKey.publicKey.export({ format: 'jwk' })))
    .update(signed)
    .digest('base64url')}`;
}

/** Everybody who may knock, and what they count as. */
const CALLERS: Record<string, { is: Role; headers: () => Record<string, string> }> = {
  'nobody at all': { is: 'nobody', headers: () => ({}) },
  'an API token': { is: 'nobody', headers: () => bearer(API_TOKEN) },
  'an API token in X-API-Key': { is: 'nobody', headers: () => ({ 'x-api-key': API_TOKEN }) },
  // Never retried as the other: the session beside it is good.
  'an API token beside a session': { is: 'nobody', headers: () => ({ ...bearer(API_TOKEN), cookie: admin.cookie }) },
  'a forged JWT beside a session': { is: 'nobody', headers: () => ({ ...bearer(alteredJwt()), cookie: admin.cookie }) },
  'two Authorization values': { is: 'nobody', headers: () => ({ authorization: `Bearer ${admin.jwt}, Bearer ${admin.jwt}` }) },
  'JWT, alg none': { is: 'nobody', headers: () => bearer(`${encode({ alg: 'none' })}.${partsOf(admin.jwt)[1]}.`) },
  'JWT, alg none with a signature': {
    is: 'nobody',
    headers: () => bearer(`${encode({ alg: 'none' })}.${partsOf(admin.jwt)[1]}.${partsOf(admin.jwt)[2]}`),
  },
  'JWT, HS256 under the public key': { is: 'nobody', headers: () => bearer(hmacJwt()) },
  'JWT, altered': { is: 'nobody', headers: () => bearer(alteredJwt()) },
  'JWT, another key under our key id': {
    is: 'nobody',
    headers: () => bearer(makeJwt(headerOf(admin.jwt), claimsOf(admin.jwt), strangersKey)),
  },
  'JWT, another key under its own id': {
    is: 'nobody',
    headers: () => bearer(makeJwt({ alg: 'EdDSA', kid: 'stranger' }, claimsOf(admin.jwt), strangersKey)),
  },
  'JWT, a key in its header': {
    is: 'nobody',
    headers: () => {
      const jwk = createPublicKey(strangersKey).export({ format: 'jwk' });
      return bearer(makeJwt({ alg: 'EdDSA', jwk, kid: 'stranger' }, claimsOf(admin.jwt), strangersKey));
    },
  },
  'JWT, expired': { is: 'nobody', headers: () => bearer(withClaims({ iat: 1_000, exp: 2_000 })) },
  'JWT, without an expiry': { is: 'nobody', headers: () => bearer(withClaims({ exp: undefined })) },
  'JWT, of another issuer': { is: 'nobody', headers: () => bearer(withClaims({ iss: 'somebody' })) },
  'JWT, for another audience': { is: 'nobody', headers: () => bearer(withClaims({ aud: 'somewhere' })) },
  'JWT, of no session': { is: 'nobody', headers: () => bearer(withClaims({ sid: 'none' })) },
  'JWT, of a removed account': { is: 'nobody', headers: () => bearer(removed.jwt) },
  'JWT, after signing out': { is: 'nobody', headers: () => bearer(signedOut.jwt) },
  'the session of a removed account': { is: 'nobody', headers: () => ({ cookie: removed.cookie, origin: management.url }) },
  'a session after signing out': { is: 'nobody', headers: () => ({ cookie: signedOut.cookie, origin: management.url }) },
  'a session with another signature': {
    is: 'nobody',
    headers: () => ({ cookie: `${admin.cookie.slice(0, -8)}AAAAAAA%3D`, origin: management.url }),
  },
  'a viewer by JWT': { is: 'viewer', headers: () => bearer(viewer.jwt) },
  'a viewer by session': { is: 'viewer', headers: () => ({ cookie: viewer.cookie, origin: management.url }) },
  'an administrator by JWT': { is: 'admin', headers: () => bearer(admin.jwt) },
  'an administrator by a JWT under the tests’ key': { is: 'admin', headers: () => bearer(withClaims({})) },
  'an administrator by session': { is: 'admin', headers: () => ({ cookie: admin.cookie, origin: management.url }) },
};

const RANK = { anybody: 0, nobody: 0, viewer: 1, admin: 2 } as const;

/** What the table says of a call: refused with this status, or let in – and then refused at most for its empty input. */
function expected(needs: keyof typeof RANK, is: Role): number[] {
  if (RANK[is] >= RANK[needs]) return [200, 400, 404];
  return is === 'nobody' ? [401] : [403];
}

const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: 'query' | 'mutation' } }>;

describe('the table', () => {
  it('has a row for every procedure and for nothing else', () => {
    expect(Object.keys(PROCEDURES).sort()).toEqual(Object.keys(procedures).sort());
  });

  it('has a row for every route and for nothing else', () => {
    expect(Object.keys(ROUTES).sort()).toEqual(REST_ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
  });
});

describe.each(Object.entries(CALLERS))('%s', (_name, caller) => {
  it('may call the procedures of the table and no others', async () => {
    const answers: Record<string, number> = {};
    for (const path of Object.keys(PROCEDURES)) {
      const isQuery = procedures[path]?._def.type === 'query';
      const url = isQuery ? `/trpc/${path}?input=%7B%7D` : `/trpc/${path}`;
      const answer = await management.send(url, { headers: caller.headers(), ...(isQuery ? {} : { method: 'POST', body: {} }) });
      answers[path] = answer.status;
    }
    for (const [path, needs] of Object.entries(PROCEDURES))
      expect(expected(needs, caller.is), `${path}: ${answers[path]}`).toContain(answers[path]);
  });

  it('may call the routes of the table and no others', async () => {
    for (const [route, needs] of Object.entries(ROUTES)) {
      const [method, path] = route.split(' ') as [string, string];
      const body = method === 'POST' || method === 'PUT' ? { body: {} } : {};
      const answer = await management.send(path.replace(':id', '999999'), { method, headers: caller.headers(), ...body });
      expect(expected(needs, caller.is), `${route}: ${answer.status}`).toContain(answer.status);
      if (answer.status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
    }
  });
});

it('a role that was changed holds from the next call, also for a JWT made before', async () => {
  const actor = { id: null, name: 'test', ipAddress: null, userAgent: null };
  const create = () => management.send('/api/api-tokens', { method: 'POST', headers: bearer(viewer.jwt), body: { name: 'of a viewer' } });
  await management.auth.accounts.setRole(viewer.id, 'admin', actor);
  expect((await create()).status).toBe(201);
  await management.auth.accounts.setRole(viewer.id, 'viewer', actor);
  expect((await create()).status).toBe(403);
});

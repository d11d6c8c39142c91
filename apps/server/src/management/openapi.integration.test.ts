import { OPERATION_ERRORS } from '@latchkey/core';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Management, openManagement } from './testing/open-management.ts';
import type { Received, Sent } from './testing/sender.ts';
import { type SignedIn, signInAs } from './testing/sign-in.ts';

interface Operation {
  operationId: string;
  responses: Record<string, { content: Record<string, { schema: object }> }>;
}
type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, unknown> } };

let management: Management;
let admin: SignedIn;
let viewer: SignedIn;
let document: Document;
let presented: { introspect: Operation; revoke: Operation };
let validate: (operation: Operation, answer: Received) => void;

beforeAll(async () => {
  management = await openManagement();
  admin = await signInAs(management, 'admin');
  viewer = await signInAs(management, 'viewer');
  document = (await management.send('/openapi.json')).json as Document;
  // What is not management is shown to be as documented beside its own tests, but for the two below that this app answers.
  presented = { introspect: operationAt('POST', '/introspect'), revoke: operationAt('POST', '/revoke') };
  for (const path of ['/introspect', '/revoke', '/api/_token', '/auth/verify']) delete document.paths[path];
  validate = createValidator();
});
afterAll(() => management.close());

function createValidator() {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema({ $id: 'latchkey:', components: document.components });
  const compiled = new Map<object, ValidateFunction>();
  return (operation: Operation, answer: Received) => {
    const schema = operation.responses[`${answer.status}`]?.content['application/json']?.schema;
    if (schema === undefined) throw new Error(`${operation.operationId} does not document ${answer.status}: ${answer.text}`);
    const check = compiled.get(schema) ?? ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"latchkey:#/')));
    compiled.set(schema, check);
    expect(check(answer.json) ? [] : check.errors, `${operation.operationId} ${answer.status} ${answer.text}`).toEqual([]);
  };
}

const as = (caller: SignedIn | null): Record<string, string> => (caller ? { authorization: `Bearer ${caller.jwt}` } : {});
const operationAt = (method: string, path: string): Operation => {
  const operation = document.paths[path]?.[method.toLowerCase()];
  if (!operation) throw new Error(`${method} ${path} is not documented`);
  return operation;
};

async function makeToken(): Promise<number> {
  const answer = await management.send('/api/api-tokens', { method: 'POST', body: { name: 'documented' }, headers: as(admin) });
  return (answer.json as { token: { id: number } }).token.id;
}

async function record(tokenId: number): Promise<void> {
  const record = {
    kind: 'request',
    tokenId,
    at: Date.now(),
    method: 'GET',
    endpoint: '/a',
    path: '/a',
    status: 200,
    durationUs: 1_000,
  } as const;
  const more = {
    requestBytes: 0,
    responseBytes: 0,
    ip: null,
    userAgent: null,
    outcome: 'VALID',
    requestId: 'r',
    secretId: null,
    cost: 1,
    trial: null,
  } as const;
  await management.database.usageStore.ingest(`openapi-${tokenId}`, [{ ...record, ...more }], null, { segment: 1, offset: 1 });
}

async function makeUsedToken(): Promise<number> {
  const id = await makeToken();
  await record(id);
  await management.send(`/api/api-tokens/${id}/trial`, { method: 'PUT', body: { rate_limit: 5 }, headers: as(admin) });
  return id;
}

const BODIES: Record<string, unknown> = {
  createToken: { name: 'made' },
  updateToken: { name: 'changed' },
  deleteExpiredTokens: { expired_before: '2020-01-01' },
  endOwner: { owner_type: 'user', owner_id: 'nobody' },
  setTrial: { rate_limit: 5 },
  enforceTrial: {},
  importTokens: { rows: [{ name: 'taken over', token: 'a token of another system' }, { hash: 'none' }] },
  rotateToken: { overlap_seconds: 60 },
  tryRules: { rate_limit: 5 },
  createPortalSession: { owner_type: 'customer', owner_id: '42' },
  createWebhook: { url: 'http://127.0.0.1:9/', event_types: ['token.leaked'] },
  updateWebhook: { description: 'changed' },
  rotateWebhookSecret: {},
};

const UNKNOWN_ID = 999_999;

/** What an operation is sent when it is called about a token. */
async function bodyOf({ operationId }: Operation, tokenId: number): Promise<unknown> {
  if (operationId === 'revokeTokenSecret') return { secret_id: await makeOldSecret(tokenId) };
  return operationId === 'explainRequest' ? { token_id: tokenId, path: '/a' } : BODIES[operationId];
}
/** What a call can not do without. */
const QUERIES: Record<string, string> = { getOwner: '?owner_type=user&owner_id=nobody' };

/** 1 for a token that does not exist. */
async function makeOldSecret(tokenId: number): Promise<number> {
  const answer = await management.send(`/api/api-tokens/${tokenId}/rotate`, { method: 'POST', body: {}, headers: as(admin) });
  return (answer.json as { secrets?: { id: number }[] }).secrets?.[0]?.id ?? 1;
}

async function makePortalSession(): Promise<number> {
  const sent: Sent = { method: 'POST', body: BODIES.createPortalSession, headers: as(admin) };
  const answer = await management.send('/api/portal-sessions', sent);
  return (answer.json as { session: { id: number } }).session.id;
}

async function makeWebhook(): Promise<number> {
  const sent: Sent = { method: 'POST', body: BODIES.createWebhook, headers: as(admin) };
  return ((await management.send('/api/api-tokens/webhooks', sent)).json as { webhook: { id: number } }).webhook.id;
}

async function makeDelivery(): Promise<number> {
  const sent: Sent = { method: 'POST', headers: as(admin) };
  const answer = await management.send(`/api/api-tokens/webhooks/${await makeWebhook()}/test`, sent);
  return (answer.json as { delivery: { id: number } }).delivery.id;
}

/** Something that the path can be about. */
function makeTarget(path: string): Promise<number> {
  if (path.startsWith('/api/portal-sessions')) return makePortalSession();
  if (path.startsWith('/api/api-tokens/webhook-deliveries')) return makeDelivery();
  return path.startsWith('/api/api-tokens/webhooks') ? makeWebhook() : makeUsedToken();
}

type Refusal = [status: number, method: string, path: string, sent: Sent, caller: SignedIn | null];

/** Whoever calls an operation without the right to, or for a token that is not there. */
async function refusals(method: string, path: string, operation: Operation): Promise<Refusal[]> {
  const sent = { body: await bodyOf(operation, UNKNOWN_ID) };
  const all: Refusal[] = [
    [401, method, path, sent, null],
    [403, method, path, sent, viewer],
    [404, method, path, sent, admin],
  ];
  return all.filter(([status]) => operation.responses[`${status}`]);
}

describe('the document and the server', () => {
  it('every documented call is there, and its answer is as documented', async () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const id = await makeTarget(path);
        const sent: Sent = { method: method.toUpperCase(), body: await bodyOf(operation, id), headers: as(admin) };
        const answer = await management.send(path.replace('{id}', `${id}`) + (QUERIES[operation.operationId] ?? ''), sent);
        expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
        validate(operation, answer);
      }
    }
  });

  it('no other method answers on a documented path, and the one that refuses names those that do', async () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      const documented = Object.keys(operations).map((method) => method.toUpperCase());
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !documented.includes(one))) {
        const answer = await management.send(path.replace('{id}', '1'), { method, headers: as(admin) });
        expect(answer.status, `${method} ${path}`).toBe(405);
        expect(
          `${answer.headers.allow}`
            .split(', ')
            .filter((one) => one !== 'HEAD')
            .sort(),
        ).toEqual(documented.sort());
      }
    }
  });

  it('says which errors there are, and they look as it says', async () => {
    const cases: Refusal[] = [
      [400, 'GET', '/api/api-tokens', {}, admin],
      [400, 'GET', '/api/api-tokens/stats/overview', {}, admin],
      [400, 'POST', '/api/api-tokens', { body: {} }, admin],
      [400, 'PUT', '/api/api-tokens/{id}', { body: { name: '' } }, admin],
      [413, 'POST', '/api/api-tokens', { body: { name: 'x'.repeat(1024 * 1024) } }, admin],
      [400, 'PUT', '/api/api-tokens/{id}', { body: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, admin],
    ];
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) cases.push(...(await refusals(method.toUpperCase(), path, operation)));
    }
    for (const [status, method, path, sent, caller] of cases) {
      const url = path.replace('{id}', `${UNKNOWN_ID}`) + (status === 400 && method === 'GET' ? '?limit=0&days=0' : '');
      const answer = await management.send(url, { ...sent, method, headers: { ...as(caller), ...sent.headers } });
      expect(answer.status, `${method} ${path}`).toBe(status);
      validate(operationAt(method, path), answer);
    }
  });

  it('what is said of a token by its text is as documented, good and bad', async () => {
    const made = await management.send('/api/api-tokens', { method: 'POST', body: { name: 'presented' }, headers: as(admin) });
    const { token } = (made.json as { token: { token: string } }).token;
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const post = (path: string, body: string, caller: SignedIn | null) =>
      management.send(path, { method: 'POST', body, headers: { ...form, ...as(caller) } });
    const cases: [number, Operation, string, string, SignedIn | null][] = [
      [200, presented.introspect, '/introspect', `token=${token}`, admin],
      [200, presented.introspect, '/introspect', 'token=nothing', viewer],
      [400, presented.introspect, '/introspect', '', admin],
      [401, presented.introspect, '/introspect', `token=${token}`, null],
      [400, presented.revoke, '/revoke', `token=${admin.jwt}`, admin],
      [403, presented.revoke, '/revoke', `token=${token}`, viewer],
      [413, presented.revoke, '/revoke', `token=${'x'.repeat(20_000)}`, admin],
    ];
    for (const [status, operation, path, body, caller] of cases) {
      const answer = await post(path, body, caller);
      expect(answer.status, path).toBe(status);
      validate(operation, answer);
    }
    expect((await post('/revoke', `token=${token}`, admin)).status).toBe(200);
  });

  it('documents a conflict as it is', async () => {
    const id = await makeToken();
    await management.send(`/api/api-tokens/${id}/revoke`, { method: 'POST', headers: as(admin) });
    const answer = await management.send(`/api/api-tokens/${id}`, { method: 'PUT', body: { active: true }, headers: as(admin) });
    expect(answer.status).toBe(409);
    validate(operationAt('PUT', '/api/api-tokens/{id}'), answer);
  });

  it('documents for each status the code that the table of errors has', () => {
    const table = new Map(Object.entries(OPERATION_ERRORS).map(([code, { status }]) => [`${status}`, code]));
    for (const operation of Object.values(document.paths).flatMap((operations) => Object.values(operations))) {
      for (const [status, response] of Object.entries(operation.responses).filter(([one]) => Number(one) >= 400)) {
        expect(JSON.stringify(response)).toContain(`\`${table.get(status)}\``);
      }
    }
  });
});

import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Management, openManagement } from '../management/testing/open-management.ts';
import { type SignedIn, signInAs } from '../management/testing/sign-in.ts';
import { openReceiver, type Received, type Receiver } from './testing/open-receiver.ts';

let management: Management;
let admin: SignedIn;
let receiver: Receiver;

beforeAll(async () => {
  management = await openManagement();
  admin = await signInAs(management, 'admin');
});
afterAll(() => management.close());
beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(async () => {
  const { webhooks } = (await rest('GET', '/webhooks')).json as { webhooks: { id: number }[] };
  for (const { id } of webhooks) await rest('DELETE', `/webhooks/${id}`);
  await receiver.close();
});

async function rest(method: string, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${admin.jwt}` };
  return management.send(`/api/api-tokens${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
}

interface Added {
  webhook: { id: number };
  secret: string;
}

async function add(input: Record<string, unknown> = {}): Promise<Added> {
  const answer = await rest('POST', '/webhooks', { url: receiver.url, ...input });
  expect(answer.status, management.errors.join()).toBe(201);
  return answer.json as Added;
}

async function createToken(name: string): Promise<{ id: number; token: string }> {
  return ((await rest('POST', '', { name })).json as { token: { id: number; token: string } }).token;
}

const arrived = (count: number) => expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(count);
const payloadOf = ({ body }: Received) => JSON.parse(body) as { id: string; type: string; data: Record<string, Record<string, unknown>> };
const verify = (secret: string, { body, headers }: Received) => new Webhook(secret).verify(body, headers as Record<string, string>);
type Delivery = Record<string, unknown> & { id: number; attempt_log: Record<string, unknown>[] };
const deliveriesOf = async (id: number) =>
  ((await rest('GET', `/webhooks/${id}/deliveries`)).json as { deliveries: Delivery[] }).deliveries;
const settled = async (id: number, status: string) =>
  expect.poll(async () => (await deliveriesOf(id)).map((one) => one.status), { timeout: 10_000 }).toEqual([status]);

describe('a change of a token', () => {
  it('arrives signed as Standard Webhooks has it, without the secret of the token or a digest', async () => {
    const { secret } = await add();
    const token = await createToken('told');
    await arrived(1);
    const [first] = receiver.received as [Received];
    expect(verify(secret, first)).toMatchObject({
      type: 'token.created',
      data: {
        token: { id: token.id, name: 'told', prefix: 'lk_live_', last4: token.token.slice(-4), owner_type: null },
        actor: { name: 'Administrator' },
      },
    });
    expect(first.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': payloadOf(first).id });
    expect(first.body).not.toContain(token.token.slice(8, 40));
    expect(first.body).not.toMatch(/digest|secret/i);
  });

  it('is told once for each kind of change, with what changed', async () => {
    await add();
    const { id } = await createToken('changing');
    for (const change of [{ rate_limit: 7 }, { active: false }, { active: true }]) await rest('PUT', `/${id}`, change);
    await rest('POST', `/${id}/revoke`);
    await rest('DELETE', `/${id}`);
    await arrived(6);
    const types = receiver.received.map((one) => payloadOf(one).type);
    expect(types.toSorted()).toEqual(
      ['token.created', 'token.updated', 'token.disabled', 'token.enabled', 'token.revoked', 'token.deleted'].toSorted(),
    );
    const updated = receiver.received.map(payloadOf).find(({ type }) => type === 'token.updated');
    expect(updated?.data.changes).toEqual({ before: { rate_limit: 100 }, after: { rate_limit: 7 } });
  });

  it('goes only to endpoints that asked for its type and are switched on', async () => {
    await add({ event_types: ['token.revoked'] });
    const { webhook } = await add({ url: `${receiver.url}/off` });
    await rest('PUT', `/webhooks/${webhook.id}`, { active: false });
    const { id } = await createToken('choosy');
    await rest('POST', `/${id}/revoke`);
    await arrived(1);
    expect(receiver.received.map((one) => payloadOf(one).type)).toEqual(['token.revoked']);
    expect(await deliveriesOf(webhook.id)).toEqual([]);
  });
});

describe('an endpoint', () => {
  it('shows its secret once, and never again', async () => {
    const { webhook, secret } = await add({ description: 'Ops' });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const texts = [(await rest('GET', '/webhooks')).text, (await rest('GET', `/webhooks/${webhook.id}`)).text];
    for (const text of texts) expect(text).not.toMatch(/whsec_|"secret"/);
    const { entries } = await management.database.audit.list({ limit: 5, offset: 0, targetType: 'webhook' });
    expect(JSON.stringify(entries)).not.toContain(secret.slice(6, 20));
    expect(entries[0]).toMatchObject({
      action: 'webhook.create',
      targetId: `${webhook.id}`,
      targetName: 'Ops',
      actorName: 'Administrator',
    });
  });

  it('is refused inside, with credentials, or where it is no address – and nothing is stored', async () => {
    for (const [url, words] of [
      ['https://10.0.0.1/', 'not on the public internet'],
      ['http://169.254.169.254/latest', 'Use https'],
      ['https://user:pw@example.com/', 'user name'],
      ['javascript:alert(1)', 'https://example.com'],
    ]) {
      const answer = await rest('POST', '/webhooks', { url });
      expect(answer.status).toBe(400);
      expect(answer.json).toMatchObject({
        code: 'VALIDATION_ERROR',
        details: [{ path: 'url', message: expect.stringContaining(words ?? '') }],
      });
    }
    expect((await rest('GET', '/webhooks')).json).toMatchObject({ total: 0 });
  });

  it('that answers 410 is switched off at once and says so', async () => {
    const { webhook } = await add();
    receiver.answer = (_req, res) => res.writeHead(410).end('no more');
    await createToken('gone');
    await settled(webhook.id, 'failed');
    expect((await rest('GET', `/webhooks/${webhook.id}`)).json).toMatchObject({
      webhook: { active: false, disabled_reason: 'gone', last_attempt: { status_code: 410 } },
    });
    const { entries } = await management.database.audit.list({ limit: 1, offset: 0, action: 'webhook.disable' });
    expect(entries[0]).toMatchObject({ actorName: 'Latchkey', after: { active: false, disabledReason: 'gone' } });
    await rest('PUT', `/webhooks/${webhook.id}`, { active: true });
    expect((await rest('GET', `/webhooks/${webhook.id}`)).json).toMatchObject({ webhook: { active: true, disabled_reason: null } });
  });

  it('with a rotated secret gets two signatures until the overlap is over', async () => {
    const { webhook, secret: old } = await add();
    const { secret: fresh } = (await rest('POST', `/webhooks/${webhook.id}/rotate-secret`, { overlap_hours: 1 })).json as Added;
    await rest('POST', `/webhooks/${webhook.id}/test`);
    await arrived(1);
    const [first] = receiver.received as [Received];
    expect([verify(old, first), verify(fresh, first)]).toEqual([payloadOf(first), payloadOf(first)]);
    const { secret: last } = (await rest('POST', `/webhooks/${webhook.id}/rotate-secret`, { overlap_hours: 0 })).json as Added;
    await rest('POST', `/webhooks/${webhook.id}/test`);
    await arrived(2);
    const [, second] = receiver.received as [Received, Received];
    expect(verify(last, second)).toEqual(payloadOf(second));
    expect(() => verify(fresh, second)).toThrow();
  });
});

describe('a delivery', () => {
  it('that failed is tried again with the same id and a new signature, and its log shows both attempts', async () => {
    const { webhook, secret } = await add();
    receiver.answer = (_req, res) => res.writeHead(500).end('out of order');
    await createToken('again');
    await arrived(1);
    receiver.answer = (_req, res) => res.writeHead(200).end('thanks');
    await arrived(2);
    await settled(webhook.id, 'delivered');
    const [first, second] = receiver.received as [Received, Received];
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.headers['webhook-timestamp']).not.toBe(first.headers['webhook-timestamp']);
    expect(verify(secret, second)).toEqual(payloadOf(first));
    const [{ id }] = (await deliveriesOf(webhook.id)) as [Delivery];
    const { delivery } = (await rest('GET', `/webhook-deliveries/${id}`)).json as { delivery: Delivery };
    expect(delivery).toMatchObject({ status: 'delivered', attempts: 2, next_attempt_at: null, payload: payloadOf(first) });
    expect(delivery.attempt_log).toMatchObject([
      { number: 2, status_code: 200, error: null, response_excerpt: 'thanks' },
      { number: 1, status_code: 500, error: null, response_excerpt: 'out of order' },
    ]);
  });

  it('is sent again on demand, with the same id', async () => {
    const { webhook } = await add();
    await rest('POST', `/webhooks/${webhook.id}/test`);
    await settled(webhook.id, 'delivered');
    const [{ id }] = (await deliveriesOf(webhook.id)) as [Delivery];
    expect((await rest('POST', `/webhook-deliveries/${id}/replay`)).json).toMatchObject({
      delivery: { status: 'pending', next_attempt_at: expect.any(String) },
    });
    await arrived(2);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(payloadOf(receiver.received[0] as Received).type).toBe('webhook.test');
  });

  it('to an endpoint that is switched off can neither be tested nor replayed', async () => {
    const { webhook } = await add();
    await rest('PUT', `/webhooks/${webhook.id}`, { active: false });
    expect((await rest('POST', `/webhooks/${webhook.id}/test`)).json).toMatchObject({ code: 'CONFLICT' });
    expect(await deliveriesOf(webhook.id)).toEqual([]);
  });

  it('that meets a redirect is not followed and counts as failed', async () => {
    const { webhook } = await add();
    receiver.answer = (_req, res) => res.writeHead(307, { location: `${receiver.url}/elsewhere` }).end();
    await createToken('redirected');
    await expect
      .poll(async () => (await deliveriesOf(webhook.id))[0], { timeout: 10_000 })
      .toMatchObject({ status: 'pending', last_attempt: { status_code: 307 } });
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hooks']);
  });
});

describe('an endpoint that never answers', () => {
  it('holds up no other', async () => {
    const hanging = await openReceiver();
    hanging.answer = () => undefined;
    await add({ url: hanging.url });
    for (let count = 0; count < 8; count += 1) await createToken(`waiting ${count}`);
    await expect.poll(() => hanging.received.length, { timeout: 10_000 }).toBe(4);
    await add();
    await createToken('prompt');
    await arrived(1);
    expect(hanging.received).toHaveLength(4);
    await hanging.close();
  });
});

import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Management, openManagement } from '../management/testing/open-management.ts';
import { type SignedIn, signInAs } from '../management/testing/sign-in.ts';
import { openReceiver, type Receiver } from './testing/open-receiver.ts';
import { TEST_ONLY_TRUSTED, TEST_ONLY_UNTRUSTED } from './testing/tls-certificates.ts';

let management: Management;
let admin: SignedIn;
/** Every name that was asked for, in this order. */
const asked: string[] = [];

beforeAll(async () => {
  const resolve = async (name: string) => {
    asked.push(name);
    return [{ address: '127.0.0.1', family: 4 } as const];
  };
  management = await openManagement({ webhookNetwork: { resolve, ca: TEST_ONLY_TRUSTED.cert } });
  admin = await signInAs(management, 'admin');
});
afterAll(() => management.close());

async function rest<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${admin.jwt}` };
  const answer = await management.send(`/api/api-tokens${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer.json as Answer;
}

interface Delivery {
  readonly id: number;
  readonly status: string;
  readonly attempts: number;
}

/** Sends one message to `url` and answers how its first attempt went. */
async function deliverTo(url: string) {
  const { webhook, secret } = await rest<{ webhook: { id: number }; secret: string }>('POST', '/webhooks', { url });
  await rest('POST', '', { name: 'told over TLS' });
  const deliveries = async () => (await rest<{ deliveries: Delivery[] }>('GET', `/webhooks/${webhook.id}/deliveries`)).deliveries;
  await expect.poll(async () => (await deliveries()).map(({ attempts }) => attempts), { timeout: 10_000 }).toEqual([1]);
  const [first] = (await deliveries()) as [Delivery];
  const { delivery } = await rest<{ delivery: { attempt_log: Record<string, unknown>[] } }>('GET', `/webhook-deliveries/${first.id}`);
  await rest('DELETE', `/webhooks/${webhook.id}`);
  return { status: first.status, attempt: delivery.attempt_log[0], secret };
}

async function withReceiver<Result>(open: Promise<Receiver>, use: (receiver: Receiver) => Promise<Result>): Promise<Result> {
  const receiver = await open;
  try {
    return await use(receiver);
  } finally {
    await receiver.close();
  }
}

describe('over TLS', () => {
  it('a message arrives where the certificate is for the name, at the address that was looked up once', async () => {
    await withReceiver(openReceiver(TEST_ONLY_TRUSTED), async ({ port, received }) => {
      const { status, attempt, secret } = await deliverTo(`https://hooks.example.test:${port}/hooks`);
      expect([status, attempt]).toEqual(['delivered', expect.objectContaining({ status_code: 204, error: null })]);
      const [{ body, headers, path }] = received as [Receiver['received'][number]];
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({ type: 'token.created' });
      expect([path, headers.host]).toEqual(['/hooks', `hooks.example.test:${port}`]);
      // Once when it was added, once for the attempt.
      expect(asked).toEqual(['hooks.example.test', 'hooks.example.test']);
    });
  });

  it.each([
    ['that is for another name', TEST_ONLY_TRUSTED, 'other.example.test', /^The certificate of the server is for another name\.$/],
    [
      'that is for a name, where an address was given',
      TEST_ONLY_TRUSTED,
      '127.0.0.1',
      /^The certificate of the server is for another name\.$/,
    ],
    [
      'that nobody trusts',
      TEST_ONLY_UNTRUSTED,
      'hooks.example.test',
      /^The certificate of the server is not trusted \([A-Z_]*SELF_SIGNED[A-Z_]*\)\.$/,
    ],
  ])('nothing is sent to a server with a certificate %s, and the log says why', async (_, certificate, host, reason) => {
    await withReceiver(openReceiver(certificate), async ({ port, received }) => {
      const { status, attempt } = await deliverTo(`https://${host}:${port}/hooks`);
      expect([status, attempt]).toEqual(['pending', expect.objectContaining({ status_code: null, error: expect.stringMatching(reason) })]);
      expect(received).toEqual([]);
    });
  });

  it('a server that speaks plain HTTP gets nothing either', async () => {
    await withReceiver(openReceiver(), async ({ port, received }) => {
      const { status, attempt } = await deliverTo(`https://hooks.example.test:${port}/hooks`);
      expect([status, attempt?.error]).toEqual(['pending', expect.stringMatching(/^The server does not speak TLS as it should/)]);
      expect(received).toEqual([]);
    });
  });
});

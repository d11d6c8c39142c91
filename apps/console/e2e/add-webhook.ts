import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signInAsAdmin } from '@latchkey/server/testing/admin-client';

/** What one webhook and what was sent to it look like. */
export interface AddedWebhook {
  close(): Promise<void>;
}

const WEBHOOKS = '/api/api-tokens/webhooks';
const EVENT_TYPES = ['token.revoked', 'token.leaked', 'token.denied_spike'];

/**
 * Adds a webhook with two test messages: the first was taken, the second was refused and is tried again. The server must be allowed to
 * send to this machine.
 */
export async function addWebhook(server: { url: string; email: string; password: string }): Promise<AddedWebhook> {
  const answers = [204];
  const receiver = createServer((req, res) => {
    req.resume();
    res.writeHead(answers.shift() ?? 503, { 'content-type': 'text/plain' }).end('closed for the night');
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const { port } = receiver.address() as AddressInfo;

  const { call } = await signInAsAdmin(server.url, server);
  const { webhook } = (await call('POST', WEBHOOKS, {
    url: `http://127.0.0.1:${port}/hooks`,
    description: 'Incident channel',
    event_types: EVENT_TYPES,
  })) as { webhook: { id: number } };
  for (let sent = 1; sent <= 2; sent += 1) {
    await call('POST', `${WEBHOOKS}/${webhook.id}/test`);
    await untilTried(() => call('GET', `${WEBHOOKS}/${webhook.id}/deliveries`), sent);
  }
  return {
    async close() {
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
    },
  };
}

/** One attempt is made at once; the next one a few seconds later at the earliest. */
async function untilTried(list: () => Promise<Record<string, unknown>>, count: number): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline) {
    const { deliveries } = (await list()) as { deliveries: { attempts: number }[] };
    if (deliveries.length === count && deliveries.every(({ attempts }) => attempts > 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The test message was not sent.');
}

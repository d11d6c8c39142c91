import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postWebhook } from './post-webhook.ts';
import { openReceiver, type Receiver } from './testing/open-receiver.ts';

const HERE = [{ address: '127.0.0.1', family: 4 }] as const;
const message = { headers: { 'content-type': 'application/json' }, body: '{"a":1}' };
const never = new AbortController().signal;

let receiver: Receiver;
beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(() => receiver.close());

it('connects to the checked address and to no other, whatever the name would resolve to', async () => {
  const url = new URL(`http://name.that.does.not.exist.invalid:${receiver.port}/hooks?a=b`);
  expect(await postWebhook(url, HERE, message, never)).toEqual({ status: 204, excerpt: '' });
  expect(receiver.received).toMatchObject([{ path: '/hooks?a=b', body: '{"a":1}' }]);
  expect(receiver.received[0]?.headers.host).toBe(`name.that.does.not.exist.invalid:${receiver.port}`);
});

it('follows no redirect', async () => {
  receiver.answer = (_req, res) => res.writeHead(302, { location: receiver.url }).end();
  expect(await postWebhook(new URL(receiver.url), HERE, message, never)).toMatchObject({ status: 302 });
  expect(receiver.received).toHaveLength(1);
});

describe('answers that are no good', () => {
  it('a huge body is cut at 1,024 characters and the connection ended', async () => {
    const closed = Promise.withResolvers<void>();
    receiver.answer = (_req, res) => {
      res.on('close', closed.resolve);
      const chunk = 'x'.repeat(65_536);
      const more = () => {
        while (res.write(chunk));
        res.once('drain', more);
      };
      more();
    };
    const { status, excerpt } = await postWebhook(new URL(receiver.url), HERE, message, never);
    expect([status, excerpt.length]).toEqual([200, 1_024]);
    await closed.promise;
  });

  it('a body that never ends counts by its status once time is up', async () => {
    receiver.answer = (_req, res) => void res.write('slow');
    const answer = await postWebhook(new URL(receiver.url), HERE, message, AbortSignal.timeout(1_500));
    expect(answer).toEqual({ status: 200, excerpt: 'slow' });
  });

  it('no answer at all is an error once time is up', async () => {
    const stop = new AbortController();
    receiver.answer = () => stop.abort();
    await expect(postWebhook(new URL(receiver.url), HERE, message, stop.signal)).rejects.toThrow();
  });

  it('a refused connection is an error with its code', async () => {
    await receiver.close();
    await expect(postWebhook(new URL(receiver.url), HERE, message, never)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    receiver = await openReceiver();
  });
});

import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { createSecretBox } from './secret-box.ts';
import { createWebhookSecret, signWebhook } from './sign-webhook.ts';

const body = JSON.stringify({ id: 'evt_1', type: 'token.created' });

it('the standardwebhooks package accepts the signature, and refuses a changed body', () => {
  const secret = createWebhookSecret();
  const headers = signWebhook('evt_1', Date.now(), body, [secret]);
  expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
});

it('while a secret is rotated both receivers accept, the one with the old and the one with the new', () => {
  const [old, fresh] = [createWebhookSecret(), createWebhookSecret()];
  const headers = signWebhook('evt_1', Date.now(), body, [fresh, old]);
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
  expect(new Webhook(old).verify(body, headers)).toBeTruthy();
  expect(new Webhook(fresh).verify(body, headers)).toBeTruthy();
  expect(() => new Webhook(createWebhookSecret()).verify(body, headers)).toThrow();
});

it('a sealed secret opens under its own key and under no other, and says nothing of its text', () => {
  const secret = createWebhookSecret();
  const sealed = createSecretBox('a secret of the tests').seal(secret);
  expect(createSecretBox('a secret of the tests').open(sealed)).toBe(secret);
  expect(Buffer.from(sealed).toString('latin1')).not.toContain(secret.slice(6, 20));
  expect(() => createSecretBox('another secret of tests').open(sealed)).toThrow();
  sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
  expect(() => createSecretBox('a secret of the tests').open(sealed)).toThrow();
});

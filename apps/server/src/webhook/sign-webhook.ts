import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
/** Standard Webhooks asks for 24 to 64. */
const KEY_LENGTH = 32;

/** A new signing secret as Standard Webhooks writes them: `whsec_` and base64. */
export function createWebhookSecret(): string {
  return PREFIX + randomBytes(KEY_LENGTH).toString('base64');
}

/**
 * The headers by which a receiver knows who sent this, when, and whether it came before (Standard Webhooks 1.0).
 * @param secrets in the form of `createWebhookSecret`; while one is rotated there are two, and a signature for each.
 * @param at epoch milliseconds of this attempt.
 */
export function signWebhook(id: string, at: number, body: string, secrets: readonly string[]): Record<string, string> {
  const timestamp = Math.floor(at / 1000);
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = secrets.map((secret) => `v1,${createHmac('sha256', keyOf(secret)).update(signed).digest('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') };
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64');
}

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Keeps the signing secrets of webhooks: they are needed in clear to sign, so they are stored encrypted and not as digests. */
export interface SecretBox {
  seal(text: string): Uint8Array;
  /** @throws Error where it was sealed under another key, or is damaged. */
  open(sealed: Uint8Array): string;
}

const VERSION = 1;
const IV_LENGTH = 12;
const TAG_LENGTH = 16;
const HEAD_LENGTH = 1 + IV_LENGTH + TAG_LENGTH;

/**
 * AES-256-GCM under a key made from the authentication secret: version, nonce, tag, text.
 * @param authSecret the one that sessions and second factors are kept under; whoever loses it rotates the secrets of the webhooks.
 */
export function createSecretBox(authSecret: string): SecretBox {
  const key = Buffer.from(hkdfSync('sha256', authSecret, '', 'latchkey webhook secrets', 32));
  return {
    seal(text) {
      const iv = randomBytes(IV_LENGTH);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), body]);
    },
    open(sealed) {
      if (sealed.length <= HEAD_LENGTH || sealed[0] !== VERSION) throw new Error('The stored secret is damaged.');
      const bytes = Buffer.from(sealed);
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + IV_LENGTH), { authTagLength: TAG_LENGTH });
      decipher.setAuthTag(bytes.subarray(1 + IV_LENGTH, HEAD_LENGTH));
      return Buffer.concat([decipher.update(bytes.subarray(HEAD_LENGTH)), decipher.final()]).toString('utf8');
    },
  };
}

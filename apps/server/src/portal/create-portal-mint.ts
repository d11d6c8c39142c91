import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { PortalMint } from '@latchkey/api';

/** 32 random bytes and the signature over them, both base64url. */
const SIGNED = /^([\w-]{43})\.([\w-]{43})$/;

/**
 * Makes and reads what a portal session is known by. Everything is signed, so that what this server did not make is refused without
 * asking the database; stored are SHA-256 digests of 256 bits of randomness, which need no slow or keyed hash.
 * @param secret of this server; each purpose signs under a key of its own.
 */
export function createPortalMint(secret: string): PortalMint {
  const sign = (purpose: string, payload: string) =>
    createHmac('sha256', createHmac('sha256', secret).update(`latchkey portal ${purpose}`).digest())
      .update(payload)
      .digest('base64url');
  const isSigned = (purpose: string, payload: string, signature: string) => {
    const wanted = Buffer.from(sign(purpose, payload));
    const given = Buffer.from(signature);
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  };

  return {
    newSecret(purpose) {
      const random = randomBytes(32).toString('base64url');
      return `${random}.${sign(purpose, random)}`;
    },
    digest(purpose, text) {
      const [, random, signature] = SIGNED.exec(text) ?? [];
      if (random === undefined || signature === undefined || !isSigned(purpose, random, signature)) return null;
      return createHash('sha256').update(text).digest();
    },
    signOrigin: (origin) => `${Buffer.from(origin).toString('base64url')}.${sign('embed', origin)}`,
    readOrigin(text) {
      const [encoded = '', signature = '', ...rest] = text.split('.');
      const origin = Buffer.from(encoded, 'base64url').toString();
      return rest.length === 0 && isSigned('embed', origin, signature) ? origin : null;
    },
  };
}

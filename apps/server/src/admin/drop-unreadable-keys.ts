import { symmetricDecrypt } from 'better-auth/crypto';
import type { Pool } from 'pg';
import type { Logger } from 'pino';

/**
 * Removes JWT keys that were encrypted under another secret: nothing could be signed with them any more, and a new one is made only
 * where there is none. Their JWTs end with them, which is right where the secret was changed because somebody else knew it.
 */
export async function dropUnreadableKeys(pool: Pool, secret: string, logger: Pick<Logger, 'warn'>): Promise<void> {
  const { rows } = await pool.query<{ id: string; privateKey: string }>('select id, "privateKey" from auth.jwks');
  for (const { id, privateKey } of rows) {
    if (await isReadable(privateKey, secret)) continue;
    logger.warn({ keyId: id }, 'A JWT key of another LATCHKEY_AUTH_SECRET was removed; sessions made under that secret have ended too');
    await pool.query('delete from auth.jwks where id = $1', [id]);
  }
}

async function isReadable(privateKey: string, secret: string): Promise<boolean> {
  try {
    await symmetricDecrypt({ key: secret, data: JSON.parse(privateKey) });
    return true;
  } catch {
    return false;
  }
}

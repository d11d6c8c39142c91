import { apiKey } from '@better-auth/api-key';
import { type BetterAuthOptions, betterAuth, type SecondaryStorage } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import type { SubjectContext } from '../subject.ts';
import { WINDOW_MS } from './keys.ts';

/** What a server asks better-auth about a request. */
export interface BetterAuthKeys {
  readonly keys: readonly string[];
  verify(key: string): Promise<'valid' | 'refused' | 'limited'>;
}

export interface BetterAuthStore {
  readonly database: NonNullable<BetterAuthOptions['database']>;
  /** Where keys are kept instead of in the database. */
  readonly secondaryStorage?: SecondaryStorage;
  /** Whether tables are to be made. */
  readonly isSql: boolean;
}

const PERMISSIONS = { catalogue: ['read'] };

/** better-auth with its API key plug-in, asked in process as its documentation has it for servers: `auth.api.verifyApiKey`. */
export async function openBetterAuth(store: BetterAuthStore, { tokenCount, limit }: SubjectContext): Promise<BetterAuthKeys> {
  const { database, secondaryStorage, isSql } = store;
  const keyOptions = {
    defaultPrefix: 'lk_live_',
    defaultKeyLength: 40,
    rateLimit: { enabled: true, timeWindow: WINDOW_MS, maxRequests: limit },
    ...(secondaryStorage && { storage: 'secondary-storage' as const, customStorage: secondaryStorage }),
  };
  const options = {
    database,
    baseURL: 'http://127.0.0.1',
    secret: 'a secret of thirty-two characters or more',
    telemetry: { enabled: false },
    logger: { disabled: true },
    emailAndPassword: { enabled: true },
    plugins: [apiKey(keyOptions)],
  } satisfies BetterAuthOptions;
  if (isSql) await (await getMigrations(options)).runMigrations();
  const auth = betterAuth(options);
  const owner = { email: 'owner@example.com', password: 'correct horse battery staple', name: 'Owner' };
  const { user } = await auth.api.signUpEmail({ body: owner });
  const keys: string[] = [];
  while (keys.length < tokenCount) keys.push((await auth.api.createApiKey({ body: { userId: user.id, permissions: PERMISSIONS } })).key);
  return {
    keys,
    async verify(key) {
      const { valid, error } = await auth.api.verifyApiKey({ body: { key, permissions: PERMISSIONS } });
      if (valid) return 'valid';
      return error?.code === 'RATE_LIMITED' ? 'limited' : 'refused';
    },
  };
}

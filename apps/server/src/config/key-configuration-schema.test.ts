import { DEFAULT_KEY_CONFIGURATION } from '@latchkey/core';
import { describe, expect, it } from 'vitest';
import { keyConfigurationsSchema } from './key-configuration-schema.ts';

const faultsOf = (value: unknown) => keyConfigurationsSchema.safeParse(value).error?.issues ?? [];

describe('key configurations', () => {
  it('have the defaults of the plug-in where they say nothing', () => {
    expect(keyConfigurationsSchema.parse({})).toEqual([DEFAULT_KEY_CONFIGURATION]);
  });

  it('are one set of options or a list of them (S3-083)', () => {
    expect(keyConfigurationsSchema.parse({ defaultPrefix: 'shop_' })).toMatchObject([{ configId: 'default', defaultPrefix: 'shop_' }]);
    expect(keyConfigurationsSchema.parse([{ configId: 'a' }, { configId: 'b' }])).toMatchObject([{ configId: 'a' }, { configId: 'b' }]);
  });

  it('are written with the names of the plug-in', () => {
    const options = {
      configId: 'partner',
      references: 'organization',
      enableMetadata: true,
      startingCharactersConfig: { shouldStore: false },
      keyExpiration: { defaultExpiresIn: 3_600, disableCustomExpiresTime: true, minExpiresIn: 0.5, maxExpiresIn: 30 },
      rateLimit: { enabled: false, timeWindow: 60_000, maxRequests: 5 },
      permissions: { defaultPermissions: { files: ['read'] } },
      deferUpdates: true,
    };
    expect(keyConfigurationsSchema.parse([options])).toMatchObject([
      {
        configId: 'partner',
        references: 'organization',
        metadataEnabled: true,
        startLength: 0,
        expiry: { defaultSeconds: 3_600, customAllowed: false, minDays: 0.5, maxDays: 30 },
        rateLimit: { enabled: false, windowMs: 60_000, max: 5 },
        defaultPermissions: { files: ['read'] },
        deferUpdates: true,
      },
    ]);
  });

  it.each([
    [{ storage: 'database' }, true],
    [{ storage: 'secondary-storage' }, false],
    [{ storage: 'secondary-storage', fallbackToDatabase: true }, true],
  ])('%j has its expired keys removed: %s (S3-095, S3-110)', (options, purgesExpired) => {
    expect(keyConfigurationsSchema.parse(options)).toMatchObject([{ purgesExpired }]);
  });
});

describe('refused is', () => {
  it.each([
    ['an unknown member', { disableKeyHashing: true }],
    ['no configuration', []],
    ['the same id twice', [{ configId: 'a' }, { configId: 'a' }]],
    ['bounds that exclude each other', { minimumNameLength: 9, maximumNameLength: 3 }],
    ['a prefix that no key can have', { defaultPrefix: 'my app' }],
    ['a rate limit of nothing', { rateLimit: { maxRequests: 0 } }],
  ])('%s', (_, value) => {
    expect(faultsOf(value).length).toBeGreaterThan(0);
  });
});

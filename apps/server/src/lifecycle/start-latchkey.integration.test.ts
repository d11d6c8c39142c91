import { rm } from 'node:fs/promises';
import path from 'node:path';
import { DEFAULT_POLICY } from '@latchkey/core';
import { createTestDatabase } from '@latchkey/database/testing';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { loadConfig } from '../config/config.ts';
import { makeDirectory } from '../contract/testing/open-scene.ts';
import { openStorage } from './start-latchkey.ts';

it('usage records that this process is given are under the name of its gateway, as made-up history is', async () => {
  await using parts = new AsyncDisposableStack();
  const testDatabase = await createTestDatabase();
  parts.defer(() => testDatabase.drop());
  const directory = await makeDirectory();
  parts.defer(() => rm(directory, { recursive: true }));
  const config = loadConfig({
    LATCHKEY_DATA_DIR: path.join(directory, 'data'),
    DATABASE_URL: testDatabase.url,
    LATCHKEY_GATEWAY_NAME: 'gateway-7',
  });
  const { database } = await openStorage({ config, policy: DEFAULT_POLICY, logger: pino({ enabled: false }), parts });
  await database.usageStore.ingest('history', [{ kind: 'loss', cause: 'missing', at: Date.now(), count: 3 }], null, {
    segment: 1,
    offset: 1,
  });
  const { gateways } = await database.usage.readGatewayAccounts(0, 10);
  expect(gateways).toMatchObject([{ gateway: 'gateway-7', missing: 3 }]);
});

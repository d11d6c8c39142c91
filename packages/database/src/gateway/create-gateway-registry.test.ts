import { expect, test } from 'vitest';
import { silentLogger } from '../database-logger.ts';
import { createHeldPool } from '../testing/create-held-pool.ts';
import { createGatewayRegistry } from './create-gateway-registry.ts';

test('a change waits once for a database that has no time to raise its fence, and not twice', async () => {
  const { pool, queries } = createHeldPool();
  const confirmed = createGatewayRegistry({ pool, logger: silentLogger }).confirm();
  await expect.poll(() => queries.length).toBe(1);
  queries[0]?.reject(new Error('Query read timeout'));
  await expect(confirmed).resolves.toMatchObject({ acknowledged: 0, silent: [] });
  expect(queries).toHaveLength(1);
});

test('its fence is raised over another connection where the first was ended under it', async () => {
  const { pool, queries } = createHeldPool();
  const confirmed = createGatewayRegistry({ pool, logger: silentLogger }).confirm();
  await expect.poll(() => queries.length).toBe(1);
  queries[0]?.reject(Object.assign(new Error('terminating connection'), { code: '57P01' }));
  await expect.poll(() => queries.length).toBe(2);
  queries[1]?.resolve({ rows: [{ version: 7, id: null }] });
  await expect(confirmed).resolves.toMatchObject({ silent: [] });
});

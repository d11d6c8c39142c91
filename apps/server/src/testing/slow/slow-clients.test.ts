import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '@latchkey/bearer-auth/testing';
import { expect, it, onTestFinished } from 'vitest';
import { openFrontedGateway } from '../fuzz/open-fronted-gateway.ts';
import { measureGoodClients } from './measure-good-clients.ts';
import { openSlowClients } from './slow-clients.ts';
import { createSlowUpstream } from './slow-upstream.ts';

it('beside 100 connections that drip heads and bodies and hardly read, every good request is served', async () => {
  const upstream = await listen(createSlowUpstream());
  onTestFinished(upstream.close);
  await using parts = new AsyncDisposableStack();
  const { url, scene } = await openFrontedGateway(upstream.url, parts);
  const token = scene.tokens.issue({ rateLimit: null });
  const slow = openSlowClients({ url, token, count: 100, stepMs: 20 });
  await sleep(200);
  const good = await measureGoodClients(url, token, { clients: 16, ms: 1_000 });
  expect(good).toMatchObject({ failed: 0 });
  expect(good.served).toBeGreaterThan(100);
  expect(slow).toMatchObject({ open: 100, reopened: 0 });
  slow.close();
});

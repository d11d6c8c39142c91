// node docs/examples/guard/hono.ts
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { answerBadUrl } from '@latchkey/bearer-auth/fetch';
import { createHonoGuard, type LatchkeyEnv } from '@latchkey/bearer-auth/hono';
import { Hono } from 'hono';
import { announce, openParts } from './parts.ts';

const parts = await openParts();
const { protect, requireScope } = createHonoGuard(parts.guard);

const app = new Hono<LatchkeyEnv>();
app.get('/api/products', requireScope('read'), (c) => c.json({ products: [], for: c.get('latchkey').token.name }));
app.post('/api/products', requireScope('write'), (c) => c.json({ id: 1 }, 201));
app.all('/api/*', protect(), (c) => c.notFound());

const server = createServer(getRequestListener(app.fetch, { errorHandler: answerBadUrl(parts.guard) }));
await once(server.listen(0, '127.0.0.1'), 'listening');
announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, parts, async () => {
  server.closeAllConnections();
  server.close();
});

// node docs/examples/guard/express.ts
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createExpressGuard } from '@latchkey/bearer-auth/express';
import express from 'express';
import { announce, openParts } from './parts.ts';

const parts = await openParts();
const { protect, requireScope } = createExpressGuard(parts.guard);

const app = express();
app.get('/api/products', protect({ scopes: ['read'] }), (req, res) => void res.json({ products: [], for: req.latchkey?.token.name }));
app.post('/api/products', requireScope('write'), (_req, res) => void res.status(201).json({ id: 1 }));
app.use('/api', protect());

const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, parts, async () => {
  server.closeAllConnections();
  server.close();
});

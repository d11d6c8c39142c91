// node docs/examples/guard/node.ts
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeGuard } from '@latchkey/bearer-auth/node';
import { announce, openParts } from './parts.ts';

const parts = await openParts();
const { protect } = createNodeGuard(parts.guard);
const read = protect((_req, res, { token }) => res.end(JSON.stringify({ products: [], for: token.name })), { scopes: ['read'] });
const write = protect((_req, res) => res.writeHead(201).end(JSON.stringify({ id: 1 })), { scopes: ['write'] });

const server = createServer((req, res) => (req.method === 'POST' ? write : read)(req, res));
await once(server.listen(0, '127.0.0.1'), 'listening');
announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, parts, async () => {
  server.closeAllConnections();
  server.close();
});

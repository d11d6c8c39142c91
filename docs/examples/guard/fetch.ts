// node docs/examples/guard/fetch.ts
// Any server of the fetch API will do – `Bun.serve({ fetch })`, `Deno.serve(fetch)`; here it is one for Node.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { answerBadUrl, createFetchGuard, type FetchEnv } from '@latchkey/bearer-auth/fetch';
import { announce, openParts } from './parts.ts';

const parts = await openParts();
const { protect } = createFetchGuard(parts.guard);
const read = protect((_request, { token }) => Response.json({ products: [], for: token.name }), { scopes: ['read'] });
const write = protect(() => Response.json({ id: 1 }, { status: 201 }), { scopes: ['write'] });
const fetch = (request: Request, env: FetchEnv) => (request.method === 'POST' ? write : read)(request, env);

const listener = getRequestListener((request, env) => fetch(request, env as FetchEnv), { errorHandler: answerBadUrl(parts.guard) });
const server = createServer(listener);
await once(server.listen(0, '127.0.0.1'), 'listening');
announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, parts, async () => {
  server.closeAllConnections();
  server.close();
});

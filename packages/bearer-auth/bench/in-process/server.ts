import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeGuard } from '../../src/adapters/node.ts';
import { createMemoryCounter } from '../../src/counters/memory-counter.ts';
import { createGuard } from '../../src/guard.ts';
import { createMemoryTokenSource } from '../../src/testing/memory-token-source.ts';
import { createTokenDigester } from '../../src/token-digester.ts';
import { createTokenMint } from '../../src/token-mint.ts';
import { openSpool } from '../../src/usage/spool.ts';

// One server of in-process.ts: bare node:http, or the same handler behind the guard with its spool on disk. Tells its port and the token
// texts to its parent, and its processor time whenever it is asked.

const TOKENS = 1_000;
const LIMIT = { max: 1_000_000_000, windowMs: 60_000, algorithm: 'fixed' } as const;
const BODY = Buffer.from(
  JSON.stringify({ data: Array.from({ length: 4 }, (_, id) => ({ id, name: `Product ${id}`, price: 12.5, stock: 3 })) }),
);

/** What every handler of the comparison does: a short JSON answer of a declared length. */
function answer(_req: IncomingMessage, res: ServerResponse): void {
  res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': BODY.length });
  res.end(BODY);
}

const directory = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

const digester = createTokenDigester({ secrets: ['a secret for the benchmark'] });
const tokens = createMemoryTokenSource(createTokenMint(digester));
const texts = Array.from({ length: TOKENS }, () =>
  tokens.issue({ rateLimit: LIMIT, allowedEndpoints: ['GET /products*', '/stores*'], scopes: ['read'] }),
);

function guarded() {
  const spool = openSpool({ directory });
  // In the place of the reader, which ships the records elsewhere: the disk does not fill up.
  setInterval(() => void spool.release(spool.end()), 1_000).unref();
  const guard = createGuard({ tokens, counter: createMemoryCounter(), usage: spool, digester });
  return createNodeGuard(guard).protect(answer, { scopes: ['read'] });
}

const server = createServer(process.argv[2] === 'guard' ? guarded() : answer);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port, texts }));
process.on('message', (message) => {
  if (message === 'stop') process.exit();
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system });
});

import { mkdtempSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeGuard } from '../src/adapters/node.ts';
import { createMemoryCounter } from '../src/counters/memory-counter.ts';
import { createGuard } from '../src/guard.ts';
import { createMemoryTokenSource } from '../src/testing/memory-token-source.ts';
import { createTokenDigester } from '../src/token-digester.ts';
import { createTokenMint } from '../src/token-mint.ts';
import { openSpool, type Spool } from '../src/usage/spool.ts';

/** The same answer of about 200 bytes, bare and behind all of the guard. */
export interface GuardedPair {
  readonly bare: RequestListener;
  readonly guarded: RequestListener;
  /** One request of each token. */
  readonly requests: readonly Buffer[];
  readonly spool: Spool;
  /** @throws Error where it is not the whole answer that was asked for. */
  assertAnswer(text: string): void;
}

const LIMIT = { max: 1_000_000_000, windowMs: 60_000, algorithm: 'fixed' } as const;
const ACCESS = { allowedEndpoints: ['GET,HEAD /products*', '/stores*'], scopes: ['read'] };
const BODY = JSON.stringify({ data: Array.from({ length: 4 }, (_, id) => ({ id, name: `Product ${id}`, price: 12.5, stock: 3 })) });

/** With a spool in a directory that goes when the process ends. */
export function openGuardedPair(tokenCount: number): GuardedPair {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const digester = createTokenDigester({ secrets: ['a secret for the benchmark'] });
  const tokens = createMemoryTokenSource(createTokenMint(digester));
  const requests = Array.from({ length: tokenCount }, () => requestWith(tokens.issue({ rateLimit: LIMIT, ...ACCESS })));
  const spool = openSpool({ directory });
  const guard = createGuard({ tokens, counter: createMemoryCounter(), usage: spool, digester });
  return { bare: answer, guarded: createNodeGuard(guard).protect(answer, { scopes: ['read'] }), requests, spool, assertAnswer };
}

const answer: RequestListener = (_req, res) => {
  res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': BODY.length });
  res.end(BODY);
};

function requestWith(token: string): Buffer {
  const fields = ['Host: 127.0.0.1', 'User-Agent: bench/1.0', 'Accept: */*', `Authorization: Bearer ${token}`];
  return Buffer.from(`GET /api/products/42?store_id=1 HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`);
}

function assertAnswer(text: string): void {
  if (!text.startsWith('HTTP/1.1 200') || !text.endsWith(BODY)) throw new Error(`Unexpected answer: ${text}`);
}

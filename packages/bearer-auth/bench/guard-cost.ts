import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { createNodeGuard } from '../src/adapters/node.ts';
import { createMemoryCounter } from '../src/counters/memory-counter.ts';
import { createGuard } from '../src/guard.ts';
import { createMemoryTokenSource } from '../src/testing/memory-token-source.ts';
import { createTokenDigester } from '../src/token-digester.ts';
import { createTokenMint } from '../src/token-mint.ts';
import { openSpool } from '../src/usage/spool.ts';

// Processor time of the whole guard over bare node:http, without the kernel's part in connections: requests arrive in streams in memory,
// 64 at once, bare and guarded in turn every few milliseconds, so that it says something on a busy machine too. The spool is on the disk.
// Run: node packages/bearer-auth/bench/guard-cost.ts [seconds] [tokens]

const [seconds = 8, tokenCount = 1_000] = process.argv.slice(2).map(Number);
const CONNECTIONS = 64;
const TURNS = 10;
const LIMIT = { max: 1_000_000_000, windowMs: 60_000, algorithm: 'fixed' } as const;
const BODY = JSON.stringify({ data: Array.from({ length: 4 }, (_, id) => ({ id, name: `Product ${id}`, price: 12.5, stock: 3 })) });

const directory = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const digester = createTokenDigester({ secrets: ['a secret for the benchmark'] });
const tokens = createMemoryTokenSource(createTokenMint(digester));
const access = { allowedEndpoints: ['GET,HEAD /products*', '/stores*'], scopes: ['read'] };
const requests = Array.from({ length: tokenCount }, () => requestWith(tokens.issue({ rateLimit: LIMIT, ...access })));
const spool = openSpool({ directory });
const guard = createGuard({ tokens, counter: createMemoryCounter(), usage: spool, digester });

const answer: RequestListener = (_req, res) => {
  res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': BODY.length });
  res.end(BODY);
};

function requestWith(token: string): Buffer {
  const fields = ['Host: 127.0.0.1', 'User-Agent: bench/1.0', 'Accept: */*', `Authorization: Bearer ${token}`];
  return Buffer.from(`GET /api/products/42?store_id=1 HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`);
}

/** Enough of a socket for a server: it counts what is written to it. */
class Connection extends Duplex {
  readonly remoteAddress = '127.0.0.1';
  onAnswer: (text: string) => void = () => {};

  setTimeout(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.onAnswer(String(chunk));
    done();
  }
}

function connect(listener: RequestListener): Connection[] {
  const server = createServer(listener);
  return Array.from({ length: CONNECTIONS }, () => {
    const connection = new Connection({ decodeStrings: false });
    server.emit('connection', connection);
    return connection;
  });
}

let next = 0;

/** One request on every connection, until all are answered. */
async function turn(connections: readonly Connection[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let waiting = connections.length;
  for (const connection of connections) {
    connection.onAnswer = (text) => {
      if (!text.startsWith('HTTP/1.1 200') || !text.endsWith(BODY)) throw new Error(`Unexpected answer: ${text}`);
      waiting -= 1;
      if (waiting === 0) resolve();
    };
    connection.push(requests[next++ % requests.length]);
  }
  await promise;
  await new Promise((settle) => setImmediate(settle));
}

/** Microseconds of processor time a request. */
async function measure(connections: readonly Connection[]): Promise<number> {
  const before = process.cpuUsage();
  for (let count = 0; count < TURNS; count++) await turn(connections);
  const { user, system } = process.cpuUsage(before);
  await spool.release(spool.end());
  return (user + system) / (TURNS * connections.length);
}

function quantiles(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(2);
  return `${at(0.1)} · ${at(0.25)} · ${at(0.5)}`;
}

const bare = connect(answer);
const guarded = connect(createNodeGuard(guard).protect(answer, { scopes: ['read'] }));
for (let round = 0; round < 40; round++) for (const each of [bare, guarded]) await measure(each);
const [ofBare, ofGuard, over]: [number[], number[], number[]] = [[], [], []];
for (const until = performance.now() + seconds * 1_000; performance.now() < until; ) {
  const [one, other] = [await measure(bare), await measure(guarded)];
  ofBare.push(one);
  ofGuard.push(other);
  over.push(other - one);
}
console.log(
  `µs of processor time a request; fastest tenth · quarter · half of ${over.length} rounds of ${TURNS * CONNECTIONS} requests, ${tokenCount} tokens`,
);
console.log(`bare node:http, in memory   ${quantiles(ofBare)}`);
console.log(`with the guard              ${quantiles(ofGuard)}`);
console.log(`over bare                   ${quantiles(over)}`);
process.exit();

// Sends one body of 1 GiB up and one down through guard and reverse proxy, and prints how the memory of the gateway's process moved.
// Run: node apps/server/bench/large-body.ts [MiB]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGuard, createMemoryCounter, createTokenDigester, createTokenMint } from '@latchkey/bearer-auth';
import { createNodeGuard } from '@latchkey/bearer-auth/node';
import { createMemoryTokenSource, createMemoryUsageSink, listen } from '@latchkey/bearer-auth/testing';
import { createReverseProxy } from '../src/gateway/reverse-proxy.ts';
import { createTrustedPeers } from '../src/gateway/trusted-peers.ts';

const MIB = 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 'x');

interface Gateway {
  readonly url: string;
  readonly token: string;
}

async function runGateway(upstreamUrl: string): Promise<void> {
  const digester = createTokenDigester({ secrets: ['a secret for the benchmark'] });
  const tokens = createMemoryTokenSource(createTokenMint(digester));
  const guard = createGuard({ tokens, usage: createMemoryUsageSink(), counter: createMemoryCounter(), digester });
  const node = createNodeGuard(guard);
  const proxy = createReverseProxy({ upstream: new URL(upstreamUrl), trusted: createTrustedPeers([]), deny: node.deny });
  const { url } = await listen(createServer({ requestTimeout: 0 }, node.protect(proxy.handle)));
  process.send?.({ url, token: tokens.issue() } satisfies Gateway);
  setInterval(() => process.send?.(process.memoryUsage.rss()), 20);
}

async function measure(bytes: number): Promise<void> {
  const upstream = await listen(createServer((req, res) => void answer(req, bytes).pipe(res)));
  const child = fork(import.meta.filename, ['gateway', upstream.url]);
  const [gateway] = (await once(child, 'message')) as [Gateway];
  let rss: number[] = [];
  child.on('message', (message) => rss.push(Number(message)));
  await transfer(gateway, 'PUT', 16 * MIB, 16 * MIB);
  for (const method of ['PUT', 'GET']) {
    await once(child, 'message');
    rss = rss.slice(-1);
    const startedAt = performance.now();
    await transfer(gateway, method, bytes, method === 'PUT' ? bytes : 0);
    report(method, bytes, performance.now() - startedAt, rss);
  }
  child.kill();
  await upstream.close();
}

/** Takes a body and says how long it was, or sends one. */
function answer(req: IncomingMessage, bytes: number): Readable {
  if (req.method === 'GET') return Readable.from(chunks(bytes), { objectMode: false });
  async function* count() {
    let received = 0;
    for await (const chunk of req) received += chunk.length;
    yield String(received);
  }
  return Readable.from(count());
}

function* chunks(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK.length) yield left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
}

async function transfer({ url, token }: Gateway, method: string, expected: number, bodyBytes: number): Promise<void> {
  const outgoing = request(`${url}/api/large`, { method, headers: { authorization: `Bearer ${token}` } });
  const answering = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  await pipeline(Readable.from(chunks(bodyBytes), { objectMode: false }), outgoing);
  const [response] = await answering;
  let received = 0;
  let text = '';
  for await (const chunk of response) {
    received += chunk.length;
    if (method === 'PUT') text += chunk;
  }
  const arrived = method === 'PUT' ? Number(text) : received;
  if (arrived !== expected) throw new Error(`${method}: ${arrived} of ${expected} bytes arrived (${response.statusCode}).`);
}

function report(method: string, bytes: number, ms: number, rss: readonly number[]): void {
  const mib = (value: number) => `${(value / MIB).toFixed(0)} MiB`;
  const [before = 0] = rss;
  const peak = Math.max(...rss);
  const rate = (bytes / MIB / (ms / 1000)).toFixed(0);
  console.log(`${method} ${mib(bytes)} in ${(ms / 1000).toFixed(1)} s (${rate} MiB/s): RSS ${mib(before)} before, ${mib(peak)} at most`);
}

const [role, upstreamUrl] = process.argv.slice(2);
if (role === 'gateway') await runGateway(upstreamUrl ?? '');
else await measure(Number(role ?? 1024) * MIB);

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { createGuard, createMemoryCounter, createTokenDigester, createTokenMint, type GuardOptions } from '@latchkey/bearer-auth';
import { createNodeGuard } from '@latchkey/bearer-auth/node';
import {
  bearer,
  createMemoryTokenSource,
  createMemoryUsageSink,
  listen,
  type SendOptions,
  send,
  sendBytes,
} from '@latchkey/bearer-auth/testing';
import { onTestFinished } from 'vitest';
import { holdContinue } from '../continue.ts';
import { createReverseProxy, type ReverseProxyOptions } from '../reverse-proxy.ts';
import { createTrustedPeers } from '../trusted-peers.ts';
import { type DoorKind, listenAt } from './doors.ts';

const digester = createTokenDigester({ secrets: ['a secret for the proxy'] });
const mint = createTokenMint(digester);

export interface ProxiedOptions extends Partial<ReverseProxyOptions> {
  readonly door?: DoorKind;
}

/** A gateway in front of `upstreamUrl`, with one token that is not limited, until the test ends. */
export async function openProxied(
  upstreamUrl: string,
  { door: kind = 'node', ...options }: ProxiedOptions = {},
  guardOptions: Partial<GuardOptions> = {},
) {
  const tokens = createMemoryTokenSource(mint);
  const usage = createMemoryUsageSink();
  const guard = createGuard({ tokens, usage, counter: createMemoryCounter(), digester, ...guardOptions });
  const node = createNodeGuard(guard);
  const proxy = createReverseProxy({ upstream: new URL(upstreamUrl), trusted: createTrustedPeers([]), deny: node.deny, ...options });
  const listener = node.protect(proxy.handle);
  const server = createServer(listener).on('checkContinue', (req, res) => {
    holdContinue(res);
    void listener(req, res);
  });
  const door = await listenAt(kind, server, { guard, proxy });
  onTestFinished(async () => {
    await door.close();
    proxy.close();
    await guard.close();
  });
  const token = tokens.issue({ rateLimit: null, ownerType: 'team', ownerId: 'Büro 7', scopes: ['read', 'write all'] });
  return {
    url: door.url,
    port: Number(new URL(door.url).port),
    token,
    tokens,
    usage,
    send: ({ headers = [], ...sendOptions }: SendOptions = {}) =>
      send(door.url, { ...sendOptions, headers: [...bearer(token), ...headers] }),
    /** A request written by hand; the answer until the connection closes. */
    sendBytes: (head: string) =>
      sendBytes(door.url, `${head}Authorization: Bearer ${token}\r\nHost: gateway.test\r\nConnection: close\r\n\r\n`),
  };
}

export async function openUpstream(handler: RequestListener) {
  const upstream = await listen(createServer(handler));
  onTestFinished(upstream.close);
  return upstream;
}

/** An upstream that speaks in raw bytes. */
export async function openRawUpstream(onConnection: (socket: Socket) => void): Promise<{ url: string; server: TcpServer }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, server };
}

/** Waits longer than a connection to the upstream is left alone before it has its next request. */
export function untilSettled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

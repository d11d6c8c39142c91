import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { PATH, UPSTREAM_PATH } from '../answer.ts';
import type { RunningSubject, SubjectContext, Unavailable } from '../subject.ts';

const END_OF_HEAD = '\r\n\r\n';
/** As many bytes as the gateway adds, saying nothing. */
const REQUEST = `GET ${UPSTREAM_PATH} HTTP/1.1\r\nHost: upstream\r\nConnection: keep-alive\r\nX-Padding: ${'.'.repeat(240)}${END_OF_HEAD}`;
const ADDED_LINES = `X-Padding: ${'.'.repeat(220)}\r\n`;

interface Upstream {
  readonly socket: Socket;
  client: Socket;
}

/**
 * What Node takes for two sockets and nothing else: a request is whatever one read brings, and so is an answer. Nobody could use it; no gateway
 * on `node:net` can be cheaper.
 */
export async function startRawSockets({ upstreamPort }: SubjectContext): Promise<RunningSubject | Unavailable> {
  if (upstreamPort === null) return { unavailable: 'there is no upstream' };
  const idle: Upstream[] = [];
  const buffer = Buffer.allocUnsafeSlow(65_536);

  function open(client: Socket): Upstream {
    const socket = connect({ port: upstreamPort as number, host: '127.0.0.1', noDelay: true, onread: { buffer, callback: onAnswer } });
    socket.on('error', () => {});
    const upstream: Upstream = { socket, client };
    return upstream;

    function onAnswer(length: number): boolean {
      const text = buffer.toString('latin1', 0, length);
      const end = text.indexOf(END_OF_HEAD) + 2;
      upstream.client.write(text.slice(0, end) + ADDED_LINES + text.slice(end), 'latin1');
      idle.push(upstream);
      return true;
    }
  }

  const server = createServer({ noDelay: true }, (client) => {
    client.on('error', () => {});
    client.on('data', (bytes) => {
      if (!bytes.toString('latin1').endsWith(END_OF_HEAD)) throw new Error('A request came in pieces.');
      const upstream = idle.pop() ?? open(client);
      upstream.client = client;
      upstream.socket.write(REQUEST, 'latin1');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    path: PATH,
    credentials: [],
    async close() {
      for (const { socket } of idle) socket.destroy();
      server.close();
    },
  };
}

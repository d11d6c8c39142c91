import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openSceneWithDatabase, type Scene } from './open-scene.ts';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An API of one's own: answers 200 with what it received, and remembers it. */
export interface RecordingUpstream {
  readonly url: string;
  readonly received: Received[];
  /** Answers wait from now on; resolves when the next request has arrived. */
  hold(): Promise<void>;
  release(): void;
  close(): Promise<void>;
}

export async function startRecordingUpstream(): Promise<RecordingUpstream> {
  const received: Received[] = [];
  let gate = Promise.withResolvers<void>();
  let arrival = Promise.withResolvers<void>();
  gate.resolve();
  const server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req.setEncoding('utf8')) body += chunk;
    received.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers, body });
    arrival.resolve();
    await gate.promise;
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ url: req.url, body }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    hold() {
      gate = Promise.withResolvers();
      arrival = Promise.withResolvers();
      return arrival.promise;
    },
    release: () => gate.resolve(),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The real server in front of such an API, on a database of its own. */
export interface RecordedScene extends Scene {
  readonly databaseUrl: string;
  readonly upstream: RecordingUpstream;
}

/** All of it is gone after `close`. */
export async function openRecordedScene(): Promise<RecordedScene> {
  const upstream = await startRecordingUpstream();
  const scene = await openSceneWithDatabase({ LATCHKEY_UPSTREAM_URL: upstream.url });
  return {
    ...scene,
    upstream,
    async close() {
      await scene.close();
      await upstream.close();
    },
  };
}

import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

/** A wire between a client and a real server that can be cut or go dead. */
export interface TcpProxy {
  /** The server's URL with the proxy's address in it. */
  readonly url: string;
  /** Resets every connection; new ones are refused until `restore`. */
  cut(): void;
  /** Takes what is sent and passes nothing on, as a network does that lost its far end. */
  freeze(): void;
  /** Holds back what is sent until `restore`, as a network does that is slow: nothing is lost. */
  stall(): void;
  restore(): void;
  close(): Promise<void>;
}

export async function createTcpProxy(serverUrl: string): Promise<TcpProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'frozen' = 'open';

  const proxy = createServer((client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client)).on('error', () => client.destroy());
    if (state === 'cut') return void client.resetAndDestroy();
    const server = createConnection(Number(target.port), target.hostname);
    sockets.add(server);
    server.on('close', () => client.destroy()).on('error', () => client.destroy());
    client.on('close', () => server.destroy());
    client.on('data', (data) => state === 'open' && server.write(data));
    server.on('data', (data) => state === 'open' && client.write(data));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');

  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = `${(proxy.address() as AddressInfo).port}`;
  const destroyAll = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: url.href,
    cut() {
      state = 'cut';
      destroyAll();
    },
    freeze() {
      state = 'frozen';
    },
    stall() {
      for (const socket of sockets) socket.pause();
    },
    restore() {
      state = 'open';
      for (const socket of sockets) socket.resume();
    },
    async close() {
      proxy.close();
      destroyAll();
      await once(proxy, 'close');
    },
  };
}

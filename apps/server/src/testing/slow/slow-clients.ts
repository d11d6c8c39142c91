import { connect, type Socket } from 'node:net';

export interface SlowClients {
  /** How many connections are open now. */
  readonly open: number;
  /** How often one was ended by the server, and opened again. */
  readonly reopened: number;
  close(): void;
}

export interface SlowClientsOptions {
  readonly url: string;
  readonly token: string;
  /** A third sends heads, a third bodies, a third takes answers. */
  readonly count: number;
  /** Between two steps of one client. */
  readonly stepMs: number;
}

/** A client that does as little as it can; each call is its next step. */
type Step = (socket: Socket) => void;

/** Opens connections that send a header, or a byte of a body, or take a kilobyte of `/api/large`, now and then. */
export function openSlowClients({ url, token, count, stepMs }: SlowClientsOptions): SlowClients {
  const { port } = new URL(url);
  const head = (line: string) => `${line} HTTP/1.1\r\nHost: slow.test\r\nAuthorization: Bearer ${token}\r\n`;
  const kinds: readonly { readonly first: string; readonly step: Step }[] = [
    { first: head('GET /api/products'), step: (socket) => void socket.write('X-Slow: x\r\n') },
    { first: `${head('POST /api/upload')}Content-Length: 1000000\r\n\r\n`, step: (socket) => void socket.write('x') },
    { first: `${head('GET /api/large')}\r\n`, step: (socket) => void socket.read(1_024) },
  ];
  const sockets = new Set<Socket>();
  let isClosing = false;
  let reopened = 0;

  function open(index: number): void {
    const { first, step } = kinds[index % kinds.length] as (typeof kinds)[number];
    const socket = connect({ host: '127.0.0.1', port: Number(port) });
    sockets.add(socket);
    socket.on('error', () => undefined).write(first);
    const steps = setInterval(() => step(socket), stepMs);
    socket
      .once('end', () => socket.destroy())
      .once('close', () => {
        clearInterval(steps);
        sockets.delete(socket);
        if (isClosing) return;
        reopened += 1;
        open(index);
      });
  }

  for (let index = 0; index < count; index++) open(index);
  return {
    get open() {
      return [...sockets].filter(({ connecting }) => !connecting).length;
    },
    get reopened() {
      return reopened;
    },
    close() {
      isClosing = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

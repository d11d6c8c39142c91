import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Says who asked a thread, and how: `http 192.0.2.1`. Believed on the private socket alone, where only our own threads can write. */
export const PEER_HEADER = 'x-latchkey-peer';

/** The longest address of a socket that every system takes. */
const LONGEST_PATH = 100;

/** A directory that nobody else can enter, and the address of a socket in it. */
export async function prepareMainSocket(dataDirectory: string): Promise<{ path: string; remove(): Promise<void> }> {
  const usual = path.join(dataDirectory, 'run', 'main.sock');
  if (Buffer.byteLength(usual) > LONGEST_PATH) {
    const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-'));
    return { path: path.join(directory, 'main.sock'), remove: () => rm(directory, { recursive: true, force: true }) };
  }
  await mkdir(path.dirname(usual), { recursive: true, mode: 0o700 });
  await chmod(path.dirname(usual), 0o700);
  // Of a process that was killed; the data directory is ours alone by now.
  await rm(usual, { force: true });
  return { path: usual, remove: () => rm(usual, { force: true }) };
}

/** Nobody can reach the socket before its mode is set: its directory is closed. */
export async function listenOnSocket(server: Server, socketPath: string): Promise<void> {
  server.listen({ path: socketPath });
  await once(server, 'listening');
  await chmod(socketPath, 0o600);
}

/**
 * To be called for every request that came over the private socket. A thread may still be sending when it is answered, and a socket that is
 * closed with bytes unread takes the answer with it: so the rest is read, until the thread has passed the answer on and closes.
 */
export function closeBehindBody(req: IncomingMessage): void {
  const { socket } = req;
  const close = socket.destroySoon;
  socket.destroySoon = () => {
    if (req.complete) {
      close.call(socket);
      return;
    }
    socket.end();
    req.once('end', () => close.call(socket)).resume();
  };
}

/** Makes a request that came over the private socket look as it did to the thread. Each has a connection of its own. */
export function restorePeer(req: IncomingMessage): void {
  const [scheme, address] = String(req.headers[PEER_HEADER] ?? '').split(' ');
  delete req.headers[PEER_HEADER];
  Object.defineProperty(req.socket, 'remoteAddress', { value: address || undefined });
  Object.defineProperty(req.socket, 'encrypted', { value: scheme === 'https' });
}

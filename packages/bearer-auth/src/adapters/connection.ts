import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { canonicalAddress } from '../canonical-address.ts';

const ADDRESS: unique symbol = Symbol('client address');

/** Made once for each connection: its other end stays who it is. */
export function connectionAddress({ socket }: IncomingMessage): string | null {
  const known = socket as { [ADDRESS]?: string | null } & typeof socket;
  known[ADDRESS] ??= canonicalAddress(socket.remoteAddress);
  return known[ADDRESS];
}

export function isEncrypted(req: IncomingMessage): boolean {
  return (req.socket as Partial<TLSSocket>).encrypted === true;
}

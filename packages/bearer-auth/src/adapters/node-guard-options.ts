import type { IncomingMessage } from 'node:http';

/** How requests of `node:http` are read. Nothing has to be given. */
export interface NodeGuardOptions {
  /** Path under which the public API lives; it is not part of the endpoint. Default `/api`; `''` for none. */
  readonly mount?: string;
  /** The client's address. Default: that of the connection. Behind a proxy, read what it is trusted to say. */
  readonly clientAddress?: (req: IncomingMessage) => string | null;
  /** Whether a request came over TLS. Default: whether its connection is one. Behind a proxy, read what it is trusted to say. */
  readonly isSecure?: (req: IncomingMessage) => boolean;
  /** An id of its own for every request: 1 to 128 printable ASCII characters; anything else is replaced. Default: 18 of 0–9 and a–z. */
  readonly createRequestId?: () => string;
}

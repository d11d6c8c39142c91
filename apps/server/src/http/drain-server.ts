import type { IncomingMessage, Server, ServerResponse } from 'node:http';

export interface Drain {
  /** To be called for every request before it is answered. */
  note(request: IncomingMessage, response: ServerResponse): void;
  /** Stops accepting, lets what is in flight finish, and cuts what takes longer than `withinMs`. */
  drain(withinMs: number): Promise<void>;
}

/** Ends an HTTP server without cutting off anybody who is being answered. */
export function createDrain(server: Server): Drain {
  let draining = false;
  const unanswered = new Set<ServerResponse>();

  function note(_request: IncomingMessage, response: ServerResponse): void {
    unanswered.add(response);
    if (draining) announceEnd(response);
    response.once('close', () => {
      unanswered.delete(response);
      if (draining) server.closeIdleConnections();
    });
  }

  async function drain(withinMs: number): Promise<void> {
    if (!server.listening) return;
    draining = true;
    for (const response of unanswered) announceEnd(response);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), withinMs);
    await closed;
    clearTimeout(cut);
  }

  return { note, drain };
}

/** Where the head is not out yet, the client learns with its answer that this connection ends, and sends nothing more on it. */
function announceEnd(response: ServerResponse): void {
  response.shouldKeepAlive = false;
}

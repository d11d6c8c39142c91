import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createOpenResponses } from './open-responses.ts';

export interface Drain {
  /** To be called for every request before it is answered. */
  note(request: IncomingMessage, response: ServerResponse): void;
  /** Stops accepting, lets what is in flight finish, and cuts what takes longer than `withinMs`. */
  drain(withinMs: number): Promise<void>;
}

export interface DrainOptions {
  /**
   * How long connections without a request stay open once the draining has begun; default 1,000 ms. A client may have sent its next request
   * already: it is answered, and told that the connection ends.
   */
  readonly idleGraceMs?: number;
  /** Default: none. */
  readonly others?: OtherConnections | null;
}

/** Connections of a server that it does not know of. */
export interface OtherConnections {
  /** From now on every answer says that its connection ends with it. */
  announceEnd(): void;
  /** Closes the connections that wait for a request, and all others with their answers. */
  closeIdle(): void;
  closeAll(): void;
}

/** Ends an HTTP server without cutting off anybody who is being answered, or about to ask. */
export function createDrain(server: Server, { idleGraceMs = 1_000, others = null }: DrainOptions = {}): Drain {
  let isDraining = false;
  let isGraceOver = false;
  const unanswered = createOpenResponses();

  function note(_request: IncomingMessage, response: ServerResponse): void {
    const open = unanswered.add(response);
    if (isDraining) announceEnd(response);
    response.on('close', () => {
      open.remove();
      if (isGraceOver) server.closeIdleConnections();
    });
  }

  function endGrace(): void {
    isGraceOver = true;
    server.closeIdleConnections();
    others?.closeIdle();
  }

  function cutAll(): void {
    server.closeAllConnections();
    others?.closeAll();
  }

  async function drain(withinMs: number): Promise<void> {
    if (!server.listening) return;
    isDraining = true;
    for (const response of unanswered) announceEnd(response);
    others?.announceEnd();
    const closed = acceptWaiting().then(() => stopAccepting(server));
    // Timers come before what has arrived is read, and immediates after it: who has asked by then is no longer idle.
    const grace = setTimeout(() => setImmediate(endGrace), Math.min(idleGraceMs, withinMs));
    const cut = setTimeout(cutAll, withinMs);
    await closed;
    clearTimeout(grace);
    clearTimeout(cut);
  }

  return { note, drain };
}

/** Connections that wait to be accepted would be reset with their requests. The first turn may have begun before they came; a second one sees them. */
async function acceptWaiting(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

/** The server of `node:http` would cut idle connections with it. Resolves when the last connection has ended. */
function stopAccepting(server: Server): Promise<void> {
  return new Promise((resolve) => NetServer.prototype.close.call(server, () => resolve()));
}

/** Where the head is not out yet, the client learns with its answer that this connection ends, and sends nothing more on it. */
function announceEnd(response: ServerResponse): void {
  response.shouldKeepAlive = false;
}

import { type Connection, openConnection } from './connection.ts';

/** Connections to one upstream. */
export interface ConnectionPool {
  /** One that rests, the last used first, else a new one. */
  take(): Connection;
  /** A new one in any case. */
  open(): Connection;
  /** For a connection whose request is over: it rests if it may have another one, else it is closed. */
  giveBack(connection: Connection): void;
  /** Closes all connections, those in use included. */
  close(): void;
}

const MAX_IDLE = 256;

export function createConnectionPool(upstream: URL): ConnectionPool {
  const tlsSession = { last: undefined };
  const all = new Set<Connection>();
  const idle: Connection[] = [];
  // What an upstream sends behind its answer would be read as the next one, if that were asked for at once. So a connection is left alone
  // until everything that had come by then has been read: the rest of this round of the event loop, and one whole round.
  let arriving: Connection[] = [];
  let settling: Connection[] = [];
  let isSettling = false;

  function open(): Connection {
    const connection = openConnection(upstream, tlsSession, forget);
    all.add(connection);
    return connection;
  }

  function forget(connection: Connection): void {
    all.delete(connection);
    const at = idle.indexOf(connection);
    if (at !== -1) idle.splice(at, 1);
  }

  function giveBack(connection: Connection): void {
    const ms = connection.restMs();
    if (ms === 0 || idle.length + arriving.length + settling.length >= MAX_IDLE) {
      connection.destroy();
      return;
    }
    connection.rest(ms);
    arriving.push(connection);
    if (isSettling) return;
    isSettling = true;
    setImmediate(settle);
  }

  function settle(): void {
    for (const connection of settling) if (connection.isOpen) idle.push(connection);
    settling = arriving;
    arriving = [];
    isSettling = settling.length > 0;
    if (isSettling) setImmediate(settle);
  }

  return {
    take: () => idle.pop() ?? open(),
    open,
    giveBack,
    close() {
      for (const connection of all) connection.destroy();
    },
  };
}

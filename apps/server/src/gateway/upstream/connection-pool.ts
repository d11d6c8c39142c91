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
/**
 * What an upstream sends behind its answer – the body of an answer that may have none, a second answer – would be read as the next one, if
 * that were asked for at once. So a connection is left alone for this long, and until all that had come by then has been read.
 */
const SETTLE_MS = 1;

export function createConnectionPool(upstream: URL): ConnectionPool {
  const tlsSession = { last: undefined };
  const all = new Set<Connection>();
  const idle: Connection[] = [];
  let settling: Connection[] = [];
  let settled: Connection[] = [];
  let isClosed = false;

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
    if (ms === 0 || isClosed || idle.length + settling.length + settled.length >= MAX_IDLE) {
      connection.destroy();
      return;
    }
    connection.rest(ms);
    if (settling.push(connection) === 1) setTimeout(settle, SETTLE_MS);
  }

  /** Timers come before what has arrived is read, and immediates after it. */
  function settle(): void {
    settled = settling;
    settling = [];
    setImmediate(() => {
      for (const connection of settled) if (connection.isOpen) idle.push(connection);
      settled = [];
    });
  }

  return {
    take: () => idle.pop() ?? open(),
    open,
    giveBack,
    close() {
      isClosed = true;
      for (const connection of all) connection.destroy();
    },
  };
}

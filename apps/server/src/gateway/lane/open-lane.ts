import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { FRONT_TIMEOUTS, type FrontTimeouts } from '../../http/create-strict-server.ts';
import type { OtherConnections } from '../../http/drain-server.ts';
import { LaneConnection, type LaneOwner } from './lane-connection.ts';
import type { LaneParts } from './lane-exchange.ts';

/** Which requests take the lane, and what answers them. */
export interface LaneRoute {
  readonly parts: LaneParts;
  readonly isFor: (target: string) => boolean;
}

export interface LaneOptions extends LaneRoute {
  readonly onDefect: (error: unknown) => void;
  readonly timeouts?: FrontTimeouts;
}

/**
 * Takes the connections of a server in before Node's parser: plain requests for the public API are read, decided, passed on and answered without
 * the objects that Node makes for each, which cost more than all the rest. The first request that is anything else hands its connection over, with
 * all bytes that are not answered yet, to the server as it is.
 *
 * @returns the connections whose requests have been plain so far.
 */
export function openLane(server: Server, { parts, isFor, onDefect, timeouts = FRONT_TIMEOUTS }: LaneOptions): OtherConnections {
  const connections = new Set<LaneConnection>();
  const accept = takeOver(server);
  let isEnding = false;
  const owner: LaneOwner = {
    parts,
    timeouts,
    isFor,
    onDefect,
    onClose: (connection) => void connections.delete(connection),
    handOver(connection, bytes) {
      const { socket } = connection;
      connections.delete(connection);
      socket.pause();
      socket.unshift(bytes);
      accept(socket);
      socket.resume();
    },
  };
  server.on('connection', (socket: Socket) => {
    const connection = new LaneConnection(socket, owner);
    connection.isLast = isEnding;
    connections.add(connection);
  });

  return {
    announceEnd() {
      isEnding = true;
      for (const connection of connections) connection.isLast = true;
    },
    closeIdle() {
      for (const connection of connections) {
        if (connection.isIdle) connection.cut();
        else connection.isEnding = true;
      }
    },
    closeAll() {
      for (const connection of connections) connection.cut();
    },
  };
}

/** What the server does with a connection by itself. */
function takeOver(server: Server): (socket: Socket) => void {
  const [listener, ...others] = server.listeners('connection');
  if (listener === undefined || others.length > 0) throw new Error('Somebody else listens to the connections of this server already.');
  server.removeListener('connection', listener as (socket: Socket) => void);
  return (socket) => void listener.call(server, socket);
}

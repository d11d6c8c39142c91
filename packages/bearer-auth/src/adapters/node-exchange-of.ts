import { ServerResponse } from 'node:http';
import type { Guard } from '../guard.ts';
import type { Admitted } from '../verdict.ts';
import { noteArrival, openExchange } from './exchange.ts';
import type { FetchEnv } from './fetch-arrival.ts';

/** The answer to a fetch request, where a Node server writes it. */
export interface NodeExchange {
  /** Adds the guard's headers and the usage record to what will be written. `false`: the client is gone already. */
  open(admitted: Admitted): boolean;
}

/** Notes the arrival of a request of an HTTP/1.1 server of Node; `null` where there is nothing but a `Request`. */
export function nodeExchangeOf(guard: Guard, { incoming, outgoing }: FetchEnv): NodeExchange | null {
  if (incoming === undefined || !(outgoing instanceof ServerResponse)) return null;
  const arrival = noteArrival(incoming, guard.now);
  return { open: (admitted) => openExchange(guard, incoming, outgoing, arrival, admitted) };
}

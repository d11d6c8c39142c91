import type { IncomingMessage } from 'node:http';

/** A request's head and the connection it came over, whoever read it. */
export type ReceivedHead = Pick<
  IncomingMessage,
  'method' | 'url' | 'httpVersion' | 'rawHeaders' | 'headers' | 'headersDistinct' | 'socket'
>;

import type { IncomingMessage } from 'node:http';

/** A request as the client sees it, with what trusted proxies say about it. */
export interface ClientFacts {
  /** Canonical address, or `null` where it is not known. */
  readonly address: string | null;
  /** Origin of this server in the client's eyes, such as `https://tokens.example.com`. */
  readonly origin: string;
}

export type ReadClientFacts = (request: IncomingMessage) => ClientFacts;

export function isSecure(facts: ClientFacts): boolean {
  return facts.origin.startsWith('https:');
}

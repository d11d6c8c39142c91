import { createServer, type RequestListener, type Server } from 'node:http';
import { holdContinue } from '../gateway/continue.ts';
import { createDrain } from './drain-server.ts';

/** What is in flight may take this long to finish once the server was told to stop. */
const DRAIN_MS = 15_000;

export interface FrontOptions {
  readonly listener: RequestListener;
  /** Whether the gateway answers a target here. */
  readonly isPublic: (target: string) => boolean;
}

/** A server for anybody's requests, that finishes what is in flight before it ends with `parts`. Does not listen yet. */
export function openFront({ listener, isPublic }: FrontOptions, parts: AsyncDisposableStack): Server {
  // A large body may take its time: the proxy watches for stalls, and management bodies are small.
  const server = createServer({ requestTimeout: 0, headersTimeout: 10_000, keepAliveTimeout: 65_000 }, note);
  // The decision comes before the body: the gateway asks for one that it has a use for.
  server.on('checkContinue', (req, res) => {
    if (isPublic(req.url ?? '')) holdContinue(res);
    else res.writeContinue();
    note(req, res);
  });
  const drain = createDrain(server);
  parts.defer(() => drain.drain(DRAIN_MS));
  return server;

  function note(...[req, res]: Parameters<RequestListener>): void {
    drain.note(req, res);
    listener(req, res);
  }
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { holdContinue } from '../gateway/continue.ts';
import { type LaneRoute, openLane } from '../gateway/lane/open-lane.ts';
import { answerDefect } from './answer-defect.ts';
import { createStrictServer } from './create-strict-server.ts';
import { createDrain } from './drain-server.ts';
import type { Listener } from './listener.ts';

/** What is in flight may take this long to finish once the server was told to stop. */
const DRAIN_MS = 15_000;

export interface FrontOptions {
  readonly listener: Listener;
  /** Whether the gateway answers a target here. */
  readonly isPublic: (target: string) => boolean;
  /** Answers plain requests before `listener` sees them. `null`: none does. */
  readonly lane: LaneRoute | null;
  readonly logger: Pick<Logger, 'error'>;
}

/** A server for anybody's requests, that finishes what is in flight before it ends with `parts`. Does not listen yet. */
export function openFront({ listener, isPublic, lane, logger }: FrontOptions, parts: AsyncDisposableStack): Server {
  const server = createStrictServer({
    listener: note,
    // The decision comes before the body: the gateway asks for one that it has a use for.
    continueListener(req, res) {
      if (isPublic(req.url ?? '')) holdContinue(res);
      else res.writeContinue();
      note(req, res);
    },
  });
  const onDefect = (error: unknown, requestId: string) =>
    logger.error({ err: error, request_id: requestId }, 'A request failed, and its connection was closed');
  const drain = createDrain(server, { others: lane && openLane(server, { ...lane, onDefect: (error) => onDefect(error, randomUUID()) }) });
  parts.defer(() => drain.drain(DRAIN_MS));
  return server;

  function note(req: IncomingMessage, res: ServerResponse): void {
    drain.note(req, res);
    try {
      listener(req, res)?.catch((error: unknown) => fail(res, error));
    } catch (error) {
      fail(res, error);
    }
  }

  function fail(res: ServerResponse, error: unknown): void {
    const requestId = randomUUID();
    onDefect(error, requestId);
    answerDefect(res, requestId);
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers whose clients wait to be asked for the body (`Expect: 100-continue`). */
const held = new WeakSet<ServerResponse>();

/**
 * For the event `checkContinue`: keeps the client waiting until `sendContinue`. Where it is answered instead, Node ends the connection with
 * the answer: nobody can tell whether what follows on it is the body or the next request (RFC 9110 §10.1.1).
 */
export function holdContinue(res: ServerResponse): void {
  held.add(res);
}

export function isContinueHeld(req: IncomingMessage, res: ServerResponse): boolean {
  return req.headers.expect !== undefined && held.has(res);
}

export function sendContinue(res: ServerResponse): void {
  held.delete(res);
  res.writeContinue();
}

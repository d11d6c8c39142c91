import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers a request. What goes wrong is its caller's to catch, whether it is thrown at once or rejects the promise of what takes its time. */
export type Listener = (req: IncomingMessage, res: ServerResponse) => Promise<void> | undefined;

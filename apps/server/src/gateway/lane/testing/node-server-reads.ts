import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { createStrictServer } from '../../../http/create-strict-server.ts';

export interface NodeRequest {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** The requests that Node's strict server reads of a client that says this and ends; `null` where it answers anything with a refusal. */
export async function nodeServerReads(text: string): Promise<NodeRequest[] | null> {
  const requests: NodeRequest[] = [];
  let isRefused = false;
  const listener = (req: IncomingMessage): void => {
    let body = '';
    req.setEncoding('latin1').on('data', (part: string) => {
      body += part;
    });
    req.on('end', () => requests.push({ method: req.method ?? '', url: req.url ?? '', rawHeaders: req.rawHeaders, body }));
    req.on('error', () => {
      isRefused = true;
    });
  };
  const server = createStrictServer({ listener, continueListener: listener });
  const client = new Duplex({
    allowHalfOpen: false,
    read() {},
    write(_chunk, _encoding, done) {
      // Nobody is answered but whoever is refused.
      isRefused = true;
      done();
    },
  });
  client.on('error', () => {
    isRefused = true;
  });
  server.emit('connection', client);
  client.push(Buffer.from(text, 'latin1'));
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  client.destroy();
  return isRefused ? null : requests;
}

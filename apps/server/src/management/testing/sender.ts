import { request } from 'node:http';

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes as it is; anything else as JSON with its content type. */
  readonly body?: unknown;
}

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; `undefined` where it is none. */
  readonly json: unknown;
}

export type Sender = (path: string, sent?: Sent) => Promise<Received>;

/** Sends requests exactly as written: `fetch` would normalise paths and refuse to set some fields. */
export function createSender(base: string): Sender {
  const { hostname, port } = new URL(base);
  return (path, sent = {}) =>
    new Promise((resolve, reject) => {
      const text = sent.body === undefined || typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body);
      const type = sent.body === undefined || typeof sent.body === 'string' ? {} : { 'content-type': 'application/json' };
      const length = text === undefined ? {} : { 'content-length': `${Buffer.byteLength(text)}` };
      const headers = { ...type, ...length, ...sent.headers };
      const outgoing = request({ hostname, port, path, method: sent.method ?? 'GET', headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(receive(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString())));
      });
      outgoing.on('error', reject);
      outgoing.end(text);
    });
}

function receive(status: number, headers: Received['headers'], text: string): Received {
  try {
    return { status, headers, text, json: JSON.parse(text) };
  } catch {
    return { status, headers, text, json: undefined };
  }
}

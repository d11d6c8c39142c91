import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

/** An answer as the wire had it. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly text: string;
  /** The body as JSON; `null` where it is empty. */
  readonly body: Record<string, unknown> | null;
}

/** What a request differs in from `GET /api/products` without a token. */
export interface SendOptions {
  readonly method?: string;
  /** Sent as it is: nothing is normalised. */
  readonly path?: string;
  /** Names and values in turn, so that a line can come twice. */
  readonly headers?: readonly string[];
  readonly body?: string;
  /** Where the connection comes from; whatever the system takes. */
  readonly localAddress?: string;
}

/** Sends one request on a connection of its own. */
export function send(baseUrl: string, options: SendOptions = {}): Promise<Answer> {
  const { hostname, port, host } = new URL(baseUrl);
  const { method = 'GET', path = '/api/products', headers = [], body, localAddress } = options;
  const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))];
  return new Promise((resolve, reject) => {
    const req = request(
      { hostname, port, method, path, headers: ['Host', host, ...headers, ...length], agent: false, localAddress },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = (res.headers['content-type'] ?? '').includes('json');
          const parsed = isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : null;
          resolve({ status: res.statusCode ?? 0, headers: res.headers, rawHeaders: res.rawHeaders, text, body: parsed });
        });
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}

/** Writes bytes to the server and answers everything it writes back until it closes. For what an HTTP client refuses to send. */
export function sendBytes(baseUrl: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}

/** The header that a token goes in, as `SendOptions.headers` has it. */
export function bearer(text: string): string[] {
  return ['Authorization', `Bearer ${text}`];
}

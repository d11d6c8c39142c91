import { Agent, request } from 'node:http';

/** One request with a token. Instants are those of `performance.now()`. */
export interface Probe {
  readonly sentAt: number;
  readonly answeredAt: number;
  /** 0: the connection failed. */
  readonly status: number;
  readonly code: string | null;
}

/** Sends one request after the other over connections that stay open. */
export function createProber() {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });

  function send(url: string, token: string, path = '/api/products'): Promise<Probe> {
    const sentAt = performance.now();
    return new Promise((resolve) => {
      const end = (status: number, code: string | null) => resolve({ sentAt, answeredAt: performance.now(), status, code });
      const sent = request(new URL(path, url), { agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => end(answer.statusCode ?? 0, codeOf(text)));
        answer.on('error', () => end(0, null));
      });
      sent.on('error', () => end(0, null)).end();
    });
  }

  return { send, close: () => agent.destroy() };
}

export type Prober = ReturnType<typeof createProber>;

function codeOf(text: string): string | null {
  return /"code":"([A-Z_]+)"/.exec(text)?.[1] ?? null;
}

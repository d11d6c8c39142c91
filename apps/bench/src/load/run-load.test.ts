import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { buildRequests } from './build-requests.ts';
import type { LoadPlan } from './load-plan.ts';
import { runLoad } from './run-load.ts';

const BODY = '{"ok":true}';
const servers: (Server | TcpServer)[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server | TcpServer): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A server that answers whatever arrives with these bytes. */
function answerWith(bytes: string): Promise<number> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write(bytes));
  });
  return listen(server);
}

function plan(port: number, changes: Partial<LoadPlan> = {}): LoadPlan {
  return {
    port,
    requests: buildRequests('/api/products/17', port, ['Authorization: Bearer a', 'Authorization: Bearer b']),
    connections: 8,
    durationMs: 200,
    ratePerSecond: null,
    sharesProcessor: false,
    expected: { status: 200, body: Buffer.from(BODY) },
    ...changes,
  };
}

describe('counts', () => {
  it('no answer as missing that a server too slow for the rate was not asked for', async () => {
    const port = await listen(createServer((_req, res) => void setTimeout(() => res.end(BODY), 20)));
    const report = await runLoad(plan(port, { connections: 2, ratePerSecond: 2_000, lastAnswerMs: 300 }));
    expect(report).toMatchObject({ wrong: 0, problems: [] });
    expect(report.answered).toBeGreaterThan(10);
    expect(report.answered).toBeLessThan(200);
  });

  it('exactly what the server answered, as fast as it goes and at a rate, each token as often as the other', async () => {
    const seen = new Map<string, number>();
    const port = await listen(
      createServer((req, res) => {
        const token = req.headers.authorization ?? '';
        seen.set(token, (seen.get(token) ?? 0) + 1);
        res.end(BODY);
      }),
    );
    for (const changes of [{}, { ratePerSecond: 1_000 }, { ratePerSecond: 1_000, sharesProcessor: true }]) {
      seen.clear();
      const report = await runLoad(plan(port, changes));
      const [a = 0, b = 0] = [seen.get('Bearer a'), seen.get('Bearer b')];
      expect(report).toMatchObject({ wrong: 0, problems: [], answered: a + b });
      expect(report.answered).toBeGreaterThan(100);
      expect(Math.abs(a - b)).toBeLessThanOrEqual(1);
      expect(report.latency?.p99).toBeGreaterThanOrEqual(report.latency?.p50 ?? Number.POSITIVE_INFINITY);
    }
  });

  it('the time a request waits for a free connection as part of its latency', async () => {
    const port = await listen(createServer((_req, res) => setTimeout(() => res.end(BODY), 50)));
    // One connection answers 20 a second; of 100 a second the later ones have waited longer and longer.
    const report = await runLoad(plan(port, { connections: 1, ratePerSecond: 100 }));
    expect(report.wrong).toBe(0);
    expect(report.latency?.p99).toBeGreaterThan(150_000);
  });
});

describe('complains about', () => {
  const length = `Content-Length: ${BODY.length}`;
  it.each([
    ['another status', `HTTP/1.1 429 Too Many Requests\r\n${length}\r\n\r\n${BODY}`, 'status 429'],
    ['another body of the same length', `HTTP/1.1 200 OK\r\n${length}\r\n\r\n{"ok":flse}`, 'another body than expected'],
    [
      'a second answer that nobody asked for',
      `HTTP/1.1 200 OK\r\n${length}\r\n\r\n${BODY}HTTP/1.1 200 OK`,
      'bytes behind the end of the answer',
    ],
    ['an answer that begins in the middle', `${BODY}HTTP/1.1 200 OK\r\n${length}\r\n\r\n${BODY}`, 'a status line that is none'],
  ])('%s', async (_name, bytes, problem) => {
    const port = await answerWith(bytes);
    const report = await runLoad(plan(port));
    expect(report.wrong).toBeGreaterThanOrEqual(8);
    expect(report.problems).toContain(problem);
  });

  it('a server that closes connections, and one that is not there', async () => {
    const server = createTcpServer((socket) => socket.once('data', () => socket.end()).on('error', () => {}));
    const port = await listen(server);
    expect(await runLoad(plan(port))).toMatchObject({ answered: 0, wrong: 8, problems: ['the server closed the connection'] });
    server.close();
    await once(server, 'close');
    expect(await runLoad(plan(port))).toMatchObject({ answered: 0, wrong: 8, problems: ['the connection failed: ECONNREFUSED'] });
  });
});

import { openConnections } from '../fuzz/raw-connections.ts';

export interface GoodClients {
  readonly served: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Asks for `/api/products` over kept connections for a while, each as soon as it was answered. */
export async function measureGoodClients(
  url: string,
  token: string,
  { clients, ms }: { clients: number; ms: number },
): Promise<GoodClients> {
  const pool = openConnections(url, clients);
  const bytes = `GET /api/products HTTP/1.1\r\nHost: good.test\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const times: number[] = [];
  let failed = 0;
  const startedAt = performance.now();
  const work = async () => {
    while (performance.now() - startedAt < ms) {
      const askedAt = performance.now();
      const { status, isWhole } = await pool.ask(bytes);
      times.push(performance.now() - askedAt);
      if (status !== 200 || !isWhole) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  const seconds = (performance.now() - startedAt) / 1_000;
  pool.close();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { served: times.length - failed, failed, perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

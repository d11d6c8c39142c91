import { Agent, request } from 'node:http';

export interface ExactLimitOptions {
  readonly url: string;
  /** A token that was not used yet. */
  createToken(round: number): Promise<string>;
  readonly rounds: number;
  /** Requests at once, each on a connection of its own that stays open. */
  readonly concurrent: number;
  readonly onRound?: (round: number, passed: number) => void;
}

/** How many of the concurrent requests passed, for each token. Anything but 200 and 429 is an error. */
export async function countPassed({
  url,
  createToken,
  rounds,
  concurrent,
  onRound = () => undefined,
}: ExactLimitOptions): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrent });
  const counts: number[] = [];
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const token = await createToken(round);
      const statuses = await Promise.all(Array.from({ length: concurrent }, () => statusOf(agent, url, token)));
      const other = statuses.find((status) => status !== 200 && status !== 429);
      if (other !== undefined) throw new Error(`A request was answered ${other}.`);
      const passed = statuses.filter((status) => status === 200).length;
      counts.push(passed);
      onRound(round, passed);
    }
  } finally {
    agent.destroy();
  }
  return counts;
}

function statusOf(agent: Agent, url: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const req = request(`${url}/api/products`, { agent, headers: { authorization: `Bearer ${token}` } }, (res) => {
      res.resume().on('end', () => resolve(res.statusCode ?? 0));
      res.on('error', reject);
    });
    req.on('error', reject).end();
  });
}

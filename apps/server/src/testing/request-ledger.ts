import { Agent, request } from 'node:http';
import { startSteadyTraffic } from './steady-traffic.ts';

/** What a client knows of its own requests: the numbers of those that were answered to the last byte, with their status. */
export interface RequestLedger {
  readonly answered: ReadonlyMap<number, number>;
  readonly sent: number;
  /** Stops sending and waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Sends `GET /api/products/<n>` at a steady rate, whatever happens to the server, with n rising from 1. A connection that breaks leaves its
 * request out of the ledger: nobody can know whether it was answered.
 */
export function startRequestLedger(options: { url: string; token: string; perSecond: number }): RequestLedger {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const answered = new Map<number, number>();
  const traffic = startSteadyTraffic(options.perSecond, send);

  function send(number: number): Promise<void> {
    return new Promise((resolve) => {
      const headers = { authorization: `Bearer ${options.token}` };
      const call = request(`${options.url}/api/products/${number}`, { agent, headers }, (response) => {
        response.on('end', () => {
          if (response.complete) answered.set(number, response.statusCode ?? 0);
        });
        response.on('error', () => undefined);
        response.on('close', resolve);
        response.resume();
      });
      call.on('error', () => resolve());
      call.end();
    });
  }

  return {
    answered,
    get sent() {
      return traffic.sent;
    },
    async stop() {
      await traffic.stop();
      agent.destroy();
    },
  };
}

/** Requests that go out at a steady rate, whatever becomes of them. */
export interface SteadyTraffic {
  readonly sent: number;
  /** Sends nothing more, and waits for what is under way. */
  stop(): Promise<void>;
}

const TICK_MS = 5;

/** Calls `send` so often, with numbers that rise from 1; what a late timer missed is made up for. It must not reject. */
export function startSteadyTraffic(perSecond: number, send: (number: number) => Promise<void>): SteadyTraffic {
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();
  let sent = 0;

  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
    while (sent < due) {
      sent += 1;
      const one = send(sent).finally(() => underWay.delete(one));
      underWay.add(one);
    }
  }, TICK_MS);

  return {
    get sent() {
      return sent;
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}

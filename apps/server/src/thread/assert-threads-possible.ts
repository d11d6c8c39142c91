import { once } from 'node:events';
import { createServer } from 'node:net';
import { ConfigError } from '../config/config.ts';

/**
 * Threads listen on one port together, which not every system lets them (macOS and Windows do not).
 * @throws ConfigError where this one does not; before anything is started.
 */
export async function assertThreadsPossible(threads: number, platform: string = process.platform, tryOut = listenShared): Promise<void> {
  if (threads === 1) return;
  try {
    await tryOut();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      `LATCHKEY_THREADS is ${threads}: this system (${platform}) does not let several threads listen on one port (${reason}). Set LATCHKEY_THREADS=1, or run several processes behind a proxy.`,
    ]);
  }
}

async function listenShared(): Promise<void> {
  const probe = createServer().listen({ host: '127.0.0.1', port: 0, reusePort: true });
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}

import { openSpool } from '@latchkey/bearer-auth';
import type { Shipper } from '@latchkey/server/shipper';

/** Ships what a directory holds, to the last record. Answers the milliseconds that took. */
export async function drainDirectory(shipper: Shipper, directory: string): Promise<number> {
  const spool = openSpool({ directory, capBytes: 64 * 1024 ** 3 });
  const began = performance.now();
  const reader = shipper.ship(spool);
  await reader.flush();
  const elapsedMs = performance.now() - began;
  await reader.close();
  await spool.close();
  return elapsedMs;
}

import { logSpoolProblem } from '../gateway/log-problems.ts';
import type { ServerOptions } from '../server-options.ts';
import { createShipper, type Shipper } from './create-shipper.ts';
import { findLeftoverSpools } from './find-leftover-spools.ts';

/** The thread that ships usage records. `kept`: names of the spools that this process keeps; any other in the data directory is shipped and removed. */
export async function openShipper(
  { config, database, dataDirectory, logger }: Pick<ServerOptions, 'config' | 'database' | 'dataDirectory' | 'logger'>,
  kept: readonly string[],
  parts: AsyncDisposableStack,
): Promise<Shipper> {
  const shipper = createShipper({
    databaseUrl: database.url,
    gateway: config.gatewayName,
    isEmbedded: config.databaseUrl === null,
    leftovers: await findLeftoverSpools(dataDirectory, kept),
    logger,
    onProblem: logSpoolProblem(logger),
  });
  parts.defer(() => shipper.close());
  return shipper;
}

import type { TokenPolicy } from '@latchkey/core';
import type { Database } from '@latchkey/database';
import type { Logger } from 'pino';
import type { Callbacks } from './config/callbacks.ts';
import type { Config } from './config/config.ts';
import type { Secrets } from './data-directory/load-secrets.ts';

/** What a server is made from. */
export interface ServerOptions {
  readonly config: Config;
  readonly policy: TokenPolicy;
  /** Code of the deployment that wants to be called. */
  readonly callbacks?: Callbacks | undefined;
  readonly database: Database;
  readonly dataDirectory: string;
  readonly secrets: Secrets;
  readonly logger: Logger;
  /** Whether what it shows is made up. */
  readonly demo?: boolean;
}

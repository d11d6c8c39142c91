import type { TokenPolicy } from '@latchkey/core';
import type { z } from 'zod';
import type { Callbacks } from './callbacks.ts';
import type { configFileSchema } from './config-file-schema.ts';

/** What `latchkey.config.ts` may say. Everything is optional; `docs/configuration.md` has the members with their defaults. */
export type LatchkeyConfig = z.input<typeof configFileSchema>;

/** Types the configuration in an editor; answers it as it is. It is checked, all of it, when the server starts. */
export function defineConfig(config: LatchkeyConfig): LatchkeyConfig {
  return config;
}

/** A configuration that was checked. */
export interface LoadedConfigFile {
  readonly policy: TokenPolicy;
  /** Absent: nobody is called. */
  readonly callbacks?: Callbacks | undefined;
  /** What is allowed but has no effect: most likely not what was meant. */
  readonly warnings: readonly string[];
}

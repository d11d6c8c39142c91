import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { DEFAULT_POLICY } from '@latchkey/core';
import { ConfigError } from './config.ts';
import type { LoadedConfigFile } from './config-file.ts';
import { configFileSchema } from './config-file-schema.ts';
import { toTokenPolicy } from './to-token-policy.ts';

/**
 * Reads `latchkey.config.ts` and checks all of it. `path: null` stands for a deployment without one.
 * @throws ConfigError with every problem at once.
 */
export async function loadConfigFile(path: string | null): Promise<LoadedConfigFile> {
  if (path === null) return { policy: DEFAULT_POLICY, warnings: [] };
  return parseConfigFile(await importDefault(path), path);
}

/** @param path where it came from, for messages. */
export function parseConfigFile(value: unknown, path: string): LoadedConfigFile {
  const parsed = configFileSchema.safeParse(value);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => describeIssue(issue.path, issue.message, path)));
  const { policy, warnings, problems } = toTokenPolicy(parsed.data);
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${path}: ${problem}`));
  // `undefined` members would count as given.
  const callbacks =
    parsed.data.callbacks && Object.fromEntries(Object.entries(parsed.data.callbacks).filter(([, value]) => value !== undefined));
  return { policy, warnings, callbacks };
}

async function importDefault(path: string): Promise<unknown> {
  if (!existsSync(path)) throw new ConfigError([`LATCHKEY_CONFIG: there is no file ${path}.`]);
  try {
    const module: { default?: unknown } = await import(pathToFileURL(path).href);
    if (module.default !== undefined) return module.default;
  } catch (error) {
    throw new ConfigError([`${path}: can not be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
  throw new ConfigError([`${path}: has no default export. Write "export default defineConfig({ … })".`]);
}

function describeIssue(place: readonly PropertyKey[], message: string, path: string): string {
  return place.length === 0 ? `${path}: ${message}.` : `${path}: ${place.map(String).join('.')} ${message.replace(/\.$/, '')}.`;
}

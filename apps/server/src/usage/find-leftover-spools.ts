import { readdir } from 'node:fs/promises';
import path from 'node:path';

const SPOOL = /^spool(-\d+)?$/;

/** Directories of spools that were kept by more threads than there are now. `kept`: names of those that are. */
export async function findLeftoverSpools(dataDirectory: string, kept: readonly string[]): Promise<string[]> {
  const entries = await readdir(dataDirectory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && SPOOL.test(entry.name) && !kept.includes(entry.name))
    .map(({ name }) => path.join(dataDirectory, name));
}

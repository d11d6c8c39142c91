import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const MARK = 'this-is-a-demo';

/**
 * Empties the demo's data directory, so that each demo begins anew. Deletes nothing but a directory that a demo has made: any other that
 * holds something is refused.
 */
export async function renewDemoDirectory(directory: string): Promise<void> {
  const isOurs = existsSync(path.join(directory, MARK));
  if (!isOurs && existsSync(directory) && (await readdir(directory)).length > 0) {
    throw new Error(`${directory} holds something that no demo has made. Move it away, or name another directory in LATCHKEY_DATA_DIR.`);
  }
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(path.join(directory, MARK), 'Made by "npm run demo", which empties this directory each time it starts.\n', {
    mode: 0o600,
  });
}

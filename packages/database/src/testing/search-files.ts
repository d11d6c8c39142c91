import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import { createTokenTextFinder, type FoundTokenText } from '@latchkey/core/testing';

/** What a search for texts of tokens has seen. */
export interface Search {
  readonly bytes: number;
  /** Where texts are that must not be there, and how many. */
  readonly leaks: ReadonlyMap<string, number>;
}

const CHUNK = 1 << 20;
/** The folder of the embedded PostgreSQL in a data directory: the texts of public key types may be in it. */
const CLUSTER = `postgres${path.sep}`;

/**
 * Searches all files below a directory, also while they are written and taken away. One that is gone has none. Without awaiting anything:
 * a data directory has a thousand small files, and the search takes a quarter of the time.
 */
export function searchFiles(directory: string): Search {
  const leaks = new Map<string, number>();
  const chunk = Buffer.allocUnsafe(CHUNK);
  let bytes = 0;
  for (const file of listFiles(directory)) {
    const name = path.relative(directory, file);
    const searched = searchFile(file, chunk);
    bytes += searched.bytes;
    const leaked = searched.found.filter(({ isViewable }) => !(isViewable && name.startsWith(CLUSTER)));
    if (leaked.length > 0) leaks.set(name, leaked.length);
  }
  return { bytes, leaks };
}

/** Throws where there are any; says where and how many, and never what. */
export function refuseLeaks(where: string, leaks: ReadonlyMap<string, number>): void {
  if (leaks.size === 0) return;
  const places = [...leaks].map(([place, count]) => `${place} (${count})`);
  throw new Error(`Texts of valid tokens are in ${where}: ${places.join(', ')}`);
}

/** Throws where there are any in the files below a directory. */
export function refuseLeaksIn(directory: string, where: string): void {
  refuseLeaks(where, searchFiles(directory).leaks);
}

function listFiles(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

function searchFile(file: string, chunk: Buffer): { bytes: number; found: FoundTokenText[] } {
  const finder = createTokenTextFinder();
  const found: FoundTokenText[] = [];
  const descriptor = openUnlessGone(file);
  if (descriptor === null) return { bytes: 0, found };
  try {
    for (let length = readSync(descriptor, chunk); length > 0; length = readSync(descriptor, chunk)) {
      found.push(...finder.push(chunk.subarray(0, length)));
    }
    return { bytes: finder.bytes, found };
  } finally {
    closeSync(descriptor);
  }
}

function openUnlessGone(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

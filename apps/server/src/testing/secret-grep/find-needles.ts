import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Finds texts of at least 20 letters and digits, whole or only their beginning or end. */
export interface NeedleFinder {
  /** The needles in a text, or in bytes as Latin-1. */
  find(text: string): string[];
}

const WINDOW = 20;
const RUN = new RegExp(`[0-9A-Za-z]{${WINDOW},}`, 'g');

/** Looks at the text once, however many needles there are. */
export function createNeedleFinder(needles: readonly string[]): NeedleFinder {
  const byWindow = new Map(
    needles.flatMap((needle) => [[needle.slice(0, WINDOW), needle] as const, [needle.slice(-WINDOW), needle] as const]),
  );
  return {
    find(text) {
      const found = new Set<string>();
      for (const [run] of text.matchAll(RUN)) {
        for (let from = 0; from + WINDOW <= run.length; from++) {
          const needle = byWindow.get(run.slice(from, from + WINDOW));
          if (needle !== undefined) found.add(needle);
        }
      }
      return [...found];
    },
  };
}

/** Which files below a directory have which needles. */
export async function findInFiles(directory: string, finder: NeedleFinder): Promise<Map<string, string[]>> {
  const hits = new Map<string, string[]>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    // PostgreSQL takes files away while they are listed.
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    const found = finder.find(bytes.toString('latin1'));
    if (found.length > 0) hits.set(path.relative(directory, file), found);
  }
  return hits;
}

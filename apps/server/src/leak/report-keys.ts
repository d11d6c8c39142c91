import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** The public keys that reports of leaked tokens are signed with. */
export interface ReportKeys {
  /**
   * The key of this identifier, `null` where there is none even after asking again.
   * @throws Error where the keys can not be had.
   */
  find(identifier: string): Promise<KeyObject | null>;
}

export interface ReportKeysOptions {
  /** `https:` or `file:`; answers as `https://api.github.com/meta/public_keys/secret_scanning` does. */
  readonly url: URL;
  readonly now: () => number;
  /** How often the source is asked at most, so that made-up identifiers do not make it work; 60,000. */
  readonly pauseMs?: number;
  /** Default: over TLS or from the disk. */
  readonly read?: (url: URL) => Promise<string>;
}

const keysSchema = z.object({
  public_keys: z.array(z.object({ key_identifier: z.string().min(1).max(256), key: z.string().max(10_000) })),
});
const LARGEST_ANSWER = 1024 * 1024;
const TIMEOUT_MS = 5_000;

/** Keeps the keys, and asks the source again for an identifier that it does not know: keys are rotated without a word. */
export function createReportKeys({ url, now, pauseMs = 60_000, read = readText }: ReportKeysOptions): ReportKeys {
  let keys = new Map<string, KeyObject>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;

  async function ask(): Promise<void> {
    const { public_keys } = keysSchema.parse(JSON.parse(await read(url)));
    keys = new Map(public_keys.map(({ key_identifier, key }) => [key_identifier, createPublicKey(key)]));
    askedAt = now();
  }

  return {
    async find(identifier) {
      const known = keys.get(identifier);
      if (known !== undefined) return known;
      if (now() - askedAt >= pauseMs) {
        asking ??= ask().finally(() => {
          asking = null;
        });
        await asking;
      }
      return keys.get(identifier) ?? null;
    },
  };
}

async function readText(url: URL): Promise<string> {
  if (url.protocol === 'file:') return readFile(url, 'utf8');
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS), headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`The keys of leak reports could not be had: ${url.origin} answered ${answer.status}.`);
  const text = await answer.text();
  if (text.length > LARGEST_ANSWER) throw new Error(`The keys of leak reports could not be had: ${url.origin} answered too much.`);
  return text;
}

import type { TokenMint } from '@latchkey/api';
import type { SpoolRecord, UsageStore } from '@latchkey/core';
import type { Actor, TokenStore } from '@latchkey/database';
import { createRandom, hourOfHistory, isTalking } from './history.ts';
import { PERSONAS, type Persona } from './persona.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const HISTORY_DAYS = 14;
const SPOOL_ID = 'demo-history';

/** A demo token with its plain text, which lives in this process only. */
export interface DemoToken {
  readonly persona: Persona;
  readonly id: number;
  readonly text: string;
}

export interface SeedDemoOptions {
  readonly tokens: TokenStore;
  readonly usageStore: UsageStore;
  readonly mint: TokenMint;
  readonly now: number;
  /** Called after each day with the number of records written so far. */
  readonly onProgress: (day: number, days: number, records: number) => void;
}

/** Fills an empty database with tokens and 14 days of traffic, through the store and the ingest that real traffic takes. */
export async function seedDemo({ tokens, usageStore, mint, now, onProgress }: SeedDemoOptions): Promise<DemoToken[]> {
  const made = await createTokens(tokens, mint, now);
  await writeHistory(made, usageStore, now, onProgress);
  await endTokens(made, tokens);
  return made;
}

const actor: Actor = { id: null, name: 'Demo', ipAddress: null, userAgent: null };

async function createTokens(tokens: TokenStore, mint: TokenMint, now: number): Promise<DemoToken[]> {
  const made: DemoToken[] = [];
  for (const persona of PERSONAS) {
    const prefix = `lk_${persona.environment}_`;
    const text = mint.generate(prefix);
    const { digest, algorithm, secretVersion } = mint.digest(text);
    const token = await tokens.create(
      {
        name: persona.name,
        description: persona.description,
        environment: persona.environment,
        ownerType: persona.owner?.type ?? null,
        ownerId: persona.owner?.id ?? null,
        scopes: [...(persona.scopes ?? ['read'])],
        prefix,
        start: text.slice(0, 6),
        last4: text.slice(-4),
        digest,
        digestAlgorithm: algorithm,
        secretVersion,
        allowedEndpoints: persona.allowedEndpoints,
        rateLimit: persona.rateLimit,
        rateLimitWindowMs: 60_000,
        rateLimitAlgorithm: 'fixed',
        expiresAt: persona.expiresInDays === null ? null : now + persona.expiresInDays * DAY,
        createdAt: now - persona.ageDays * DAY,
      },
      actor,
    );
    made.push({ persona, id: token.id, text });
  }
  return made;
}

async function writeHistory(
  made: readonly DemoToken[],
  usageStore: UsageStore,
  now: number,
  onProgress: SeedDemoOptions['onProgress'],
): Promise<void> {
  const random = createRandom(20_261);
  const start = Math.floor((now - HISTORY_DAYS * DAY) / HOUR) * HOUR;
  let from = await usageStore.readPosition(SPOOL_ID);
  let written = 0;
  for (let day = 0; day <= HISTORY_DAYS; day += 1) {
    const records = [...dayOfHistory(made, start + day * DAY, now, random), ...strangersOf(start + day * DAY, now)];
    const to = { segment: 1, offset: written + records.length + day + 1 };
    await usageStore.ingest(SPOOL_ID, records, from, to);
    from = to;
    written += records.length;
    onProgress(day, HISTORY_DAYS, written);
  }
}

function dayOfHistory(made: readonly DemoToken[], dayStart: number, now: number, random: () => number): SpoolRecord[] {
  const records: SpoolRecord[] = [];
  for (let hour = dayStart; hour < Math.min(dayStart + DAY, now); hour += HOUR) {
    for (const { persona, id } of made) {
      if (isTalking(persona, hour, now)) records.push(...hourOfHistory(persona, id, hour, now, random));
    }
  }
  return records;
}

/** Somebody who tries tokens that nobody issued: one address guesses, another has an old configuration. */
function strangersOf(dayStart: number, now: number): SpoolRecord[] {
  const last = Math.min(dayStart + DAY, now) - 7 * 60_000;
  if (last < now - 3 * DAY || last < dayStart) return [];
  const at = { firstAt: dayStart, lastAt: last };
  return [
    { kind: 'unknown', fingerprint: '5b1f0c9a72de4410', ip: '203.0.113.240', reason: 'malformed', count: 37, ...at },
    { kind: 'unknown', fingerprint: 'c40d7e21b95a8f36', ip: '198.51.100.33', reason: 'unknown', count: 9, ...at },
  ];
}

/** Switches off and revokes those whose story says so, once their history is written. */
async function endTokens(made: readonly DemoToken[], tokens: TokenStore): Promise<void> {
  for (const { persona, id } of made) {
    if (persona.end === 'disabled') await tokens.setActive([id], false, actor);
    if (persona.end === 'revoked') await tokens.revoke(id, actor);
  }
}

import { endpointTemplate, type UsageRecord } from '@latchkey/core';
import type { DemoCall, Persona } from './persona.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A random source that gives the same numbers for the same seed (mulberry32), so that the demo looks the same every time. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Share of the peak in an hour of the week, by habit. */
export function rhythmAt(rhythm: Persona['rhythm'], at: number): number {
  const date = new Date(at);
  const hour = date.getUTCHours();
  const weekend = date.getUTCDay() % 6 === 0;
  switch (rhythm) {
    case 'always':
      return 0.85 + 0.15 * Math.sin((hour / 24) * 2 * Math.PI);
    case 'office':
      return bell(hour, 12, 4) * (weekend ? 0.15 : 1);
    case 'evening':
      return Math.max(0.06, bell(hour, 19.5, 4.5)) * (weekend ? 1.25 : 1);
    case 'nightly':
      return hour === 2 ? 1 : 0;
  }
}

function bell(hour: number, centre: number, width: number): number {
  return Math.exp(-((hour - centre) ** 2) / (2 * width * width));
}

/** The usage records of one persona in one hour, in the order of time. */
export function* hourOfHistory(persona: Persona, tokenId: number, hour: number, now: number, random: () => number): Generator<UsageRecord> {
  const share = rhythmAt(persona.rhythm, hour);
  const count = Math.round(persona.peakPerHour * share * (0.8 + 0.4 * random()));
  const times = Array.from({ length: count }, () => hour + Math.floor(random() * HOUR)).sort((a, b) => a - b);
  for (const at of times) {
    if (at < now) yield recordAt(persona, tokenId, at, now, random);
  }
}

/** Whether the persona made calls in that hour at all. */
export function isTalking(persona: Persona, hour: number, now: number): boolean {
  return hour >= now - persona.ageDays * DAY && hour < now - (persona.silentForDays ?? 0) * DAY;
}

function recordAt(persona: Persona, tokenId: number, at: number, now: number, random: () => number): UsageRecord {
  const call = pickCall(persona.calls, random());
  const path = call.path.replace('{id}', String(1 + Math.floor(random() * 240)));
  const { status, outcome } = resultOf(persona, call, at, now, random);
  const durationMs = outcome === 'VALID' ? call.medianMs * Math.exp(0.45 * gauss(random)) : 0.12 + random() * 0.2;
  return {
    kind: 'request',
    tokenId,
    at,
    method: call.method,
    endpoint: endpointTemplate(path),
    path,
    status,
    durationUs: Math.round(durationMs * 1_000),
    requestBytes: call.method === 'GET' ? 0 : 120 + Math.floor(random() * 400),
    responseBytes: outcome === 'VALID' ? 300 + Math.floor(random() * 9_000) : 180,
    ip: persona.addresses[Math.floor(random() * persona.addresses.length)] ?? null,
    userAgent: persona.userAgent,
    outcome,
    requestId: `demo-${tokenId}-${at.toString(36)}-${Math.floor(random() * 1e9).toString(36)}`,
    secretId: null,
    cost: 1,
    trial: null,
  };
}

function resultOf(
  persona: Persona,
  call: DemoCall,
  at: number,
  now: number,
  random: () => number,
): Pick<UsageRecord, 'status' | 'outcome'> {
  if (persona.expiresInDays !== null && at >= now + persona.expiresInDays * DAY) return { status: 401, outcome: 'KEY_EXPIRED' };
  if (random() < (persona.throttledShare ?? 0)) return { status: 429, outcome: 'RATE_LIMITED' };
  let dice = random();
  for (const failure of call.failures ?? []) {
    if (dice < failure.share) return { status: failure.status, outcome: failure.status === 403 ? 'ENDPOINT_NOT_ALLOWED' : 'VALID' };
    dice -= failure.share;
  }
  return { status: call.method === 'POST' ? 201 : 200, outcome: 'VALID' };
}

/** The call that a number in `[0, 1)` falls on, by weight. */
export function pickCall(calls: readonly DemoCall[], dice: number): DemoCall {
  let rest = dice * calls.reduce((sum, call) => sum + call.weight, 0);
  const found = calls.find((call) => {
    rest -= call.weight;
    return rest < 0;
  });
  const call = found ?? calls.at(-1);
  if (!call) throw new Error('A persona that makes requests needs calls.');
  return call;
}

function gauss(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

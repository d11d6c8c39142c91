import { setTimeout as delay } from 'node:timers/promises';
import { pickCall, rhythmAt } from './history.ts';
import type { DemoToken } from './seed-demo.ts';

export interface LiveTrafficOptions {
  readonly origin: string;
  readonly tokens: readonly DemoToken[];
  readonly signal: AbortSignal;
}

/** Calls the demo API over HTTP as its consumers would, until the signal ends it. Answers of any status are part of the show. */
export async function runLiveTraffic({ origin, tokens, signal }: LiveTrafficOptions): Promise<void> {
  const talking = tokens.filter(({ persona }) => persona.peakPerHour > 0 && !persona.silentForDays);
  await Promise.all(talking.map((token) => runConsumer(origin, token, signal)));
}

async function runConsumer(origin: string, token: DemoToken, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(nextPauseMs(token), undefined, { signal }).catch(ignoreAbort);
    for (let call = 0; call < (token.persona.burst ?? 1) && !signal.aborted; call += 1) {
      await callOnce(origin, token, signal).catch(ignoreAbort);
    }
  }
}

/** The time to the next call or burst: random around the persona's rate of this hour, but two minutes at most on average. */
function nextPauseMs({ persona }: DemoToken): number {
  const perHour = Math.max(30, (persona.peakPerHour * rhythmAt(persona.rhythm, Date.now())) / (persona.burst ?? 1));
  return (-Math.log(1 - Math.random()) * 3_600_000) / perHour;
}

async function callOnce(origin: string, { persona, text }: DemoToken, signal: AbortSignal): Promise<void> {
  const call = pickCall(persona.calls, Math.random());
  const path = call.path.replace('{id}', String(1 + Math.floor(Math.random() * 240)));
  const hasBody = call.method === 'POST' || call.method === 'PUT';
  const response = await fetch(`${origin}/api${path}`, {
    method: call.method,
    headers: { authorization: `Bearer ${text}`, 'user-agent': persona.userAgent, ...(hasBody && { 'content-type': 'application/json' }) },
    ...(hasBody && { body: JSON.stringify({ name: 'Oat drink 1 l', price: 2.19, store_id: 1, category_id: 1, brand_id: 1 }) }),
    signal,
  });
  await response.arrayBuffer();
}

function ignoreAbort(error: unknown): void {
  // A call that is refused a connection or cut off by the end of the demo is nothing to report.
  if (error instanceof Error && (error.name === 'AbortError' || error instanceof TypeError)) return;
  throw error;
}

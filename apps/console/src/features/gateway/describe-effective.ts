import type { EffectiveView } from '@latchkey/api/schemas';
import { formatExact, formatMs, formatRelative, isolate } from '../../lib/format.ts';

const MOST_NAMED = 3;

/** `Effective on 3 of 3 gateways in 41 ms.` */
export function describeEffective({ gateways, acknowledged, ms }: EffectiveView): string {
  return `Effective on ${formatExact(acknowledged)} of ${formatExact(gateways)} ${gateways === 1 ? 'gateway' : 'gateways'} in ${formatMs(ms)}.`;
}

/** Who did not say so, and what that means; `null`: everybody did. */
export function describeSilent({ silent }: EffectiveView, now: number = Date.now()): string | null {
  if (silent.length === 0) return null;
  const named = silent.slice(0, MOST_NAMED).map(({ name, seenAt }) => `${isolate(name)} (last seen ${formatRelative(seenAt, now)})`);
  const rest = silent.length - named.length;
  const names = rest > 0 ? `${named.join(', ')} and ${formatExact(rest)} more` : named.join(' and ');
  return `${names} ${silent.length === 1 ? 'is silent and' : 'are silent and'} may still use the older state.`;
}

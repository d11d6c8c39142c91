import { useState } from 'react';
import { trpc } from '../../lib/trpc.ts';
import type { KnownEndpoint } from './try-request.ts';

const HOUR = 3_600_000;
const DAYS_30 = 30 * 24 * HOUR;

/** Endpoints that any token called in the last 30 days, busiest first. Empty until they are known. */
export function useKnownEndpoints(enabled = true): readonly KnownEndpoint[] {
  // Rounded up to the hour, so that every form on this screen shares one answer.
  const [to] = useState(() => Math.ceil(Date.now() / HOUR) * HOUR);
  const range = { from: new Date(to - DAYS_30).toISOString(), to: new Date(to).toISOString() };
  return trpc.usage.endpoints.useQuery({ ...range, limit: 200 }, { enabled, staleTime: 60_000 }).data?.endpoints ?? [];
}

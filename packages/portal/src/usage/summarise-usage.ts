import { exactTime } from '../key/format-time.ts';

export interface UsageChartPoint {
  /** Beginning of the hour, ISO-8601. */
  readonly at: string;
  /** `ok` + `failed`. */
  readonly requests: number;
  readonly ok: number;
  readonly failed: number;
}

/** A chart in one sentence: "1,204 requests, 34 failed, most at 22 Nov 2026, 12:00 (310)". */
export function summariseUsage(points: readonly UsageChartPoint[]): string {
  const requests = points.reduce((sum, point) => sum + point.requests, 0);
  if (requests === 0) return 'no requests';
  const failed = points.reduce((sum, point) => sum + point.failed, 0);
  const peak = points.reduce((most, point) => (point.requests > most.requests ? point : most));
  const count = `${requests.toLocaleString('en')} ${requests === 1 ? 'request' : 'requests'}`;
  return `${count}, ${failed.toLocaleString('en')} failed, most at ${exactTime(peak.at)} (${peak.requests.toLocaleString('en')})`;
}

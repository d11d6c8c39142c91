import fc from 'fast-check';
import { expect, it } from 'vitest';
import { grantedUnits, LEASE_SHARE } from './quota.ts';

it('grants all that is needed or nothing, never more than there is, and ahead of need a small part only', () => {
  const request = fc.record({ needed: fc.integer({ min: 1, max: 50 }), more: fc.nat(50), welcome: fc.integer({ min: 1, max: 2_000 }) });
  fc.assert(
    fc.property(fc.nat(10_000), request, (left, { needed, more, welcome }) => {
      const waiting = needed + more;
      const units = grantedUnits(left, { needed, waiting, welcome });
      expect(units === 0 || (units >= needed && units <= left)).toBe(true);
      expect(units > 0).toBe(left >= needed);
      expect(units).toBeLessThanOrEqual(Math.max(waiting, Math.floor(left / LEASE_SHARE)));
    }),
  );
});

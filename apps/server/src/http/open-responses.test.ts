import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOpenResponses } from './open-responses.ts';

test('it holds what was added and not removed, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant(null), fc.nat({ max: 50 }))), (steps) => {
      const open = createOpenResponses();
      const expected: { response: ServerResponse; remove: () => void }[] = [];
      for (const step of steps) {
        if (step === null) {
          const response = {} as ServerResponse;
          const entry = open.add(response);
          expected.push({ response, remove: () => entry.remove() });
        } else if (expected.length > 0) {
          for (const { remove } of expected.splice(step % expected.length, 1)) remove();
        }
      }
      const found = [...open];
      expect(found).toHaveLength(expected.length);
      expect(new Set(found)).toEqual(new Set(expected.map(({ response }) => response)));
      for (const { response } of expected) expect(found.some((one) => one === response)).toBe(true);
    }),
  );
});

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTokenDigester } from './token-digester.ts';
import { createTokenMint } from './token-mint.ts';

const OLD = 'the older of two secrets';
const NEW = 'the newer of two secrets';

describe('a digest', () => {
  it('is HMAC-SHA-256 under the newest secret', () => {
    const digester = createTokenDigester({ secrets: [NEW, OLD] });
    const text = createTokenMint(digester).generate('lk_live_');
    const expected = createHmac('sha256', NEW).update(text).digest();
    expect(digester.digest(text)).toMatchObject({ algorithm: 'hmac-sha256', digest: expected });
    expect(digester.candidates(text)[0]).toEqual(digester.digest(text));
  });

  it('made under the older secret is still a candidate, under the same version', () => {
    const before = createTokenDigester({ secrets: [OLD] });
    const after = createTokenDigester({ secrets: [NEW, OLD] });
    const text = createTokenMint(before).generate('lk_live_');
    expect(after.candidates(text)).toContainEqual(before.digest(text));
    expect(after.candidates(text)).toHaveLength(2);
  });

  it('has a version that tells secrets apart and fits a 32-bit integer', () => {
    const [newer, older] = createTokenDigester({ secrets: [NEW, OLD] }).candidates(
      createTokenMint(createTokenDigester({ secrets: [NEW] })).generate('lk_'),
    );
    expect(newer?.secretVersion).not.toBe(older?.secretVersion);
    for (const version of [newer?.secretVersion, older?.secretVersion]) {
      expect(version).toBeGreaterThan(0);
      expect(version).toBeLessThan(2 ** 31);
    }
  });
});

it('a text without the shape of a token has no candidates', () => {
  expect(createTokenDigester({ secrets: [NEW] }).candidates('hunter2')).toEqual([]);
});

it('a fingerprint is 16 hex characters, the same for the same text, different under another secret', () => {
  const digester = createTokenDigester({ secrets: [NEW] });
  expect(digester.fingerprint('a')).toMatch(/^[0-9a-f]{16}$/);
  expect(digester.fingerprint('a')).toBe(digester.fingerprint('a'));
  expect(digester.fingerprint('a')).not.toBe(digester.fingerprint('b'));
  expect(digester.fingerprint('a')).not.toBe(createTokenDigester({ secrets: [OLD] }).fingerprint('a'));
});

it.each([[[]], [['short']], [[NEW, NEW]]])('refuses the secrets %j', (secrets) => {
  expect(() => createTokenDigester({ secrets })).toThrow(RangeError);
});

import { describe, expect, it } from 'vitest';
import { createRevealStore } from './create-reveal-store.ts';

const place = { sessionId: 1, keyId: 7 };

describe('a text', () => {
  it('is given once and then never again', () => {
    const reveals = createRevealStore({ now: () => 0 });
    reveals.store(place, 'sk_live_secret');
    expect(reveals.retrieveOnce(place)).toBe('sk_live_secret');
    expect(reveals.retrieveOnce(place)).toBeNull();
  });

  it('is given to its own session and for its own key only', () => {
    const reveals = createRevealStore({ now: () => 0 });
    reveals.store(place, 'sk_live_secret');
    expect(reveals.retrieveOnce({ sessionId: 2, keyId: 7 })).toBeNull();
    expect(reveals.retrieveOnce({ sessionId: 1, keyId: 8 })).toBeNull();
    expect(reveals.retrieveOnce({ sessionId: 17, keyId: 7 })).toBeNull();
    expect(reveals.retrieveOnce(place)).toBe('sk_live_secret');
  });

  it('of another slot does not collide with the token', () => {
    const reveals = createRevealStore({ now: () => 0 });
    reveals.store(place, 'token');
    reveals.store({ ...place, slot: 'rotated' }, 'rotated');
    expect(reveals.retrieveOnce({ ...place, slot: 'rotated' })).toBe('rotated');
    expect(reveals.retrieveOnce(place)).toBe('token');
  });

  it('is replaced by a later one at the same place', () => {
    const reveals = createRevealStore({ now: () => 0 });
    reveals.store(place, 'first');
    reveals.store(place, 'second');
    expect(reveals.retrieveOnce(place)).toBe('second');
    expect(reveals.retrieveOnce(place)).toBeNull();
  });

  it('that nobody reads is gone after ten minutes', () => {
    let now = 0;
    const reveals = createRevealStore({ now: () => now });
    reveals.store(place, 'in time');
    now = 599_999;
    expect(reveals.retrieveOnce(place)).toBe('in time');
    reveals.store(place, 'too late');
    now += 600_000;
    expect(reveals.retrieveOnce(place)).toBeNull();
  });

  it('makes room when 10,000 are held: the oldest goes', () => {
    const reveals = createRevealStore({ now: () => 0 });
    for (let keyId = 0; keyId <= 10_000; keyId++) reveals.store({ sessionId: 1, keyId }, `text ${keyId}`);
    expect(reveals.retrieveOnce({ sessionId: 1, keyId: 0 })).toBeNull();
    expect(reveals.retrieveOnce({ sessionId: 1, keyId: 1 })).toBe('text 1');
    expect(reveals.retrieveOnce({ sessionId: 1, keyId: 10_000 })).toBe('text 10000');
  });
});

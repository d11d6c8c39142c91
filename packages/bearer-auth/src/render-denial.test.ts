import { DENIALS, type DenialReason, type QuotaState } from '@latchkey/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DenialContext, renderDenial } from './render-denial.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const REFUSING = {
  ...{ name: 'default', allowed: false, limit: 2, current: 3, remaining: 0 },
  ...{ resetAt: NOON + 1_001, windowMs: 1_500, openedAt: NOON - 499 },
};
const REFILLED: QuotaState = { outcome: 'exhausted', remaining: 0, refillAmount: 50, refillIntervalMs: 86_400_000, refillAt: NOON + 3_000 };

function render(reason: DenialReason, context: Partial<DenialContext> = {}) {
  const rendered = renderDenial({ reason, requestId: 'r-1', realm: 'shop', now: NOON, ...context });
  const headers = new Headers();
  for (let index = 0; index < rendered.headers.length; index += 2)
    headers.append(rendered.headers[index] ?? '', rendered.headers[index + 1] ?? '');
  return { ...rendered, headers, json: JSON.parse(rendered.body) };
}

describe('every denial', () => {
  it.each(Object.keys(DENIALS) as DenialReason[])('%s has its status, members and headers', (reason) => {
    const { status, headers, json, body } = render(reason);
    const denial = DENIALS[reason];
    expect(status).toBe(denial.status);
    expect(json).toMatchObject({ error: denial.error, code: denial.code, message: denial.message, request_id: 'r-1' });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-length')).toBe(String(Buffer.byteLength(body)));
    expect(headers.has('www-authenticate')).toBe(denial.challenge !== null);
    expect(headers.has('retry-after')).toBe(denial.status === 429 || denial.status === 503);
  });
});

it('rounds Retry-After and the draft’s times up to whole seconds', () => {
  const { headers, json } = render('rate_limited', { limits: { windows: [REFUSING], quota: null } });
  expect(json).toMatchObject({ limit: 2, current: 3, retry_after: 2 });
  expect(headers.get('retry-after')).toBe('2');
  expect(headers.get('x-ratelimit-reset')).toBe('2026-01-15T12:00:01.001Z');
  expect(headers.get('ratelimit-policy')).toBe('"default";q=2;w=2');
  expect(headers.get('ratelimit')).toBe('"default";r=0;t=2');
});

describe('of several windows', () => {
  const minute = {
    ...REFUSING,
    name: 'minute',
    allowed: true,
    limit: 100,
    current: 40,
    remaining: 60,
    resetAt: NOON + 30_000,
    windowMs: 60_000,
  };
  const second = { ...minute, name: 'second', limit: 10, current: 5, remaining: 5, resetAt: NOON + 500, windowMs: 1_000 };

  it('the refusing one that opens last decides, and all are listed', () => {
    const month = { ...REFUSING, name: 'month', limit: 9, current: 10, resetAt: NOON + 60_000, windowMs: 2_592_000_000 };
    const { headers, json } = render('rate_limited', { limits: { windows: [minute, REFUSING, month], quota: null } });
    expect(json).toMatchObject({ limit: 9, current: 10, retry_after: 60 });
    expect(headers.get('x-ratelimit-limit')).toBe('9');
    expect(headers.get('ratelimit-policy')).toBe('"minute";q=100;w=60, "default";q=2;w=2, "month";q=9;w=2592000');
    expect(headers.get('ratelimit')).toBe('"minute";r=60;t=30, "default";r=0;t=2, "month";r=0;t=60');
  });

  it('the one with the least share left is shown where none refuses, and the quota is an item of its own', () => {
    const { headers } = render('disabled', {
      limits: { windows: [minute, second], quota: { ...REFILLED, outcome: 'taken', remaining: 7 } },
    });
    expect(headers.get('x-ratelimit-limit')).toBe('10');
    expect(headers.get('x-ratelimit-remaining')).toBe('5');
    expect(headers.get('ratelimit-policy')).toBe('"minute";q=100;w=60, "second";q=10;w=1, "quota";q=50;w=86400');
    expect(headers.get('ratelimit')).toBe('"minute";r=60;t=30, "second";r=5;t=1, "quota";r=7;t=3');
  });
});

describe('a quota that is used up', () => {
  it('says when it is refilled', () => {
    const { headers, json } = render('usage_exceeded', { limits: { windows: [], quota: REFILLED } });
    expect(json.retry_after).toBe(3);
    expect(headers.get('retry-after')).toBe('3');
    expect(headers.has('x-ratelimit-limit')).toBe(false);
  });

  it('has no policy where nothing refills it', () => {
    const quota = { ...REFILLED, refillAmount: null, refillIntervalMs: null, refillAt: null };
    const { headers } = render('usage_exceeded', { limits: { windows: [], quota } });
    expect(headers.has('ratelimit-policy')).toBe(false);
    expect(headers.get('ratelimit')).toBe('"quota";r=0');
    expect(headers.get('retry-after')).toBe('60');
  });
});

it('never asks to come back after 0 seconds', () => {
  expect(render('rate_limited', { limits: { windows: [{ ...REFUSING, resetAt: NOON }], quota: null } }).json.retry_after).toBe(1);
});

const text = fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '\r', '\n', '\u0000', 'é', ',', '=') });

it('no realm or scope breaks out of the challenge', () => {
  fc.assert(
    fc.property(text, fc.array(text), (realm, required) => {
      const challenge = render('insufficient_scope', { realm, required }).headers.get('www-authenticate') ?? '';
      expect(challenge).toMatch(
        /^Bearer realm="(?:[ !#-[\]-~]|\\["\\])*", error="insufficient_scope", error_description="[^"]*", scope="(?:[ !#-[\]-~]|\\["\\])*"$/,
      );
    }),
  );
});

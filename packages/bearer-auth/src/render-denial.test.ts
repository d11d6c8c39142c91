import { DENIALS, type DenialReason } from '@latchkey/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DenialContext, renderDenial } from './render-denial.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const LIMIT = { allowed: false, limit: 2, current: 3, remaining: 0, resetAt: NOON + 1_001, windowMs: 1_500 };

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
  const { headers, json } = render('rate_limited', { limit: LIMIT });
  expect(json).toMatchObject({ limit: 2, current: 3, retry_after: 2 });
  expect(headers.get('retry-after')).toBe('2');
  expect(headers.get('x-ratelimit-reset')).toBe('2026-01-15T12:00:01.001Z');
  expect(headers.get('ratelimit-policy')).toBe('"default";q=2;w=2');
  expect(headers.get('ratelimit')).toBe('"default";r=0;t=2');
});

it('never asks to come back after 0 seconds', () => {
  expect(render('rate_limited', { limit: { ...LIMIT, resetAt: NOON } }).json.retry_after).toBe(1);
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

import { describe, expect, it } from 'vitest';
import { isSameOrigin } from './is-same-origin.ts';

const OWN = 'https://tokens.example.com';
const SESSION = '__Host-latchkey.session_token=abc';
const judge = (method: string, headers: Record<string, string>) => isSameOrigin({ method, headers: new Headers(headers) }, OWN);

describe('let through', () => {
  it.each<[string, string, Record<string, string>]>([
    ['a read from anywhere', 'GET', { origin: 'https://evil.example', cookie: SESSION }],
    ['a change that the browser calls same-origin', 'POST', { 'sec-fetch-site': 'same-origin', cookie: SESSION }],
    ['a change whose Origin is ours', 'POST', { origin: OWN, cookie: SESSION }],
    ['a change by a program without a session', 'POST', {}],
    ['a change by a program with a bearer credential', 'DELETE', { authorization: 'Bearer a.b.c', origin: 'https://elsewhere.example' }],
  ])('%s', (_case, method, headers) => {
    expect(judge(method, headers)).toBe(true);
  });
});

describe('refused', () => {
  it.each<[string, string, Record<string, string>]>([
    ['a change from another site', 'POST', { 'sec-fetch-site': 'cross-site', origin: OWN, cookie: SESSION }],
    ['a change from a sibling', 'PUT', { 'sec-fetch-site': 'same-site', cookie: SESSION }],
    ['a change typed into the address bar', 'POST', { 'sec-fetch-site': 'none', cookie: SESSION }],
    ['a change whose Origin begins like ours', 'POST', { origin: `${OWN}.evil.example`, cookie: SESSION }],
    ['a change from an opaque origin', 'POST', { origin: 'null', cookie: SESSION }],
    ['a change with a session and no word of where it comes from', 'DELETE', { cookie: `theme=dark; ${SESSION}` }],
    ['the same with the cookie of plain HTTP', 'DELETE', { cookie: 'latchkey.session_token=abc' }],
    ['a sign-in from another site', 'POST', { origin: 'https://evil.example' }],
    ['a change beside another scheme', 'POST', { authorization: 'Basic YTpi', origin: 'https://evil.example', cookie: SESSION }],
  ])('%s', (_case, method, headers) => {
    expect(judge(method, headers)).toBe(false);
  });
});

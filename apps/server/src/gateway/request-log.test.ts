import { aUsageRecord } from '@latchkey/core/testing';
import { beforeEach, expect, test } from 'vitest';
import { createLogger } from '../lifecycle/create-logger.ts';
import { createRequestLog } from './request-log.ts';

const TOKEN = 'lk_live_4f9dQ2mZx7Lw0pVbn81TgHsYcRkEaUjo_3Kq9xA';
let lines: Record<string, unknown>[];
let text: string;
let time: number;

beforeEach(() => {
  lines = [];
  text = '';
  time = 0;
});

function openLog(logLevel: 'info' | 'debug') {
  const stream = {
    write(line: string) {
      text += line;
      lines.push(JSON.parse(line));
    },
  };
  const log = createRequestLog(createLogger({ logLevel }, stream), () => time);
  const sink = log.watch({ accepting: true, append: (_record, done) => done(null) });
  return { ...log, append: (changes: Parameters<typeof aUsageRecord>[0]) => sink.append(aUsageRecord(changes), () => undefined) };
}

test('says nothing of what was served or refused, unless somebody debugs', () => {
  const log = openLog('info');
  log.append({});
  log.append({ status: 500 });
  log.append({ status: 429, outcome: 'RATE_LIMITED' });
  log.noteUnrecorded({ reason: 'missing', requestId: 'req-2' });
  expect(text).toBe('');
});

test('names what could not be served by its request id', () => {
  const log = openLog('info');
  log.append({ status: 502, outcome: 'UPSTREAM_ERROR', requestId: 'req-7', tokenId: 12 });
  log.noteUnrecorded({ reason: 'spool_full', requestId: 'req-8' });
  expect(lines).toMatchObject([
    {
      level: 40,
      request_id: 'req-7',
      token_id: 12,
      endpoint: '/products/:id',
      status: 502,
      outcome: 'UPSTREAM_ERROR',
      duration_ms: 12.345,
    },
    { level: 40, request_id: 'req-8', status: 503, reason: 'spool_full' },
  ]);
});

test('tells of each request to whoever debugs', () => {
  const log = openLog('debug');
  log.append({});
  log.noteUnrecorded({ reason: 'missing', requestId: 'req-2' });
  expect(lines).toMatchObject([
    { level: 20, request_id: 'req-1', status: 200, outcome: 'VALID' },
    { level: 20, request_id: 'req-2', status: 401, outcome: 'MISSING_API_KEY' },
  ]);
});

test('ten lines a second tell of an upstream that is away; how many were left out is said', () => {
  const log = openLog('info');
  for (let index = 0; index < 1_000; index += 1) log.append({ status: 504, outcome: 'UPSTREAM_TIMEOUT' });
  expect(lines).toHaveLength(10);
  time = 1_000;
  log.append({ status: 504, outcome: 'UPSTREAM_TIMEOUT' });
  expect(lines[10]).toMatchObject({ not_logged: 990 });
});

test('no token and no control character gets into a line by a path', () => {
  const log = openLog('debug');
  log.append({ endpoint: `/files/${TOKEN}/a\u001b[31m\u0085\u2028\nb`, path: `/files/${TOKEN}`, userAgent: TOKEN });
  expect(text).not.toContain(TOKEN.slice(0, 16));
  expect(text.trimEnd()).toMatch(/^[\x20-\x7e]+$/);
  expect(lines[0]).toMatchObject({ endpoint: '/files/:id/a\\u001b[31m\\u0085\\u2028\\u000ab' });
});

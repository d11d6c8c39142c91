import { describe, expect, test } from 'vitest';
import { parseValkeyUrl } from './parse-valkey-url.ts';

const open = { username: null, password: null, tls: false };

describe('understood', () => {
  test.each([
    ['redis://localhost', { kind: 'single', host: 'localhost', port: 6379, database: 0, ...open }],
    ['valkey://10.0.0.1:7000/3', { kind: 'single', host: '10.0.0.1', port: 7000, database: 3, ...open }],
    ['redis://[::1]:6380', { kind: 'single', host: '::1', port: 6380, database: 0, ...open }],
    ['rediss://u:p%40ss@cache', { kind: 'single', host: 'cache', port: 6379, database: 0, username: 'u', password: 'p@ss', tls: true }],
    ['redis://:pass@cache', { kind: 'single', host: 'cache', port: 6379, database: 0, username: null, password: 'pass', tls: false }],
    [
      'redis+sentinel://a,b:26380/mymaster',
      {
        kind: 'sentinel',
        sentinels: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 26_380 },
        ],
        name: 'mymaster',
        ...open,
      },
    ],
    [
      'valkeys+cluster://a:1,b:2',
      {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
        ...open,
        tls: true,
      },
    ],
  ])('%s', (text, address) => {
    expect(parseValkeyUrl(text)).toEqual(address);
  });
});

describe('refused, without repeating what may hold a password', () => {
  test.each([
    'localhost:6379',
    'http://localhost',
    'redis://',
    'redis://:hunter2@a:0',
    'redis://:hunter2@a:70000',
    'redis://:hunter2@a,b',
    'redis://a/name',
    'redis+sentinel://a,b',
    'redis+cluster://a,b/0',
    'redis://u:%ZZ@a',
  ])('%s', (text) => {
    expect(() => parseValkeyUrl(text)).toThrow(/^must be redis:/);
    expect(() => parseValkeyUrl(text)).not.toThrow(/hunter2/);
  });
});

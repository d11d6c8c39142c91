import { readFileSync } from 'node:fs';
import { API_KEY_ERROR_CODES } from '@latchkey/api';
import { expect, it } from 'vitest';

const page = readFileSync(new URL('./better-auth.md', import.meta.url), 'utf8');

it('docs/better-auth.md lists every code of the key routes with its status and text (S3-109)', () => {
  const section = page.split('<!-- codes -->')[1]?.split('<!-- /codes -->')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  const expected = Object.entries(API_KEY_ERROR_CODES).map(([code, { status, message }]) => `| ${status} | \`${code}\` | ${message} |`);
  expect(rows.slice(2)).toEqual(expected);
});

import { expect, it } from 'vitest';
import { curlOf } from './curl-of.ts';

it('repeats the request without its secret', () => {
  expect(curlOf({ method: 'GET', path: '/products/1' }, 'https://keys.example')).toBe(
    `curl -H "Authorization: Bearer $API_TOKEN" 'https://keys.example/api/products/1'`,
  );
  expect(curlOf({ method: 'DELETE', path: '/products/1' }, 'https://keys.example')).toContain(`curl -X 'DELETE' -H`);
});

it('leaves nothing of a hostile path to the shell', () => {
  const line = curlOf({ method: 'GET', path: `/a';rm -rf ~;'$(id)` }, 'https://keys.example');
  expect(line.endsWith(`'https://keys.example/api/a'\\'';rm -rf ~;'\\''$(id)'`)).toBe(true);
});

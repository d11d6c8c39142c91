import { expect, test } from 'vitest';
import { describeStartError } from './describe-start-error.ts';

const CONFIG = { host: '127.0.0.1', port: 3010 };

function listenError(code: string, syscall = 'listen') {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
}

test.each([
  [listenError('EADDRINUSE'), /port 3010 is taken .+PORT=3011/],
  [listenError('EACCES'), /may not listen on 127\.0\.0\.1:3010\. Set PORT to one above 1023/],
  [listenError('EADDRNOTAVAIL'), /no address 127\.0\.0\.1:3010\. Set HOST/],
  [listenError('ENOTFOUND', 'getaddrinfo'), /Set HOST/],
  [new Error('The database is away.'), /^Latchkey cannot start: The database is away\.$/],
  [listenError('EACCES', 'open'), /^Latchkey cannot start: open EACCES$/],
  ['a string', /^Latchkey cannot start: a string$/],
])('%s becomes one line that says what to do', (error, text) => {
  expect(describeStartError(error, CONFIG)).toMatch(text);
  expect(describeStartError(error, CONFIG)).not.toContain('\n');
});

import { expect, it } from 'vitest';
import { assertThreadsPossible } from './assert-threads-possible.ts';

const impossible = () => Promise.reject(new Error('listen ENOTSUP: operation not supported on socket 127.0.0.1'));

it('one thread is possible everywhere', async () => {
  await assertThreadsPossible(1, 'win32', impossible);
});

it('several are where this system lets them listen on one port', async () => {
  await assertThreadsPossible(2);
});

it('elsewhere the start stops, and says what to set', async () => {
  await expect(assertThreadsPossible(4, 'win32', impossible)).rejects.toThrow(
    /LATCHKEY_THREADS is 4: this system \(win32\) does not let several threads listen on one port \(listen ENOTSUP.*\)\. Set LATCHKEY_THREADS=1, or run several processes behind a proxy\./,
  );
});

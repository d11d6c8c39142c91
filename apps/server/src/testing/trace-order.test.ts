import { describe, expect, it } from 'vitest';
import { checkOrder } from './trace-order.ts';

const WRITE = '11 1.000 pwrite64(25, "\\377LK\\1[\\"r\\",7,\\"id-1\\"]", 200, 0) = 200';
const SYNC_BEGINS = '12 1.001 fdatasync(25 <unfinished ...>';
const SYNC_ENDS = '12 1.003 <... fdatasync resumed>) = 0';
const ANSWER = '11 1.004 writev(30, [{iov_base="HTTP/1.1 200 OK\\r\\nX-Request-Id: id-1\\r\\n", iov_len=90}], 1) = 90';

describe('the order of system calls', () => {
  it('is right where the record was written and synced before the answer', () => {
    expect(checkOrder([WRITE, SYNC_BEGINS, SYNC_ENDS, ANSWER].join('\n'), ['id-1'])).toEqual({ ordered: 1, wrong: [], syncs: 1 });
  });

  it('is wrong for an answer without an id', () => {
    expect(checkOrder([WRITE, SYNC_BEGINS, SYNC_ENDS, ANSWER].join('\n'), ['']).wrong).toHaveLength(1);
  });

  it.each([
    ['the answer left while the sync was under way', [WRITE, SYNC_BEGINS, ANSWER.replace('1.004', '1.002'), SYNC_ENDS]],
    ['the sync began before the record was written', ['12 0.998 fdatasync(25) = 0', WRITE, ANSWER]],
    ['another file was synced', [WRITE, '12 1.001 fdatasync(26) = 0', ANSWER]],
    ['there was no sync', [WRITE, ANSWER]],
    ['there was no record', [SYNC_BEGINS, SYNC_ENDS, ANSWER]],
  ])('is wrong where %s', (_what, lines) => {
    expect(checkOrder(lines.join('\n'), ['id-1']).wrong).toHaveLength(1);
  });
});

import { describe, expect, test, vi } from 'vitest';
import { askAgain, isConnectionEnded } from './database-failure.ts';

const failure = ({ code, message = 'no' }: { code?: string; message?: string }) => Object.assign(new Error(message), code && { code });

const ENDED = [
  { code: '57P01' },
  { code: '08006' },
  { code: 'ECONNRESET' },
  { code: 'EPIPE' },
  { message: 'Connection terminated unexpectedly' },
  { message: 'Client has encountered a connection error and is not queryable' },
];
const NOT_ENDED = [
  { code: '57014' },
  { code: '53300' },
  { code: '23505' },
  { code: 'ECONNREFUSED' },
  { message: 'Query read timeout' },
  { message: 'timeout exceeded when trying to connect' },
];

describe('a question', () => {
  test.each(ENDED)('whose connection ended with %o is asked once more', async (how) => {
    expect(isConnectionEnded(failure(how))).toBe(true);
    const ask = vi.fn(async () => 'answer').mockRejectedValueOnce(failure(how));
    expect(await askAgain(ask)).toBe('answer');
    ask.mockRejectedValue(failure(how));
    await expect(askAgain(ask)).rejects.toThrow();
    expect(ask).toHaveBeenCalledTimes(4);
  });

  test.each(NOT_ENDED)('that failed with %o is not: it would fail again, or take as long again', async (how) => {
    expect(isConnectionEnded(failure(how))).toBe(false);
    const ask = vi.fn().mockRejectedValue(failure(how));
    await expect(askAgain(ask)).rejects.toThrow();
    expect(ask).toHaveBeenCalledTimes(1);
  });
});

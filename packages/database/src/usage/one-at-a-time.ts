import { OperationError } from '@latchkey/core';

/** Runs work one after the other. Work that would have to wait behind `most` others is refused at once. */
export function oneAtATime(most: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return (work) => {
    if (waiting >= most) {
      return Promise.reject(new OperationError('TOO_MANY_REQUESTS', 'Several replays are under way. Try again in a few seconds.'));
    }
    waiting++;
    const result = last.then(work).finally(() => {
      waiting--;
    });
    last = result.catch(() => {});
    return result;
  };
}

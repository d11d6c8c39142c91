/** Calls that come while a run is under way share the one after it: each is answered by a run that began after it was made. */
export function shareNext<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let current: Promise<unknown> = Promise.resolve();
  let next: Promise<Result> | null = null;

  function start(): Promise<Result> {
    next = null;
    const started = run();
    current = started;
    return started;
  }

  return () => {
    next ??= current.then(start, start);
    return next;
  };
}

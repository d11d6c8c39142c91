/** The directory of a thread's usage records; the main thread's own is `spool`. */
export function threadSpool(number: number): string {
  return `spool-${number + 1}`;
}

/** All that a process with so many threads keeps. */
export function spoolNames(threads: number): string[] {
  return ['spool', ...Array.from({ length: threads === 1 ? 0 : threads }, (_, index) => threadSpool(index + 1))];
}
